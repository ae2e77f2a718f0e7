//===- CheckNative.cpp - objects against the interpreter ---------------------===//

#include "compiler/emit/Emit.h"
#include "compiler/emit/LoadedModel.h"
#include "compiler/emit/PlanTables.h"
#include "compiler/kernels/CpuTarget.h"
#include "compiler/passes/plan/Passes.h"
#include "compiler/passes/rn/Passes.h"
#include "runtime/weights/Rnw.h"
#include "test/random/Check.h"
#include "test/random/Loaded.h"
#include "test/random/TextTree.h"
#include "test/random/Values.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/FormatVariadic.h"

namespace resnetc::test {
namespace {

/// The rn passes, and those of the plan if there are options for it.
bool runPasses(mlir::ModuleOp module, const plan::PlanOptions *planOptions = nullptr) {
  mlir::PassManager manager(module->getContext(), mlir::ModuleOp::getOperationName());
  rn::addRnPasses(manager);
  if (planOptions)
    plan::addPlanPasses(manager, *planOptions);
  return succeeded(manager.run(module));
}

/// A network's object in this process, with packed weights.
class NativeModel {
public:
  static llvm::Expected<NativeModel> compile(mlir::ModuleOp network, const Values &values,
                                             const plan::PlanOptions &planOptions) {
    mlir::OwningOpRef<mlir::ModuleOp> module = network.clone();
    if (!runPasses(*module, &planOptions))
      return llvm::createStringError("the pipeline fails");
    llvm::Expected<emit::PlanTables> tables = emit::buildTables(*module);
    if (!tables)
      return tables.takeError();
    emit::EmitOptions options;
    options.targets = {kernels::bestCpuTarget(resnetc_cpu_features()).name.str()};
    options.kernels.workers = 1;
    llvm::Expected<emit::EmittedModel> emitted = emit::emitModel(*tables, options);
    if (!emitted)
      return emitted.takeError();
    auto model = emit::LoadedModel::load({emitted->object.data(), emitted->object.size()}, tables->name);
    if (!model)
      return model.takeError();
    llvm::Expected<emit::AlignedBytes> packed = pack(*model, values);
    if (!packed)
      return packed.takeError();
    NativeModel result{std::move(*model), std::move(*packed), {emitted->object.begin(), emitted->object.end()}};
    result.countLoops(*module);
    return result;
  }

  /// The results of the first `n` images, `values.input` over and over; the status if it is not good.
  llvm::Expected<std::vector<float>> run(const Values &values, size_t n, const resnetc_context *context) const {
    const resnetc_model_info &info = model.info();
    size_t outputs = 1, inputs = 1;
    for (uint32_t i = 0; i < info.output.rank; ++i)
      outputs *= info.output.extents[i];
    for (uint32_t i = 0; i < info.input.rank; ++i)
      inputs *= info.input.extents[i];
    std::vector<float> images, results(n * outputs);
    for (size_t i = 0; i < n * inputs; ++i)
      images.push_back(values.input[i % values.input.size()]);
    std::vector<uint8_t> bytes(images.begin(), values.isBytes ? images.end() : images.begin());
    emit::AlignedBytes workspace(info.workspace_bytes);
    std::memset(workspace.data(), 0xff, workspace.size); // NaN wherever nothing was written
    const void *pixels = values.isBytes ? static_cast<const void *>(bytes.data()) : images.data();
    if (int status = model.run(context, weights.data(), pixels, n, results.data(), workspace.data()))
      return llvm::createStringError(resnetc_status_string(status));
    return results;
  }

  llvm::StringRef bytes() const { return object; }
  llvm::ArrayRef<uint8_t> packed() const { return {weights.data(), weights.size}; }

  LoopCounts loops;

private:
  NativeModel(emit::LoadedModel model, emit::AlignedBytes weights, std::string object)
      : model(std::move(model)), weights(std::move(weights)), object(std::move(object)) {}

  void countLoops(mlir::ModuleOp module) {
    for (plan::ProgramOp program : module.getOps<plan::ProgramOp>()) {
      bool images = false, blocks = false, nested = false;
      program->walk([&](plan::ImagesOp) { images = true; });
      program->walk([&](plan::BlocksOp loop) {
        blocks = true;
        nested |= mlir::isa<plan::ImagesOp>(loop->getParentOp());
      });
      loops.overImages += images;
      loops.overBlocks += blocks;
      loops.nested += nested;
    }
  }

  static llvm::Expected<emit::AlignedBytes> pack(const emit::LoadedModel &model, const Values &values) {
    weights::NamedTensors tensors;
    for (auto &parameter : values.parameters)
      tensors[parameter.first().str()] = {values.shapes.lookup(parameter.first()), parameter.second};
    llvm::SmallString<128> path;
    if (std::error_code code = llvm::sys::fs::createTemporaryFile("random", "rnw", path))
      return llvm::errorCodeToError(code);
    llvm::FileRemover remover(path);
    if (llvm::Error error = weights::writeNamed(path, tensors, model.info().name))
      return error;
    llvm::Expected<weights::RnwFile> file = weights::RnwFile::open(path);
    if (!file)
      return file.takeError();
    return packWeights(model, file->handle());
  }

