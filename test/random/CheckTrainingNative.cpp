//===- CheckTrainingNative.cpp - training steps as objects -----------------===//
//
// One step of the object against the interpreter's: losses, every gradient, running
// statistics; for a whole batch and a smaller one, with the same bits on one, two
// and three threads, and in less memory with activations computed again.
//
//===----------------------------------------------------------------------===//

#include "compiler/Pipeline.h"
#include "compiler/emit/LoadedModel.h"
#include "compiler/kernels/CpuTarget.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "runtime/train/Gradients.h"
#include "test/random/Check.h"
#include "test/random/Loaded.h"
#include "test/random/TrainingNetwork.h"
#include "llvm/Support/FormatVariadic.h"

namespace resnetc::test {
namespace {

using Module = mlir::OwningOpRef<mlir::ModuleOp>;
using Floats = std::vector<float>;

/// What a step leaves behind, by name.
struct StepResult {
  Floats losses;
  std::map<std::string, Floats> gradients, statistics;
  std::map<std::pair<std::string, std::string>, float> probes;

  bool operator==(const StepResult &other) const {
    return losses == other.losses && gradients == other.gradients && statistics == other.statistics &&
           probes == other.probes;
  }
};

llvm::Error failed(const llvm::Twine &what, int status) {
  return llvm::createStringError(what + ": " + resnetc_status_string(status));
}

/// A network's object with a training step, in this process.
class NativeStep {
public:
  /// `memory`: see makeTrainingPlan.
  static llvm::Expected<NativeStep> compile(mlir::ModuleOp network, const rn::TrainingOptions &options,
                                            int64_t memory) {
    // The compiler's phases obey them.
    static const bool registered =
        (mlir::registerPassManagerCLOptions(), mlir::registerDefaultTimingManagerCLOptions(), true);
    (void)registered;
    Module inference = network.clone(), training = network.clone();
    plan::TrainingPlanOptions planOptions;
    planOptions.batch = options.batch;
    if (mlir::failed(optimiseRn(*inference)) || mlir::failed(makePlan(*inference, {})))
      return llvm::createStringError("the pipeline of inference fails");
    if (mlir::failed(optimiseTraining(*training, options)) ||
        mlir::failed(makeTrainingPlan(*training, memory, planOptions)))
      return llvm::createStringError("the pipeline of training fails");
    llvm::Expected<emit::PlanTables> tables = buildTables(*inference);
    if (!tables)
      return tables.takeError();
    if (llvm::Error error = addTraining(*training, *tables))
      return error;
    emit::EmitOptions emitOptions;
    emitOptions.targets = {kernels::bestCpuTarget(resnetc_cpu_features()).name.str()};
    emitOptions.kernels.workers = 1;
    llvm::Expected<emit::EmittedModel> emitted = emitModel(*tables, emitOptions);
    if (!emitted)
      return emitted.takeError();
    auto model = emit::LoadedModel::load({emitted->object.data(), emitted->object.size()}, tables->name);
    if (!model)
      return model.takeError();
    if (!model->training() || !model->info().training)
      return llvm::createStringError("the object has no training step");
    NativeStep step(std::move(*model));
    step.recomputed = tables->training->recomputed;
    return step;
  }

  /// A little less than what the step takes, but not its state and images.
  int64_t lessMemory(const TrainingValues &values) const {
    const resnetc_training &training = *model.info().training;
    int64_t outside =
        training.state_bytes + training.batch * 4 + values.values.input.size() * (values.values.isBytes ? 1 : 4);
    return outside + int64_t(training.workspace_bytes) * 3 / 4;
  }
  bool recomputes() const { return recomputed != 0; }

