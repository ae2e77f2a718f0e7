//===- Train.cpp - a training step ----------------------------------------===//

#include "runtime/core/Arguments.h"
#include "runtime/core/State.h"
#include "runtime/core/Walk.h"

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

/// 1 - beta^(step + 1), by squaring.
float biasCorrection(float beta, uint64_t step) {
  double power = 1, square = beta;
  for (uint64_t exponent = step + 1; exponent; exponent >>= 1, square *= square)
    if (exponent & 1)
      power *= square;
  return float(1 - power);
}

resnetc_step_values valuesOf(const resnetc_hyper &hyper, size_t n) {
  resnetc_step_values values = {};
  values.counters[0] = int32_t(n);
  values.counters[1] = int32_t(uint32_t(hyper.seed));
  values.counters[2] = int32_t(uint32_t(hyper.seed >> 32));
  values.counters[3] = int32_t(uint32_t(hyper.step));
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

} // namespace

int resnetc_rt_train_step(const resnetc_model_info *info, const resnetc_context *context, void *state,
                          const void *images, const int32_t *labels, size_t n, const resnetc_hyper *hyper, float *loss,
                          void *workspace) {
  if (const int status = checkAbi(info, context))
    return status;
  if (const int status = checkState(info, state))
    return status;
  const resnetc_training &training = *info->training;
  if (!n || n < training.least_images || n > training.batch || !isArray(images, info->input, n) ||
      !isArena(workspace, training.workspace_bytes) || !areClasses(labels, n, imageElements(info->output)))
    return RESNETC_ERROR_ARGUMENT;
  const resnetc_variant *variant = chooseVariant(*info->plan, context);
  if (!variant)
    return RESNETC_ERROR_CPU;

  alignas(64) resnetc_step_values values = valuesOf(hyper ? *hyper : training.hyper, n);
  UserContext user(context);
  Walk walk(*training.program, variant->kernels, user);
  // Images, labels and values lose their const, but kernels write only to what the compiler made an output.
  walk.bases[RESNETC_BASE_WORKSPACE] = static_cast<uint8_t *>(workspace);
  walk.bases[RESNETC_BASE_WEIGHTS] = static_cast<uint8_t *>(state);
  walk.bases[RESNETC_BASE_INPUT] = static_cast<uint8_t *>(const_cast<void *>(images));
  walk.bases[RESNETC_BASE_LABELS] = reinterpret_cast<uint8_t *>(const_cast<int32_t *>(labels));
  walk.bases[RESNETC_BASE_STEP] = reinterpret_cast<uint8_t *>(&values);
  if (const int status = walk.run())
    return status;
  if (loss)
    *loss = sumOfLosses(static_cast<uint8_t *>(workspace) + training.losses_offset, n);
  return RESNETC_OK;
}
