//===- Weights.h - named tensors into and out of a training state -------------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_WEIGHTS_H
#define RESNETC_RUNTIME_TRAIN_WEIGHTS_H

#include "runtime/train/Model.h"
#include "runtime/weights/NamedTensors.h"

namespace resnetc::train {

/// All tensors of a state, or of an average of states, in PyTorch's order.
llvm::Expected<weights::NamedTensors> tensorsOf(const Model &model, const void *state);

/// What became of a weights file's tensors.
struct InitReport {
  std::vector<std::string> taken, missing, otherShape, unused; ///< names; otherShape with both shapes
  /// A few lines for people: counts, and the names that were not taken.
  std::string text() const;
};

/// Sets the tensors that the file has with the same name and shape (extents of 1 at the end do not count); the state's
/// others stay as they are, initialised. Nothing fits: an error.
llvm::Expected<InitReport> initialiseFrom(const weights::NamedTensors &tensors, llvm::StringRef file,
                                          const Model &model, void *state);

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_WEIGHTS_H
