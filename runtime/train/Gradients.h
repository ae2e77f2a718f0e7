//===- Gradients.h - what happens to gradients between backward pass and update -----------------===//
//
// Accumulation over batches and clipping by the norm. Both work on the gradients where the step left them, laid out as
// the parameters are in the state.
//
//===--------------------------------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_GRADIENTS_H
#define RESNETC_RUNTIME_TRAIN_GRADIENTS_H

#include "runtime/train/Model.h"
#include "runtime/weights/AlignedBytes.h"
#include <vector>

namespace resnetc::train {

/// The gradients of a step in its workspace.
inline float *gradientsOf(const resnetc_training &training, void *workspace) {
  return reinterpret_cast<float *>(static_cast<uint8_t *>(workspace) + training.gradients_offset);
}

/// The mean of several batches' gradients, each batch weighted by what its own mean was divided by.
class Accumulator {
public:
  explicit Accumulator(const resnetc_training &training);
  /// Adds a batch's gradients with weight `share` (its number of images).
  void add(const resnetc_context &context, const float *gradients, double share);
  /// Writes the mean over `gradients` and begins anew.
  void finish(const resnetc_context &context, float *gradients);

private:
  AlignedBytes sums;
  size_t elements;
  double shares = 0;
};

/// Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", 2013, algorithm 1, with the
/// norm of all gradients together, as torch.nn.utils.clip_grad_norm_ does.
class Clip {
public:
  explicit Clip(const resnetc_training &training);
  /// The gradients' norm. Sums are in double and in an order that does not depend on threads.
  double norm(const resnetc_context &context, const float *gradients) const;
  /// Multiplies the gradients by min(1, most / (norm + 1e-6)); returns the norm before.
  double apply(const resnetc_context &context, double most, float *gradients) const;

private:
  /// A factor or bias that all channels share lies once for each channel; it counts once.
  struct Repeated {
    size_t begin, count;
  };
  std::vector<Repeated> repeated;
  size_t elements;
};

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_GRADIENTS_H
