//===- Compile.cpp - resnetc compile: a .rn file becomes an object ---------===//

#include "compiler/emit/Header.h"
#include "compiler/emit/LoadedModel.h"
#include "compiler/tools/resnetc/Build.h"
#include "compiler/tools/resnetc/Command.h"
#include "compiler/tools/resnetc/Measure.h"
#include "compiler/tools/resnetc/PrintStage.h"
#include "mlir/IR/MLIRContext.h"
#include "runtime/weights/AtomicFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/WithColor.h"

using namespace llvm;

namespace resnetc::tool {
namespace {

enum class WeightsMode { Embed, File, None };

struct CompileOptions {
  NetworkOptions network;
  CodeOptions code;
  TrainOptions training;
  TrainSettingOptions trainSettings;
  cl::opt<std::string> output{"o",
                              cl::desc("object to write (default: the network file's stem with .o); the header "
                                       "lies beside it. With --emit: where to print"),
                              cl::value_desc("file.o")};
  cl::opt<Stage> emit{"emit", cl::desc("print a stage and stop:"), cl::init(Stage::Object), stageValues()};
  cl::opt<bool> assembly{"S", cl::desc("as --emit=asm")};
  cl::opt<std::string> weights{"weights", cl::desc("weights to fold and pack now (see resnetc import)"),
                               cl::value_desc("file.rnw")};
  cl::opt<WeightsMode> weightsMode{
      "weights-mode", cl::desc("where packed weights go (default: embed with --weights, else none):"),
      cl::init(WeightsMode::Embed),
      cl::values(clEnumValN(WeightsMode::Embed, "embed", "a section of the object"),
                 clEnumValN(WeightsMode::File, "file", "a .rnw file beside the object, to be mapped"),
                 clEnumValN(WeightsMode::None, "none", "nowhere: <name>_pack does it at load"))};
  cl::opt<std::string> manifest{"manifest", cl::desc("write what is in the object as JSON"), cl::value_desc("file")};
  cl::opt<bool> dependencies{"MD",
                             cl::desc("write a Makefile fragment with the files read (default: object's stem .d)")};
  cl::opt<std::string> dependencyFile{"MF", cl::desc("where -MD writes to"), cl::value_desc("file")};
};

/// The files that one compilation writes, named after the object.
std::string withExtension(StringRef object, StringRef extension) {
  SmallString<128> path(object);
  sys::path::replace_extension(path, extension);
  return path.str().str();
}

Error writeText(StringRef path, StringRef text) {
  return weights::writeFileAtomically(path, [&](raw_pwrite_stream &os) { os << text; });
}

class Compilation {
public:
  Compilation(const CompileOptions &options, Frontend &frontend) : options(options), frontend(frontend) {
    object = options.output;
    if (object.empty())
      object = withExtension(sys::path::filename(options.network.input), "o");
  }

  /// `training`: the plan of the training step, or null.
  Error run(mlir::ModuleOp module, mlir::ModuleOp training) {
    auto tables = buildTables(module);
    if (!tables)
      return tables.takeError();
    if (training) {
      if (Error error = addTraining(training, *tables))
        return error;
      if (!options.code.quiet)
        describeTraining(*tables->training);
    }
    auto targets = chosenTargets(options.code, {"x86-64-v4", "x86-64-v3", "x86-64"});
    if (!targets)
      return targets.takeError();
    emit::EmitOptions emitOptions = tool::emitOptions(options.code, *targets);
    emitOptions.flags =
        formatv("--targets={0:$[,]} --batch={1:$[,]} --threads={2}{3}", make_range(targets->begin(), targets->end()),
                make_range(batches().begin(), batches().end()), unsigned(options.code.threads), trainingFlags());
    auto emitted = emitModel(*tables, emitOptions);
    if (!emitted)
      return emitted.takeError();
    if (Error error = placeWeights(*tables, *emitted))
      return error;
    return writeFiles(*tables, *emitted);
  }

private:
  /// What the step will take, before the long part of the work begins.
  static void describeTraining(const emit::TrainingTables &training) {
    auto size = [](uint64_t bytes) { return formatv("{0:F1} MiB", double(bytes) / (1 << 20)).str(); };
    errs() << "training step: batch " << training.program.batch << ", live peak " << size(training.livePeak)
           << ", arena " << size(training.program.workspaceBytes) << ", state " << size(training.stateBytes);
    if (training.recomputed)
      errs() << ", " << training.recomputed << " steps of the forward pass computed again";
    errs() << "\n";
  }

  /// What says which training step it is.
  std::string trainingFlags() const {
    std::string flags = options.training.train ? " --train" : "";
    if (!options.training.freeze.empty())
      flags += " --freeze=" + join(options.training.freeze, ",");
    return flags + (options.training.probe ? " --probe" : "");
  }

  const SmallVector<int64_t> &batches() {
    if (sortedBatches.empty())
      sortedBatches = planOptions(options.code).batches;
    return sortedBatches;
  }

  bool embeds() const { return !options.weights.empty() && options.weightsMode == WeightsMode::Embed; }

  std::string packedPath() const { return withExtension(object, "rnw"); }

