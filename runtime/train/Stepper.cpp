//===- Stepper.cpp - one step of the optimiser --------------------------------------------------===//

#include "runtime/train/Stepper.h"
#include "runtime/train/Ema.h"
#include <cmath>

using namespace llvm;

namespace resnetc::train {

Stepper::Stepper(const Model &model, const resnetc_context &context, const Settings &settings)
    : model(model), context(context), settings(settings), workspace(model.training().workspace_bytes),
      clip(model.training()) {
  if (settings.accumulate > 1)
    accumulator.emplace(model.training());
}

double shareOf(const Batch &batch, ArrayRef<double> classWeights) {
  if (classWeights.empty())
    return static_cast<double>(batch.n);
  const auto sum = [&](const int32_t *labels) {
    double total = 0;
    for (size_t i = 0; i < batch.n; ++i)
      total += classWeights[static_cast<size_t>(labels[i])];
    return total;
  };
  const double mix = batch.secondLabels ? static_cast<double>(batch.mix) : 1;
  return mix * sum(batch.labels) + (mix < 1 ? (1 - mix) * sum(batch.secondLabels) : 0);
}

/// Over the mark that ends an epoch.
static Expected<const Batch *> nextBatch(Loader &loader) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    Expected<const Batch *> batch = loader.next();
    if (!batch || *batch)
      return batch;
  }
  return createStringError("the data has no more batches");
}

Error Stepper::addGradients(const Batch &batch, const resnetc_hyper &hyper, RunState &run, StepResult &result) {
  const resnetc_train_batch images = {batch.images, batch.labels, batch.secondLabels, batch.n, batch.mix, 0};
  float loss = 0;
  if (const int status = model.gradients(&context, run.state.data(), &images, &hyper, &loss, workspace.data()))
    return createStringError("training step: %s", resnetc_status_string(status));
  const double n = static_cast<double>(batch.n);
  result.lossSum += static_cast<double>(loss) * n;
  result.images += n;
  if (accumulator)
    accumulator->add(context, gradientsOf(model.training(), workspace.data()), shareOf(batch, settings.classWeights));
  return Error::success();
}

Expected<StepResult> Stepper::run(Loader &loader, uint64_t batches, double learningRate, RunState &run,
                                  function_ref<void(const StepResult &, const void *)> observe) {
  StepResult result;
  resnetc_hyper hyper = settings.hyper;
  hyper.seed = settings.seed;
  hyper.step = run.position.step;
  hyper.learning_rate = static_cast<float>(learningRate);
  for (uint64_t i = 0; i < batches; ++i) {
    Expected<const Batch *> batch = nextBatch(loader);
    if (!batch)
      return batch.takeError();
    // Dropout draws by this number: other bits for each batch of a step.
    resnetc_hyper ofBatch = hyper;
    ofBatch.step = (*batch)->epoch * loader.batchesPerEpoch() + (*batch)->index;
    if (Error error = addGradients(**batch, ofBatch, run, result))
      return error;
  }
  if (!std::isfinite(result.lossSum))
    return result;
  float *gradients = gradientsOf(model.training(), workspace.data());
  if (accumulator)
    accumulator->finish(context, gradients);
  if (observe)
    observe(result, workspace.data());
  if (settings.clip > 0)
    clip.apply(context, settings.clip, gradients);
  if (const int status = model.update(&context, run.state.data(), &hyper, workspace.data()))
    return createStringError("update: %s", resnetc_status_string(status));
  if (run.average.size)
    updateAverage(context, model.training(), settings.ema, hyper.step, run.state.data(), run.average.data());
  return result;
}

} // namespace resnetc::train