  /// One step of the first images; what `expected` has is asked for by name.
  llvm::Expected<StepResult> run(const TrainingValues &values, const TrainingResult<RunningError> &expected,
                                 const resnetc_context *context) const {
    const resnetc_training &training = *model.info().training;
    const emit::TrainingEntries &entries = *model.training();
    emit::AlignedBytes state(training.state_bytes), workspace(training.workspace_bytes);
    std::memset(workspace.data(), 0xff, workspace.size); // NaN wherever nothing was written
    if (int status = entries.init(1, state.data()))
      return failed("init", status);
    for (auto &parameter : values.values.parameters)
      if (int status = entries.set(state.data(), parameter.first().str().c_str(), parameter.second.data(),
                                   parameter.second.size()))
        return failed("set " + parameter.first(), status);
    resnetc_hyper hyper = training.hyper;
    hyper.seed = values.counters.seed;
    hyper.step = values.counters.step;
    const Floats &images = values.values.input;
    std::vector<uint8_t> bytes(images.begin(), values.values.isBytes ? images.end() : images.begin());
    const void *pixels = values.values.isBytes ? static_cast<const void *>(bytes.data()) : images.data();
    float loss = 0;
    resnetc_train_batch batch = {
        pixels, values.labels.data(), values.secondLabels.data(), size_t(values.counters.valid), values.counters.mix,
        0};
    if (values.secondLabels.empty())
      batch.second_labels = nullptr;
    if (int status = entries.gradients(context, state.data(), &batch, &hyper, &loss, workspace.data()))
      return failed("gradients", status);
    const std::vector<uint8_t> made(workspace.data(), workspace.data() + workspace.size);
    if (int status = entries.update(context, state.data(), &hyper, workspace.data()))
      return failed("update", status);
    if (std::memcmp(made.data(), workspace.data(), made.size()) != 0)
      return llvm::createStringError("the update writes to the workspace");
    return collect(expected, state, workspace, loss);
  }

private:
  explicit NativeStep(emit::LoadedModel model) : model(std::move(model)) {}

  llvm::Expected<StepResult> collect(const TrainingResult<RunningError> &expected, const emit::AlignedBytes &state,
                                     const emit::AlignedBytes &workspace, float loss) const {
    const resnetc_training &training = *model.info().training;
    const emit::TrainingEntries &entries = *model.training();
    StepResult result;
    constexpr int lanes = 16;
    const auto *losses = reinterpret_cast<const float *>(workspace.data() + training.losses_offset);
    for (uint32_t n = 0; n < training.batch; ++n)
      result.losses.push_back(losses[n * lanes]);
    result.losses.push_back(loss);
    for (auto &[name, data] : expected.gradients) {
      Floats &gradient = result.gradients[name];
      gradient.resize(data.size());
      if (int status = entries.gradient(workspace.data(), name.c_str(), gradient.data(), gradient.size()))
        return failed("gradient of " + name, status);
    }
    if (llvm::Error error = checkNorm(result.gradients, workspace))
      return error;
    for (auto &[name, data] : expected.statistics) {
      Floats &statistic = result.statistics[name];
      statistic.resize(data.size());
      if (int status = entries.get(state.data(), name.c_str(), statistic.data(), statistic.size()))
        return failed("get " + name, status);
    }
    constexpr llvm::StringLiteral kinds[] = {"branch", "skip", "gradient"};
    const auto *rows = reinterpret_cast<const float *>(workspace.data() + training.probes_offset);
    for (uint32_t i = 0; i < training.probe_count; ++i)
      result.probes[{training.probes[i].name, kinds[training.probes[i].kind].str()}] = rows[i * lanes];
    return result;
  }

  /// The trainer clips by a norm over the gradients as they lie: that of the named ones, nothing twice, and no byte
  /// that nobody wrote.
  llvm::Error checkNorm(const std::map<std::string, Floats> &gradients, const emit::AlignedBytes &workspace) const {
    double squares = 0;
    for (auto &[name, gradient] : gradients)
      for (float value : gradient)
        squares += double(value) * value;
    if (gradients.empty() || !std::isfinite(squares))
      return llvm::Error::success();
    const resnetc_training &training = *model.info().training;
    resnetc_context context;
    resnetc_context_init(&context, nullptr);
    const double norm = train::Clip(training).norm(context, train::gradientsOf(training, workspace.data()));
    if (std::abs(norm - std::sqrt(squares)) <= 1e-9 * norm)
      return llvm::Error::success();
    return llvm::createStringError("norm of all gradients: %g as they lie, %g by name", norm, std::sqrt(squares));
  }

