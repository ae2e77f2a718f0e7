//===- State.cpp - tensors in and out of a training state -----------------===//
//
// The state holds tensors as kernels read them. Names and PyTorch's order exist here alone.
//
//===----------------------------------------------------------------------===//

#include "runtime/core/State.h"
#include "runtime/core/Arguments.h"
#include "runtime/core/NaturalOrder.h"
#include <string.h>

using namespace resnetc;
using namespace resnetc::rt;

int rt::checkState(const resnetc_model_info *info, const void *state) {
  if (const int status = checkAbi(info))
    return status;
  if (!info->training || !state || !isAligned(state, arenaAlignment))
    return RESNETC_ERROR_ARGUMENT;
  return isOnHost(*info) ? RESNETC_OK : RESNETC_ERROR_MEMORY;
}

bool rt::isTensorStep(const resnetc_pack_step &step, const resnetc_training &training) {
  if (step.opcode != RESNETC_PACK_FILTER && step.opcode != RESNETC_PACK_VECTOR)
    return false;
  if (tensorOf(step) >= training.tensor_count || !packedStepBytes(step, training.tensor_bytes))
    return false;
  const resnetc_tensor_info &tensor = training.tensors[tensorOf(step)];
  uint64_t elements = 1;
  for (uint32_t i = 0; i < tensor.rank && i < 4; ++i)
    elements *= tensor.extents[i];
  return elements == elementsOf(step);
}

int rt::clearState(const resnetc_training &training, void *state) {
  memset(state, 0, training.state_bytes);
  for (uint32_t i = 0; i < training.pack_step_count; ++i)
    for (uint32_t turn = 0; turn < training.pack_steps[i].count && isConstant(training.pack_steps[i]); ++turn) {
      const resnetc_pack_step step = turnOf(training.pack_steps[i], turn);
      if (!packedStepBytes(step, training.tensor_bytes))
        return RESNETC_ERROR_ABI;
      float *const to = reinterpret_cast<float *>(static_cast<uint8_t *>(state) + step.offset);
      for (uint32_t c = 0; c < step.output_channels; ++c)
        to[c] = float(step.epsilon);
    }
  return RESNETC_OK;
}

bool rt::findTensorStep(const resnetc_training &training, uint32_t tensor, resnetc_pack_step &step) {
  for (uint32_t i = 0; i < training.pack_step_count; ++i) {
    const resnetc_pack_step &repeated = training.pack_steps[i];
    const uint32_t first = tensorOf(repeated), stride = repeated.tensor_stride;
    if (tensor < first)
      continue;
    const uint32_t distance = tensor - first;
    const uint32_t turn = stride ? distance / stride : 0;
    if (turn >= repeated.count || distance != turn * stride)
      continue;
    step = turnOf(repeated, turn);
    return isTensorStep(step, training);
  }
  return false;
}

namespace {

const float *floatsAt(const void *memory, uint64_t offset) {
  return reinterpret_cast<const float *>(static_cast<const uint8_t *>(memory) + offset);
}
float *floatsAt(void *memory, uint64_t offset) {
  return reinterpret_cast<float *>(static_cast<uint8_t *>(memory) + offset);
}

/// A vector of `count` elements; no tensor gives null.
bool findVector(uint32_t tensor, uint32_t count, const resnetc_training &training, const void *state,
                const float *&data) {
  data = nullptr;
  if (tensor == RESNETC_NO_TENSOR)
    return true;
  resnetc_pack_step place;
  if (!findTensorStep(training, tensor, place) || place.opcode != RESNETC_PACK_VECTOR || elementsOf(place) != count)
    return false;
  data = floatsAt(state, place.offset);
  return true;
}

bool findFilter(const resnetc_pack_step &step, const resnetc_training &training, const void *state,
                PackInputs &inputs) {
  if (step.filter == RESNETC_NO_TENSOR)
    return true;
  resnetc_pack_step place;
  if (!findTensorStep(training, step.filter, place) || place.opcode != RESNETC_PACK_FILTER ||
      place.output_channels != step.output_channels || place.input_channels != step.input_channels ||
      place.kernel_height != step.kernel_height || place.kernel_width != step.kernel_width)
    return false;
  inputs.filter = floatsAt(state, place.offset);
  inputs.layout = FilterLayout::packed(place);
  return true;
}

/// The index of a tensor by its name, or RESNETC_NO_TENSOR: halves the range of the names, which are in order.
uint32_t indexOf(const resnetc_training &training, const char *name) {
  const size_t length = strlen(name);
  for (uint32_t low = 0, high = training.tensor_count; low < high;) {
    const uint32_t middle = low + (high - low) / 2;
    const char *other = training.tensors[middle].name;
    const int order = compareNatural(name, length, other, strlen(other));
    if (!order)
      return middle;
    (order < 0 ? high : low) = order < 0 ? middle : middle + 1;
  }
  return RESNETC_NO_TENSOR;
}

/// Where a tensor of that name and number of elements lies; a resnetc_status.
int findNamed(const resnetc_training &training, const char *name, const void *values, size_t count,
              resnetc_pack_step &place) {
  if (!name || !values || !isAligned(values, alignof(float)))
    return RESNETC_ERROR_ARGUMENT;
  const uint32_t tensor = indexOf(training, name);
  if (tensor == RESNETC_NO_TENSOR)
    return RESNETC_ERROR_ARGUMENT;
  if (!findTensorStep(training, tensor, place))
    return RESNETC_ERROR_ABI;
  return elementsOf(place) == count ? RESNETC_OK : RESNETC_ERROR_ARGUMENT;
}

void read(const resnetc_pack_step &place, const float *packed, float *values) {
  forEachElement(place, [&](uint64_t element, size_t at) { values[element] = packed[at]; });
}
void write(const resnetc_pack_step &place, const float *values, float *packed) {
  forEachElement(place, [&](uint64_t element, size_t at) { packed[at] = values[element]; });
}

} // namespace

