//===- Trainable.cpp - a network with its training step, in this process ------------------------===//

#include "compiler/tools/resnetc/Trainable.h"
#include "compiler/ir/rn/Rn.h"
#include "compiler/tools/resnetc/Command.h"
#include "compiler/tools/resnetc/TrainSettings.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace resnetc::tool {
namespace {

/// Kernels of a schedule for other threads add in another order. So they are made for a number that does not depend on
/// --threads, and a seed gives the same bits for any; a batch has work for many more.
constexpr unsigned scheduleThreads = 2;

train::Model functionsOf(const emit::LoadedModel &loaded) {
  const emit::TrainingEntries &entries = *loaded.training();
  train::Model model;
  model.info = &loaded.info();
  model.run = loaded.runFunction();
  model.init = entries.init;
  model.gradients = entries.gradients;
  model.update = entries.update;
  model.get = entries.get;
  model.set = entries.set;
  model.gradient = entries.gradient;
  model.fold = entries.fold;
  return model;
}

/// Names what a network computes: its rn, without places in the text and without the train section, whose settings are
/// compared one by one.
std::string networkHash(mlir::ModuleOp module) {
  mlir::OwningOpRef<mlir::ModuleOp> copy(module.clone());
  copy->walk([](rn::NetworkOp network) { network.removeTrainAttr(); });
  std::string text;
  raw_string_ostream os(text);
  copy->print(os);
  return utohexstr(xxh3_64bits(text), /*LowerCase=*/true);
}

Expected<TrainableModel> build(mlir::ModuleOp module, mlir::ModuleOp training, const CodeOptions &code) {
  auto tables = buildTables(module);
  if (!tables)
    return tables.takeError();
  if (Error error = addTraining(training, *tables))
    return error;
  auto targets = chosenTargets(code, {"host"});
  if (!targets)
    return targets.takeError();
  emit::EmitOptions options = emitOptions(code, std::move(*targets));
  options.threads = scheduleThreads;
  auto emitted = emitModel(*tables, options);
  if (!emitted)
    return emitted.takeError();
  auto loaded = emit::LoadedModel::load(StringRef(emitted->object.data(), emitted->object.size()), tables->name);
  if (!loaded)
    return loaded.takeError();
  TrainableModel result;
  result.tables = std::move(*tables);
  result.loaded = std::make_unique<emit::LoadedModel>(std::move(*loaded));
  result.model = functionsOf(*result.loaded);
  return result;
}

} // namespace

std::optional<TrainableModel> buildTrainable(const dsl::Network &network, const CodeOptions &code,
                                             const TrainOptions &training, ArrayRef<int64_t> batches,
                                             const SourceMgr &sources) {
  mlir::MLIRContext context;
  printIrDiagnostics(context);
  mlir::OwningOpRef<mlir::ModuleOp> module = makeRn(network, sources, context);
  if (!module)
    return std::nullopt;
  const std::string hash = networkHash(*module);
  plan::PlanOptions options;
  options.batches.assign(batches.begin(), batches.end());
  if (failed(optimiseRn(*module)) || failed(makePlan(*module, options)))
    return std::nullopt;
  mlir::OwningOpRef<mlir::ModuleOp> step = buildTrainingPlan(network, training, sources, context);
  if (!step)
    return std::nullopt;
  Expected<TrainableModel> built = build(*module, *step, code);
  if (!built) {
    reportError(built.takeError());
    return std::nullopt;
  }
  built->settings = trainSettings(network.train, built->model.training());
  built->settings.identity.insert(built->settings.identity.begin(), {"network", network.name + " " + hash});
  // Recomputing in less memory is not among them: it gives the same bits.
  if (!training.freeze.empty())
    built->settings.identity.emplace_back(
        "frozen", formatv("{0:$[, ]}", make_range(training.freeze.begin(), training.freeze.end())));
  if (training.freezeBatchNorm)
    built->settings.identity.emplace_back("batch norms", "running statistics as they are");
  return std::move(*built);
}

} // namespace resnetc::tool