  emit::LoadedModel model;
  uint64_t recomputed = 0;
};

double largestOf(llvm::ArrayRef<RunningError> values) {
  double largest = 0;
  for (const RunningError &value : values)
    largest = std::max(largest, std::abs(double(value.value)));
  return largest;
}

/// How far fp32 in the interpreter's order is from double precision.
double roundingOf(llvm::ArrayRef<RunningError> values, llvm::ArrayRef<double> exact) {
  double largest = 0;
  for (auto [value, truth] : llvm::zip_equal(values, exact))
    largest = std::max(largest, std::abs(double(value.value) - truth));
  return largest;
}

/// Both are within one bound of the exact result: kernels add in another order. Bounds grow faster than errors do, so
/// they are no more than a thousandth of the largest element (of `scale`, of what is far smaller). Sums whose terms
/// cancel (a bias before a batch norm: its gradient is zero) have errors of their terms' size, which the interpreter's
/// own error tells; another order may be some times as far. An infinite bound says that nobody knows on which side of a
/// kink a value lies.
std::string compareTensor(const std::string &what, llvm::ArrayRef<RunningError> expected, llvm::ArrayRef<double> exact,
                          llvm::ArrayRef<float> is, double scale) {
  constexpr double otherOrder = 8;
  double cap = std::max(1e-3 * std::max(largestOf(expected), 1e-2 * scale), otherOrder * roundingOf(expected, exact));
  for (size_t i = 0; i < is.size(); ++i) {
    if (!std::isfinite(expected[i].error))
      continue;
    double bound = std::fmin(2 * expected[i].error * (1 + 1e-6), cap);
    if (!(std::abs(double(expected[i].value) - is[i]) <= bound))
      return llvm::formatv("{0}: element {1} is {2:e9}, not {3:e9} +- {4:e3}", what, i, is[i], expected[i].value,
                           bound);
  }
  return "";
}

/// A step as the interpreter makes it: with bounds, and in double precision.
struct Expected {
  TrainingResult<RunningError> bounded;
  TrainingResult<double> exact;
};

template <typename T> std::vector<T> withSum(std::vector<T> losses) {
  T sum = T(0.0f);
  for (T loss : losses)
    sum += loss;
  losses.push_back(sum);
  return losses;
}

std::string compare(const Expected &expected, const StepResult &is) {
  std::string difference =
      compareTensor("losses", withSum(expected.bounded.losses), withSum(expected.exact.losses), is.losses, /*scale=*/1);
  double scale = 0;
  for (auto &[name, data] : expected.bounded.gradients)
    scale = std::max(scale, largestOf(data));
  for (auto &[name, data] : expected.bounded.gradients)
    if (difference.empty())
      difference =
          compareTensor("gradient of " + name, data, expected.exact.gradients.at(name), is.gradients.at(name), scale);
  for (auto &[name, data] : expected.bounded.statistics)
    if (difference.empty())
      difference = compareTensor("statistic " + name, data, expected.exact.statistics.at(name), is.statistics.at(name),
                                 /*scale=*/1);
  return difference;
}

/// Of a full batch: images that are none are measured, too.
std::string compareProbes(const Expected &expected, const StepResult &is) {
  if (expected.bounded.probes.size() != is.probes.size())
    return llvm::formatv("{0} probes, not {1}", is.probes.size(), expected.bounded.probes.size());
  std::string difference;
  for (auto &[which, value] : expected.bounded.probes)
    if (difference.empty())
      difference = compareTensor(which.second + " of " + which.first, value, expected.exact.probes.at(which),
                                 is.probes.at(which), /*scale=*/0);
  return difference;
}

Failure checkStep(const NativeStep &step, const TrainingValues &values, const Expected &expected) {
  std::optional<StepResult> first;
  for (uint32_t threads : {1, 2, 3}) {
    std::unique_ptr<resnetc_pool, void (*)(resnetc_pool *)> pool(threads > 1 ? resnetc_pool_create(threads) : nullptr,
                                                                 resnetc_pool_destroy);
    resnetc_context context;
    resnetc_context_init(&context, pool.get());
    llvm::Expected<StepResult> result = step.run(values, expected.bounded, &context);
    std::string what = result ? compare(expected, *result) : llvm::toString(result.takeError());
    if (what.empty() && values.counters.valid == int64_t(values.labels.size()))
      what = compareProbes(expected, *result);
    if (!what.empty())
      return llvm::formatv("native training: {0} ({1} of {2} images, {3} threads)", what, values.counters.valid,
                           values.labels.size(), threads);
    if (!first)
      first = std::move(*result);
    else if (!(*first == *result))
      return llvm::formatv("native training: other bits on {0} threads ({1} images)", threads, values.counters.valid);
  }
  return "";
}

} // namespace

/// With less memory, where that can be: the same bits.
static Failure checkRecomputed(mlir::ModuleOp network, const rn::TrainingOptions &options, const NativeStep &plain,
                               const TrainingValues &values, const TrainingResult<RunningError> &expected) {
  auto smaller = NativeStep::compile(network, options, plain.lessMemory(values));
  if (!smaller) // a step of few layers lives in one block
    return llvm::consumeError(smaller.takeError()), "";
  if (!smaller->recomputes())
    return "recomputed training: a step in less memory computes nothing again";
  auto a = plain.run(values, expected, nullptr), b = smaller->run(values, expected, nullptr);
  if (!a || !b)
    return "recomputed training: " + llvm::toString(llvm::joinErrors(a.takeError(), b.takeError()));
  return *a == *b ? "" : "recomputed training: other bits than with all memory";
}

/// The layers that have the first half of the parameters.
static std::vector<std::string> someNames(rn::NetworkOp network) {
  std::vector<std::string> layers;
  network.walk([&](rn::ParameterOp op) { layers.push_back(op.getName().rsplit('.').first.str()); });
  layers.erase(std::unique(layers.begin(), layers.end()), layers.end());
  layers.resize(layers.size() / 2);
  return layers;
}

Failure checkTrainingNative(const std::string &text, uint64_t seed) {
  Loaded loaded(text);
  if (!loaded.module)
    return loaded.failure;
  const int64_t batch = 2 + seed % 3;
  Module network = trainable(*loaded.module, /*smooth=*/false);
  rn::TrainingOptions options;
  options.freezeBatchNorm = seed % 7 == 3;
  options.batch = batch;
  options.probes = seed % 2;
  if (seed % 5 == 1)
    options.frozen = someNames(networkOf(*network));
  Module step = differentiated(*network, options);
  if (!step && llvm::StringRef(loaded.objections).contains("there is nothing to train"))
    return "";
  if (!step)
    return "differentiate: " + loaded.objections;
  auto parameters = networkOf(*step).getBody().getOps<rn::GradientOfOp>();
  if (parameters.empty())
    return ""; // nothing to train, which compile --train says
  llvm::Expected<NativeStep> native = NativeStep::compile(*network, options, /*memory=*/0);
  if (!native)
    return "compile: " + llvm::toString(native.takeError()) + " " + loaded.objections;
  for (int64_t valid : {batch, batch - 1}) {
    TrainingValues values(networkOf(*network), seed, batch, valid);
    auto expected = values.run<RunningError>(networkOf(*step));
    if (!expected) { // a batch norm of one value a channel
      llvm::consumeError(expected.takeError());
      auto refused = native->run(values, {}, nullptr);
      if (refused)
        return "native training: statistics of one value are not refused";
      llvm::consumeError(refused.takeError());
      continue;
    }
    auto exact = values.run<double>(networkOf(*step));
    if (!exact)
      return "interpreter: " + llvm::toString(exact.takeError());
    if (Failure failure = checkStep(*native, values, {*expected, *exact}); !failure.empty())
      return failure;
    if (valid == batch)
      if (Failure failure = checkRecomputed(*network, options, *native, values, *expected); !failure.empty())
        return failure;
  }
  return "";
}

} // namespace resnetc::test
