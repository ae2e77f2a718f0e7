//===- Stepper.h - one step of the optimiser ----------------------------------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_STEPPER_H
#define RESNETC_RUNTIME_TRAIN_STEPPER_H

#include "runtime/train/Gradients.h"
#include "runtime/train/Loader.h"
#include "runtime/train/RunState.h"
#include "runtime/train/Settings.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <optional>

namespace resnetc::train {

/// What a step saw.
struct StepResult {
  double lossSum = 0; ///< of the images, before the step
  double images = 0;
  double loss() const { return lossSum / images; }
};

/// Gradients of one or several batches, accumulated and clipped; update; moving average.
class Stepper {
public:
  Stepper(const Model &model, const resnetc_context &context, const Settings &settings);

  /// Takes `batches` batches of the loader, which has as many left in its epoch, for one step at `learningRate`. If the
  /// loss is not finite, nothing but running statistics has changed. `observe` sees the workspace with the step's
  /// gradients before they are clipped (probes in it are the last batch's), if the loss is finite.
  llvm::Expected<StepResult> run(Loader &loader, uint64_t batches, double learningRate, RunState &run,
                                 llvm::function_ref<void(const StepResult &, const void *workspace)> observe = nullptr);

private:
  llvm::Error addGradients(const Batch &batch, const resnetc_hyper &hyper, RunState &run, StepResult &result);

  const Model &model;
  const resnetc_context &context;
  const Settings &settings;
  AlignedBytes workspace;
  std::optional<Accumulator> accumulator; ///< of more than one batch a step
  Clip clip;
};

/// What the mean of a batch is divided by: its images, or the sum of their classes' weights. Of a mixup both means in
/// one, which is exact without class weights.
double shareOf(const Batch &batch, llvm::ArrayRef<double> classWeights);

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_STEPPER_H
