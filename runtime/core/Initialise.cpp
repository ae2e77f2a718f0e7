//===- Initialise.cpp - the first values of a training state --------------===//

#include "runtime/core/Random.h"
#include "runtime/core/State.h"

using namespace resnetc::rt;

/// sqrt(2 / fan in) of He et al., "Delving Deep into Rectifiers", 2015.
static double heDeviation(const resnetc_tensor_info &tensor) {
  uint64_t fanIn = 1;
  for (uint32_t i = 1; i < tensor.rank && i < 4; ++i)
    fanIn *= tensor.extents[i];
  return __builtin_sqrt(2.0 / double(fanIn ? fanIn : 1));
}

int resnetc_rt_init(const resnetc_model_info *info, uint64_t seed, void *state) {
  if (const int status = checkState(info, state))
    return status;
  const resnetc_training &training = *info->training;
  if (const int status = clearState(training, state))
    return status;
  return forEachTensor(training, [&](const resnetc_pack_step &step) -> int {
    const resnetc_tensor_info &tensor = training.tensors[tensorOf(step)];
    float *packed = reinterpret_cast<float *>(static_cast<uint8_t *>(state) + step.offset);
    const bool isConstant = tensor.init == RESNETC_INIT_CONSTANT;
    const double deviation = heDeviation(tensor);
    Normal normal(seed, tensorOf(step));
    forEachElement(step, [&](uint64_t element, size_t at) {
      packed[at] = float(isConstant ? tensor.init_value : deviation * normal.at(element));
    });
    return RESNETC_OK;
  });
}
