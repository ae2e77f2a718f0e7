//===- PackStep.cpp - one step of packing ---------------------------------===//

#include "runtime/core/PackStep.h"
#include "runtime/core/FilterLayout.h"
#include <initializer_list>

using namespace resnetc;

resnetc_pack_step rt::turnOf(const resnetc_pack_step &step, uint32_t turn) {
  resnetc_pack_step single = step;
  single.count = 1;
  if (__builtin_mul_overflow(step.offset_stride, turn, &single.offset) ||
      __builtin_add_overflow(single.offset, step.offset, &single.offset))
    single.offset = ~uint64_t(0);
  const uint64_t distance = uint64_t(step.tensor_stride) * turn;
  for (uint32_t *tensor : {&single.filter, &single.bias, &single.gamma, &single.beta, &single.mean, &single.variance})
    if (*tensor != RESNETC_NO_TENSOR)
      *tensor = distance < RESNETC_NO_TENSOR - *tensor ? *tensor + uint32_t(distance) : RESNETC_NO_TENSOR - 1;
  return single;
}

uint64_t rt::packedStepBytes(const resnetc_pack_step &step, uint64_t limit) {
  uint64_t floats = step.output_padded;
  if (!step.output_channels || step.output_padded < step.output_channels || step.output_padded % rt::vectorChannels)
    return 0;
  if (step.opcode == RESNETC_PACK_FILTER) {
    if (step.filter == RESNETC_NO_TENSOR || !step.input_channels || !step.kernel_height || !step.kernel_width ||
        !step.input_block || !step.output_tile || step.output_tile > step.output_padded / rt::vectorChannels ||
        step.output_padded % (step.output_tile * rt::vectorChannels))
      return 0;
    if (step.groups > 1 && (step.output_tile != 1 || step.output_channels % step.groups ||
                            step.input_block > uint64_t(step.input_channels) * step.groups))
      return 0;
    const uint64_t inputs =
        step.groups > 1 ? 1 : (uint64_t(step.input_channels) + step.input_block - 1) / step.input_block;
    for (const uint64_t factor :
         {inputs, uint64_t(step.input_block), uint64_t(step.kernel_height), uint64_t(step.kernel_width)})
      if (__builtin_mul_overflow(floats, factor, &floats))
        return 0;
  } else if (step.opcode == RESNETC_PACK_VECTOR) {
    if (step.input_channels != 1 && step.input_channels != step.output_channels)
      return 0;
  } else if (step.opcode != RESNETC_PACK_SHIFT && step.opcode != RESNETC_PACK_SCALE) {
    return 0;
  }
  uint64_t bytes;
  if (__builtin_mul_overflow(floats, sizeof(float), &bytes) || step.offset % 64 || step.offset > limit ||
      bytes > limit - step.offset)
    return 0;
  return bytes;
}