  /// Folds and packs what --weights names and puts it where --weights-mode says.
  Error placeWeights(const emit::PlanTables &tables, emit::EmittedModel &model) {
    if (options.weights.empty()) {
      if (options.weightsMode == WeightsMode::File)
        return createStringError("--weights-mode=file needs --weights");
      return Error::success();
    }
    if (options.weightsMode == WeightsMode::File && sys::fs::equivalent(packedPath(), options.weights))
      return createStringError("the packed weights would overwrite %s; give the object another name with -o",
                               packedPath().c_str());
    warnOfUnstableNames(tables);
    auto file = openWeights(options.weights, tables);
    if (!file)
      return file.takeError();
    if (options.weightsMode == WeightsMode::None)
      return Error::success(); // checked, and left to the application
    StringRef bytes(model.object.data(), model.object.size());
    auto loaded = emit::LoadedModel::load(bytes, tables.name);
    if (!loaded)
      return loaded.takeError();
    auto packed = emit::packWeights(*loaded, file->handle());
    if (!packed)
      return packed.takeError();
    ArrayRef<uint8_t> data(packed->data(), packed->size);
    classNames = file->classNames();
    if (Error error = checkClassNames(tables))
      return error;
    if (options.weightsMode == WeightsMode::File) {
      if (Error error =
              weights::writePacked(packedPath(), data, tables.name, tables.schemaHash, tables.packedHash, classNames))
        return error;
      data = {};
    }
    if (data.empty() && classNames.empty())
      return Error::success();
    auto embedded = emit::embedWeights(bytes, tables.name, {data, classNames});
    if (!embedded)
      return embedded.takeError();
    model.object = std::move(*embedded);
    return Error::success();
  }

  Error checkClassNames(const emit::PlanTables &tables) {
    const uint64_t classes = elementsPerImage(tables.output);
    if (classNames.empty() || classNames.size() == classes)
      return Error::success();
    return createStringError("%s: it has %zu class names, network '%s' has %zu outputs; make the file again with "
                             "'resnetc import --classes'",
                             options.weights.c_str(), classNames.size(), tables.name.c_str(), size_t(classes));
  }

  static void warnOfUnstableNames(const emit::PlanTables &tables) {
    for (const emit::SchemaTensor &tensor : tables.schema)
      if (!tensor.stable) {
        WithColor::warning(errs(), "resnetc")
            << "parameter '" << tensor.name << "' is named by its place; label its layer to keep weights apart from "
            << "the text\n";
        return;
      }
  }

  Error writeFiles(const emit::PlanTables &tables, const emit::EmittedModel &model) {
    if (Error error = writeText(object, StringRef(model.object.data(), model.object.size())))
      return error;
    if (Error error = writeText(withExtension(object, "h"), emit::headerText(tables, embeds(), classNames.size())))
      return error;
    if (!options.manifest.empty())
      if (Error error = writeText(options.manifest, emit::manifestText(tables, model.kernels)))
        return error;
    if (options.dependencies || !options.dependencyFile.empty())
      if (Error error = writeDependencies())
        return error;
    if (options.network.json)
      outs() << emit::manifestText(tables, model.kernels);
    return Error::success();
  }

  Error writeDependencies() {
    std::string path =
        options.dependencyFile.empty() ? withExtension(object, "d") : std::string(options.dependencyFile);
    return weights::writeFileAtomically(path, [&](raw_pwrite_stream &os) {
      os << object << ":";
      for (unsigned id = 1; id <= frontend.sources.getNumBuffers(); ++id)
        os << " \\\n  " << frontend.sources.getMemoryBuffer(id)->getBufferIdentifier();
      if (!options.weights.empty())
        os << " \\\n  " << options.weights;
      os << "\n";
    });
  }

  const CompileOptions &options;
  Frontend &frontend;
  std::string object;
  SmallVector<int64_t> sortedBatches;
  std::vector<std::string> classNames; ///< of the weights file
};

} // namespace

int runCompile(ArrayRef<const char *> argv) {
  registerIrOptions();
  CompileOptions options;
  if (!parseOptions(argv, "resnetc compile: makes an object and a header from a .rn file\n") ||
      !areUsable(options.code) || !areUsable(options.training))
    return exitUsage;
  Stage stage = options.assembly ? Stage::Assembly : Stage(options.emit);
  Frontend frontend(options.network, options.trainSettings.with);
  if (stage == Stage::Ast)
    return printAstStage(frontend, options.output);
  const dsl::Network *network = frontend.load();
  if (!network)
    return exitDiagnostics;
  mlir::MLIRContext context;
  printIrDiagnostics(context);
  if (stage != Stage::Object)
    return printStage(stage, *network, options.code, options.training, frontend.sources, context, options.output);
  mlir::OwningOpRef<mlir::ModuleOp> module = buildPlan(*network, options.code, frontend.sources, context);
  if (!module)
    return exitDiagnostics;
  mlir::OwningOpRef<mlir::ModuleOp> training;
  if (options.training.train) {
    training = buildTrainingPlan(*network, options.training, frontend.sources, context);
    if (!training)
      return exitDiagnostics;
  }
  if (Error error = Compilation(options, frontend).run(*module, training ? *training : mlir::ModuleOp()))
    return reportError(std::move(error));
  return exitGood;
}

} // namespace resnetc::tool
