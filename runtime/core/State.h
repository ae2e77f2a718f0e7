//===- State.h - named tensors inside of a training state -----------------===//

#ifndef RESNETC_RUNTIME_CORE_STATE_H
#define RESNETC_RUNTIME_CORE_STATE_H

#include "runtime/core/PackInputs.h"

namespace resnetc::rt {

/// Is `info` of a model that trains, and can `state` be its state? A resnetc_status.
int checkState(const resnetc_model_info *info, const void *state);

/// The step (of one turn) that says where tensor `tensor` of the schema lies. False if there is none that makes sense.
bool findTensorStep(const resnetc_training &training, uint32_t tensor, resnetc_pack_step &step);

/// The tensors that a step for inference reads, inside of the state. False where the two disagree on a shape.
bool findStateInputs(const resnetc_pack_step &step, const resnetc_training &training, const void *state,
                     PackInputs &inputs);

/// The tensor that a step of the state is about.
inline uint32_t tensorOf(const resnetc_pack_step &step) {
  return step.opcode == RESNETC_PACK_FILTER ? step.filter : step.bias;
}

/// A constant that kernels read from the state, of no tensor.
inline bool isConstant(const resnetc_pack_step &step) {
  return step.opcode == RESNETC_PACK_VECTOR && step.bias == RESNETC_NO_TENSOR;
}

/// Elements of that tensor, as PyTorch counts them.
inline uint64_t elementsOf(const resnetc_pack_step &step) {
  return step.opcode == RESNETC_PACK_FILTER
             ? uint64_t(step.output_channels) * step.input_channels * step.kernel_height * step.kernel_width
             : step.input_channels;
}

/// Calls visit(element in PyTorch's order, its offset in floats from the step's). An element that all channels share
/// has several places.
template <typename Visit> void forEachElement(const resnetc_pack_step &step, Visit visit) {
  if (step.opcode == RESNETC_PACK_VECTOR) {
    for (uint32_t c = 0; c < step.output_channels; ++c)
      visit(step.input_channels == 1 ? 0 : c, size_t(c));
    return;
  }
  const FilterLayout layout = FilterLayout::packed(step);
  uint64_t element = 0;
  for (uint32_t co = 0; co < step.output_channels; ++co)
    for (uint32_t ci = 0; ci < step.input_channels; ++ci) {
      size_t at = layout.first(co, ci);
      for (size_t k = 0; k < layout.positionCount(); ++k, at += layout.positionDistance())
        visit(element++, at);
    }
}

/// Does the step place one whole tensor of the schema inside of the state?
bool isTensorStep(const resnetc_pack_step &step, const resnetc_training &training);

/// Calls visit(step of one turn) for every tensor of the state; ends with its first result that is not RESNETC_OK.
template <typename Visit> int forEachTensor(const resnetc_training &training, Visit visit) {
  for (uint32_t i = 0; i < training.pack_step_count; ++i)
    for (uint32_t turn = 0; turn < training.pack_steps[i].count && !isConstant(training.pack_steps[i]); ++turn) {
      const resnetc_pack_step step = turnOf(training.pack_steps[i], turn);
      if (!isTensorStep(step, training))
        return RESNETC_ERROR_ABI;
      if (const int status = visit(step))
        return status;
    }
  return RESNETC_OK;
}

/// Zeroes the state and writes its constants.
int clearState(const resnetc_training &training, void *state);

} // namespace resnetc::rt

#endif // RESNETC_RUNTIME_CORE_STATE_H