bool rt::findStateInputs(const resnetc_pack_step &step, const resnetc_training &training, const void *state,
                         PackInputs &inputs) {
  const auto vector = [&](uint32_t tensor, const float *&data) {
    const uint32_t count = step.opcode == RESNETC_PACK_VECTOR ? step.input_channels : step.output_channels;
    return findVector(tensor, count, training, state, data);
  };
  return findFilter(step, training, state, inputs) && vector(step.bias, inputs.bias) &&
         vector(step.gamma, inputs.gamma) && vector(step.beta, inputs.beta) && vector(step.mean, inputs.mean) &&
         vector(step.variance, inputs.variance);
}

int resnetc_rt_get(const resnetc_model_info *info, const void *state, const char *tensor, float *values, size_t count) {
  resnetc_pack_step place;
  if (const int status = checkState(info, state))
    return status;
  if (const int status = findNamed(*info->training, tensor, values, count, place))
    return status;
  read(place, floatsAt(state, place.offset), values);
  return RESNETC_OK;
}

int resnetc_rt_set(const resnetc_model_info *info, void *state, const char *tensor, const float *values, size_t count) {
  resnetc_pack_step place;
  if (const int status = checkState(info, state))
    return status;
  if (const int status = findNamed(*info->training, tensor, values, count, place))
    return status;
  write(place, values, floatsAt(state, place.offset));
  return RESNETC_OK;
}

int resnetc_rt_gradient(const resnetc_model_info *info, const void *workspace, const char *tensor, float *values,
                        size_t count) {
  resnetc_pack_step place;
  if (const int status = checkState(info, workspace))
    return status;
  if (const int status = findNamed(*info->training, tensor, values, count, place))
    return status;
  if (place.offset >= info->training->parameter_bytes)
    return RESNETC_ERROR_ARGUMENT; // a running statistic has none
  read(place, floatsAt(workspace, info->training->gradients_offset + place.offset), values);
  return RESNETC_OK;
}

int resnetc_rt_import(const resnetc_model_info *info, const resnetc_weights *weights, void *state, char *error,
                      size_t error_bytes) {
  ErrorText text(error, error_bytes);
  if (const int status = checkState(info, state)) {
    text << "import: " << resnetc_status_string(status);
    return status;
  }
  if (!weights || !weights->table) {
    text << "import: no open weights file";
    return RESNETC_ERROR_ARGUMENT;
  }
  if (!isSameNetwork(*info, *weights, text))
    return RESNETC_ERROR_WEIGHTS;
  const resnetc_training &training = *info->training;
  // All is looked at before anything is written.
  int status = forEachTensor(training, [&](const resnetc_pack_step &step) -> int {
    PackInputs inputs;
    return findPackInputs(step, *weights, inputs, text) ? RESNETC_OK : RESNETC_ERROR_WEIGHTS;
  });
  if (!status)
    status = clearState(training, state);
  if (status == RESNETC_ERROR_ABI)
    text << resnetc_status_string(status);
  if (status)
    return status;
  return forEachTensor(training, [&](const resnetc_pack_step &step) -> int {
    PackInputs inputs;
    findPackInputs(step, *weights, inputs, text);
    write(step, step.opcode == RESNETC_PACK_FILTER ? inputs.filter : inputs.bias, floatsAt(state, step.offset));
    return RESNETC_OK;
  });
}
