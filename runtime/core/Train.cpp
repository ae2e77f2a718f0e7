//===- Train.cpp - a training step ----------------------------------------===//

#include "runtime/core/Arguments.h"
#include "runtime/core/State.h"
#include "runtime/core/Walk.h"
#include <string.h>

using namespace resnetc::rt;

namespace {

bool areClasses(const int32_t *labels, size_t n, uint64_t classes) {
  if (!labels || !isAligned(labels, alignof(int32_t)))
    return false;
  for (size_t i = 0; i < n; ++i)
    if (labels[i] < 0 || uint64_t(labels[i]) >= classes)
      return false;
  return true;
}

/// The share of the first labels.
float mixOf(const resnetc_train_batch &batch) { return batch.second_labels ? batch.mix : 1; }

bool isBatch(const resnetc_train_batch &batch, const resnetc_model_info &info) {
  const resnetc_training &training = *info.training;
  const uint64_t classes = imageElements(info.output);
  return batch.n && batch.n >= training.least_images && batch.n <= training.batch &&
         isArray(batch.images, info.input, batch.n) && areClasses(batch.labels, batch.n, classes) &&
         (!batch.second_labels || areClasses(batch.second_labels, batch.n, classes)) && mixOf(batch) >= 0 &&
         mixOf(batch) <= 1;
}

/// 1 - beta^(step + 1), by squaring.
float biasCorrection(float beta, uint64_t step) {
  double power = 1, square = beta;
  for (uint64_t exponent = step + 1; exponent; exponent >>= 1, square *= square)
    if (exponent & 1)
      power *= square;
  return float(1 - power);
}

resnetc_step_values valuesOf(const resnetc_hyper &hyper, const resnetc_train_batch &batch) {
  resnetc_step_values values = {};
  values.counters[0] = int32_t(batch.n);
  values.counters[1] = int32_t(uint32_t(hyper.seed));
  values.counters[2] = int32_t(uint32_t(hyper.seed >> 32));
  values.counters[3] = int32_t(uint32_t(hyper.step));
  const float mix = mixOf(batch);
  static_assert(sizeof(mix) == sizeof(values.counters[4]), "kernels read its bits");
  memcpy(&values.counters[4], &mix, sizeof(mix));
  const float all[8] = {hyper.learning_rate,
                        hyper.momentum,
                        hyper.weight_decay,
                        hyper.beta1,
                        hyper.beta2,
                        hyper.epsilon,
                        biasCorrection(hyper.beta1, hyper.step),
                        biasCorrection(hyper.beta2, hyper.step)};
  for (int i = 0; i < 8; ++i)
    values.hyper[i] = all[i];
  return values;
}

/// The images' shares in their order, so that the sum does not depend on who computed them.
float sumOfLosses(const uint8_t *losses, size_t n) {
  constexpr size_t lanes = 16;
  double sum = 0;
  for (size_t i = 0; i < n; ++i)
    sum += double(reinterpret_cast<const float *>(losses)[i * lanes]);
  return float(sum);
}

/// One of the two halves of a step, or both: what they share.
class Step {
public:
  /// A resnetc_status: may this model, state and workspace have a step?
  int open(const resnetc_model_info *info, const resnetc_context *context, void *state, void *workspace) {
    if (const int status = checkAbi(info, context))
      return status;
    if (const int status = checkState(info, state))
      return status;
    training = info->training;
    if (!isArena(workspace, training->workspace_bytes))
      return RESNETC_ERROR_ARGUMENT;
    variant = chooseVariant(*info->plan, context);
    return RESNETC_OK;
  }

  /// The steps in [first, end).
  int run(const resnetc_context *context, void *state, const resnetc_train_batch &batch, const resnetc_hyper *hyper,
          void *workspace, uint32_t first, uint32_t end) const {
    if (!variant)
      return RESNETC_ERROR_CPU;
    alignas(64) resnetc_step_values values = valuesOf(hyper ? *hyper : training->hyper, batch);
    UserContext user(context);
    Walk walk(*training->program, variant->kernels, user);
    // Images, labels and values lose their const, but kernels write only to what the compiler made an output.
    const auto labels = [](const int32_t *some) { return reinterpret_cast<uint8_t *>(const_cast<int32_t *>(some)); };
    walk.bases[RESNETC_BASE_WORKSPACE] = static_cast<uint8_t *>(workspace);
    walk.bases[RESNETC_BASE_WEIGHTS] = static_cast<uint8_t *>(state);
    walk.bases[RESNETC_BASE_INPUT] = static_cast<uint8_t *>(const_cast<void *>(batch.images));
    walk.bases[RESNETC_BASE_LABELS] = labels(batch.labels);
    walk.bases[RESNETC_BASE_SECOND_LABELS] = labels(batch.second_labels ? batch.second_labels : batch.labels);
    walk.bases[RESNETC_BASE_STEP] = reinterpret_cast<uint8_t *>(&values);
    return walk.run(first, end);
  }

  const resnetc_training *training = nullptr;

private:
  const resnetc_variant *variant = nullptr;
};

/// Gradients alone, or the optimizer's steps, too. All is looked at before anything is written.
int runOnBatch(const resnetc_model_info *info, const resnetc_context *context, void *state,
               const resnetc_train_batch *batch, const resnetc_hyper *hyper, float *loss, void *workspace,
               bool updates) {
  Step step;
  if (const int status = step.open(info, context, state, workspace))
    return status;
  const resnetc_training &training = *step.training;
  if (!batch || !isBatch(*batch, *info))
    return RESNETC_ERROR_ARGUMENT;
  const uint32_t end = updates ? training.program->step_count : training.update_step;
  if (const int status = step.run(context, state, *batch, hyper, workspace, 0, end))
    return status;
  if (loss)
    *loss = sumOfLosses(static_cast<uint8_t *>(workspace) + training.losses_offset, batch->n);
  return RESNETC_OK;
}

} // namespace

int resnetc_rt_train_step(const resnetc_model_info *info, const resnetc_context *context, void *state,
                          const void *images, const int32_t *labels, size_t n, const resnetc_hyper *hyper, float *loss,
                          void *workspace) {
  const resnetc_train_batch batch = {images, labels, nullptr, n, 1, 0};
  return runOnBatch(info, context, state, &batch, hyper, loss, workspace, /*updates=*/true);
}

int resnetc_rt_gradients(const resnetc_model_info *info, const resnetc_context *context, void *state,
                         const resnetc_train_batch *batch, const resnetc_hyper *hyper, float *loss, void *workspace) {
  return runOnBatch(info, context, state, batch, hyper, loss, workspace, /*updates=*/false);
}

int resnetc_rt_update(const resnetc_model_info *info, const resnetc_context *context, void *state,
                      const resnetc_hyper *hyper, void *workspace) {
  Step step;
  if (const int status = step.open(info, context, state, workspace))
    return status;
  const resnetc_training &training = *step.training;
  return step.run(context, state, resnetc_train_batch(), hyper, workspace, training.update_step,
                  training.program->step_count);
}
