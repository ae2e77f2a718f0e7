//===- Model.h - what a compiled object offers to the trainer -----------------------------------===//
//
// The functions of an object of `resnetc compile --train`, as its header declares them. The trainer knows nothing else
// of where they come from: `resnetc train` links the object into its own process, an application could name those of
// its own object.
//
//===--------------------------------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_MODEL_H
#define RESNETC_RUNTIME_TRAIN_MODEL_H

#include "resnetc/runtime.h"

namespace resnetc::train {

/// All return a resnetc_status; see resnetc/runtime.h for what they take.
struct Model {
  const resnetc_model_info *info = nullptr; ///< with `training`

  int (*run)(const resnetc_context *, const void *weights, const void *images, size_t n, float *logits,
             void *workspace) = nullptr;
  int (*init)(uint64_t seed, void *state) = nullptr;
  int (*gradients)(const resnetc_context *, void *state, const resnetc_train_batch *, const resnetc_hyper *,
                   float *loss, void *workspace) = nullptr;
  int (*update)(const resnetc_context *, void *state, const resnetc_hyper *, void *workspace) = nullptr;
  int (*get)(const void *state, const char *tensor, float *values, size_t count) = nullptr;
  int (*set)(void *state, const char *tensor, const float *values, size_t count) = nullptr;
  int (*gradient)(const void *workspace, const char *tensor, float *values, size_t count) = nullptr;
  int (*fold)(const void *state, void *packed) = nullptr;

  const resnetc_training &training() const { return *info->training; }
};

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_MODEL_H
