//===- PackInputs.h - named tensors that a pack step reads ----------------===//

#ifndef RESNETC_RUNTIME_CORE_PACKINPUTS_H
#define RESNETC_RUNTIME_CORE_PACKINPUTS_H

#include "runtime/core/ErrorText.h"
#include "runtime/core/FilterLayout.h"
#include "runtime/core/PackStep.h"

namespace resnetc::rt {

/// The tensors of one step; null where it has none.
struct PackInputs {
  const float *filter = nullptr, *bias = nullptr, *gamma = nullptr, *beta = nullptr, *mean = nullptr,
              *variance = nullptr;
  FilterLayout layout; ///< of `filter`
};

/// Finds the tensors of a step's first turn and compares their shapes with what the step needs. False with words in
/// `error`, which name the tensor and both shapes.
bool findPackInputs(const resnetc_pack_step &step, const resnetc_weights &weights, PackInputs &inputs,
                    ErrorText &error);

/// Is the file of the network that `info` was compiled from? False with words in `error`: the first tensor that
/// differs, with both shapes, where the object knows.
bool isSameNetwork(const resnetc_model_info &info, const resnetc_weights &weights, ErrorText &error);

} // namespace resnetc::rt

#endif // RESNETC_RUNTIME_CORE_PACKINPUTS_H
