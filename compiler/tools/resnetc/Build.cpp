//===- Build.cpp - a command's way from a network to an object -------------===//

#include "compiler/tools/resnetc/Build.h"
#include "compiler/kernels/CpuTarget.h"
#include "compiler/tools/resnetc/Command.h"
#include "compiler/tools/resnetc/Progress.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "resnetc/runtime.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/WithColor.h"

using namespace llvm;

namespace resnetc::tool {

void registerIrOptions() {
  mlir::registerPassManagerCLOptions();
  mlir::registerDefaultTimingManagerCLOptions();
  mlir::registerAsmPrinterCLOptions();
  mlir::registerMLIRContextCLOptions();
}

/// "net.rn:3:6: " of a location that lowering gave (the layer's name around its place), else nothing. Of fused layers,
/// the first.
static std::string placeInText(mlir::Location location, std::string &layer) {
  if (auto fused = mlir::dyn_cast<mlir::FusedLoc>(location))
    location = fused.getLocations().front();
  if (auto name = mlir::dyn_cast<mlir::NameLoc>(location)) {
    layer = name.getName().str();
    location = name.getChildLoc();
  }
  if (auto place = mlir::dyn_cast<mlir::FileLineColLoc>(location))
    return formatv("{0}:{1}:{2}: ", place.getFilename().getValue(), place.getLine(), place.getColumn());
  return "";
}

void printIrDiagnostics(mlir::MLIRContext &context) {
  context.getDiagEngine().registerHandler([](mlir::Diagnostic &diagnostic) {
    std::string layer, place = placeInText(diagnostic.getLocation(), layer);
    WithColor(errs()) << place;
    raw_ostream &os = diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error ? WithColor::error(errs())
                                                                                  : WithColor::warning(errs());
    if (!layer.empty())
      os << "layer '" << layer << "': ";
    os << diagnostic << "\n";
  });
}

plan::PlanOptions planOptions(const CodeOptions &options) {
  plan::PlanOptions result;
  if (!options.batches.empty())
    result.batches.assign(options.batches.begin(), options.batches.end());
  return result;
}

mlir::OwningOpRef<mlir::ModuleOp> buildPlan(const dsl::Network &network, const CodeOptions &options,
                                            const SourceMgr &sources, mlir::MLIRContext &context) {
  mlir::OwningOpRef<mlir::ModuleOp> module = makeRn(network, sources, context);
  if (!module || failed(optimiseRn(*module)) || failed(makePlan(*module, planOptions(options))))
    return nullptr;
  return module;
}

rn::TrainingOptions trainingOptions(const TrainOptions &options) {
  rn::TrainingOptions result;
  result.freezeBatchNorm = options.freezeBatchNorm;
  result.batch = options.batch;
  result.frozen.assign(options.freeze.begin(), options.freeze.end());
  result.probes = options.probe;
  return result;
}

plan::TrainingPlanOptions trainingPlanOptions(const TrainOptions &options) {
  plan::TrainingPlanOptions result;
  result.batch = options.batch;
  return result;
}

mlir::OwningOpRef<mlir::ModuleOp> buildTrainingPlan(const dsl::Network &network, const TrainOptions &options,
                                                    const SourceMgr &sources, mlir::MLIRContext &context) {
  mlir::OwningOpRef<mlir::ModuleOp> module = makeRn(network, sources, context);
  if (!module || failed(optimiseTraining(*module, trainingOptions(options))) ||
      failed(makeTrainingPlan(*module, memoryBytes(options).value_or(0), trainingPlanOptions(options))))
    return nullptr;
  return module;
}

std::optional<int64_t> memoryBytes(const TrainOptions &options) {
  StringRef text(options.memory);
  if (text.empty())
    return 0;
  static constexpr std::pair<StringLiteral, int64_t> units[] = {
      {"GiB", int64_t(1) << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"GB", 1000000000},
      {"MB", 1000000},           {"KB", 1000},     {"B", 1}};
  int64_t unit = 1;
  for (const auto &[name, bytes] : units)
    if (text.consume_back(name)) {
      unit = bytes;
      break;
    }
  double number = 0;
  constexpr double most = 1e15;
  if (text.trim().getAsDouble(number) || !(number > 0) || number * unit > most)
    return std::nullopt;
  return int64_t(number * unit);
}

static bool refuse(const Twine &words) {
  WithColor::error(errs(), "resnetc") << words << "\n";
  return false;
}

bool isUsableBatch(int64_t batch) {
  constexpr int64_t maximalBatch = 4096;
  return (batch >= 1 && batch <= maximalBatch) ||
         refuse("--batch takes numbers from 1 to " + Twine(maximalBatch) + ", not " + Twine(batch));
}

bool areUsable(const TrainOptions &options) {
  if (!options.train &&
      (options.batch || options.freezeBatchNorm || !options.memory.empty() || !options.freeze.empty() || options.probe))
    return refuse("--train-batch, --freeze-batch-norm, --freeze, --probe and --memory need --train");
  return memoryBytes(options) || refuse("--memory takes a size such as 2GiB or 500MB, not '" + options.memory + "'");
}

bool areUsable(const CodeOptions &options) {
  if (!all_of(options.batches, isUsableBatch))
    return false;
  if (options.threads < 1 || options.threads > 64)
    return refuse("--threads takes a number from 1 to 64, not " + Twine(unsigned(options.threads)));
  if (auto targets = chosenTargets(options, {"host"}); !targets)
    return refuse("--targets: " + toString(targets.takeError()) + ", or host");
  return true;
}

Expected<std::vector<std::string>> chosenTargets(const CodeOptions &options, ArrayRef<StringRef> byDefault) {
  std::vector<std::string> names(options.targets.begin(), options.targets.end());
  if (names.empty())
    names.assign(byDefault.begin(), byDefault.end());
  for (std::string &name : names) {
    if (name == "host")
      name = kernels::bestCpuTarget(resnetc_cpu_features()).name.str();
    if (auto found = kernels::findCpuTarget(name); !found)
      return found.takeError();
  }
  return names;
}

emit::EmitOptions emitOptions(const CodeOptions &options, std::vector<std::string> targets) {
  emit::EmitOptions result;
  result.targets = std::move(targets);
  result.threads = options.threads;
  result.kernels.workers = options.jobs;
  result.kernels.useCache = !options.noCache;
  if (!options.quiet)
    result.kernels.progress = [progress = Progress("kernels")](size_t done, size_t total, const kernels::KernelJob &,
                                                               const kernels::CompiledKernel &) mutable {
      progress.update(done, total);
    };
  return result;
}

std::optional<BuiltModel> buildForHost(Frontend &frontend, const CodeOptions &options) {
  const dsl::Network *network = frontend.load();
  return network ? buildForHost(*network, frontend.sources, options) : std::nullopt;
}

std::optional<BuiltModel> buildForHost(const dsl::Network &network, const SourceMgr &sources,
                                       const CodeOptions &options) {
  mlir::MLIRContext context;
  printIrDiagnostics(context);
  mlir::OwningOpRef<mlir::ModuleOp> module = buildPlan(network, options, sources, context);
  if (!module)
    return std::nullopt;
  auto build = [&]() -> Expected<BuiltModel> {
    auto tables = buildTables(*module);
    if (!tables)
      return tables.takeError();
    auto targets = chosenTargets(options, {"host"});
    if (!targets)
      return targets.takeError();
    auto emitted = emitModel(*tables, emitOptions(options, std::move(*targets)));
    if (!emitted)
      return emitted.takeError();
    return BuiltModel{std::move(*tables), std::move(*emitted)};
  };
  auto built = build();
  if (!built) {
    reportError(built.takeError());
    return std::nullopt;
  }
  return std::move(*built);
}

Expected<weights::RnwFile> openWeights(StringRef path, const emit::PlanTables &tables) {
  auto file = weights::RnwFile::open(path);
  if (!file || file->isPacked())
    return file; // whom packed weights belong to, the runtime says
  auto tensors = file->namedTensors();
  if (!tensors)
    return tensors.takeError();
  std::vector<weights::SchemaEntry> schema;
  for (const emit::SchemaTensor &tensor : tables.schema)
    schema.push_back({tensor.name, tensor.shape});
  if (Error error = weights::matchSchema(*tensors, schema, path, tables.name))
    return error;
  return file;
}

} // namespace resnetc::tool