  emit::LoadedModel model;
  emit::AlignedBytes weights;
  std::string object;
};

/// The images are those of `expected`, over and over. Both are within one bound of the exact result: kernels add in
/// another order.
std::string difference(llvm::ArrayRef<RunningError> expected, llvm::ArrayRef<float> is) {
  std::vector<RunningError> wanted, found;
  for (size_t i = 0; i < is.size(); ++i) {
    wanted.push_back(expected[i % expected.size()]);
    found.emplace_back(is[i], wanted.back().error);
  }
  return compareBounded(wanted, found);
}

} // namespace

/// For programs of 1 and 2 images; in every third the first layers run image by image.
static plan::PlanOptions planOptionsFor(uint64_t seed) {
  plan::PlanOptions options;
  options.batches = {1, 2};
  if (seed % 3 == 0)
    options.cacheBytes = 0;
  return options;
}

/// A repeat written out by hand gives the same object.
static Failure checkUnrolled(const std::string &text, const Values &values, const plan::PlanOptions &options,
                             const NativeModel &model) {
  std::string byHand = unrolled(text);
  if (byHand.empty())
    return "";
  Loaded loaded(byHand);
  if (!loaded.module)
    return "unrolled repeat: " + loaded.failure;
  auto other = NativeModel::compile(*loaded.module, values, options);
  if (!other)
    return "unrolled repeat: " + llvm::toString(other.takeError());
  return other->bytes() == model.bytes() ? "" : "unrolled repeat: the object has other bytes";
}

/// Blocks in a loop have the same packed weights and give the same bits as each with steps of its own.
static Failure compareRolled(mlir::ModuleOp network, const Values &values, plan::PlanOptions options,
                             const NativeModel &rolled) {
  options.rollBlocks = false;
  auto unrolled = NativeModel::compile(network, values, options);
  if (!unrolled)
    return "unrolled plan: " + llvm::toString(unrolled.takeError());
  if (unrolled->loops.overBlocks || rolled.packed() != unrolled->packed())
    return "unrolled plan: it has loops or other packed weights";
  for (size_t images : {1, 5}) {
    auto expected = unrolled->run(values, images, nullptr), results = rolled.run(values, images, nullptr);
    if (!expected || !results)
      return "unrolled plan: " + llvm::toString(llvm::joinErrors(expected.takeError(), results.takeError()));
    for (size_t i = 0; i < expected->size(); ++i)
      if (std::memcmp(&(*expected)[i], &(*results)[i], sizeof(float)) != 0)
        return llvm::formatv("unrolled plan: result {0} of {1} images is {2}, in a loop over blocks {3}", i, images,
                             (*expected)[i], (*results)[i]);
  }
  return "";
}

Failure checkNative(const std::string &text, uint64_t seed, LoopCounts *loops) {
  Loaded loaded(text);
  if (!loaded.module)
    return loaded.failure;
  Values values(networkOf(*loaded.module), seed, 3);
  plan::PlanOptions options = planOptionsFor(seed);
  auto model = NativeModel::compile(*loaded.module, values, options);
  if (!model)
    return "compile: " + llvm::toString(model.takeError()) + loaded.objections;
  if (loops)
    *loops = model->loops;
  std::vector<RunningError> expected = values.run<RunningError>(networkOf(*loaded.module));
  for (uint32_t threads : {1, 2}) {
    std::unique_ptr<resnetc_pool, void (*)(resnetc_pool *)> pool(threads > 1 ? resnetc_pool_create(threads) : nullptr,
                                                                 resnetc_pool_destroy);
    resnetc_context context;
    resnetc_context_init(&context, pool.get());
    for (size_t images : {1, 2, 3, 5}) {
      llvm::Expected<std::vector<float>> results = model->run(values, images, &context);
      std::string what = results ? difference(expected, *results) : llvm::toString(results.takeError());
      if (!what.empty())
        return llvm::formatv("native: {0} ({1} images, {2} threads)", what, images, threads);
    }
  }
  if (model->loops.overBlocks)
    if (Failure failure = compareRolled(*loaded.module, values, options, *model); !failure.empty())
      return failure;
  return checkUnrolled(text, values, options, *model);
}

Failure checkIdentity(const std::string &text, uint64_t seed, bool native) {
  Loaded loaded(text);
  if (!loaded.module)
    return loaded.failure;
  Values values(networkOf(*loaded.module), seed, 2);
  if (!values.clear("last."))
    return "identity without last: no parameter begins so";
  auto isInput = [&](llvm::ArrayRef<float> results) {
    return results.size() == values.input.size() &&
           !std::memcmp(results.data(), values.input.data(), results.size() * sizeof(float));
  };
  if (!isInput(values.run<float>(networkOf(*loaded.module))))
    return "identity: the interpreter changes a bit";
  mlir::OwningOpRef<mlir::ModuleOp> optimised = loaded.module->clone();
  if (!runPasses(*optimised))
    return "identity: the pipeline fails " + loaded.objections;
  if (!isInput(values.run<float>(networkOf(*optimised))))
    return "identity: the passes change a bit";
  if (!native)
    return "";
  auto model = NativeModel::compile(*loaded.module, values, planOptionsFor(seed));
  if (!model)
    return "compile: " + llvm::toString(model.takeError());
  llvm::Expected<std::vector<float>> results = model->run(values, size_t(values.batch), nullptr);
  if (!results)
    return "native: " + llvm::toString(results.takeError());
  return isInput(*results) ? "" : "identity: the object changes a bit";
}

} // namespace resnetc::test
