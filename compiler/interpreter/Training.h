//===- Training.h - what a training step computes, by naive loops ---------===//

#ifndef RESNETC_COMPILER_INTERPRETER_TRAINING_H
#define RESNETC_COMPILER_INTERPRETER_TRAINING_H

#include "compiler/interpreter/Interpreter.h"
#include <map>
#include <string>

namespace resnetc {

/// What a step is given beside images and labels.
struct TrainingCounters {
  int64_t valid; ///< images; those behind count nowhere
  uint64_t seed = 0;
  uint32_t step = 0;
  float mix = 1;                             ///< the share of the labels, the others' is of secondLabels
  llvm::ArrayRef<int32_t> secondLabels = {}; ///< one each, or none
};

template <typename T> struct TrainingResult {
  std::vector<T> losses;                           ///< one an image; their sum is the loss
  std::map<std::string, std::vector<T>> gradients; ///< by parameter
  /// Sums of squares over the valid images, by residual and kind ("branch", "skip", "gradient").
  std::map<std::pair<std::string, std::string>, T> probes;
  std::map<std::string, std::vector<T>> statistics; ///< running ones as the step leaves them
};

/// One step, before the optimiser, of a network as prepare-training and differentiate (or what runs behind them) leave
/// it, computed in T: float, double or RunningError. Parameters are of float, or of double where T is. `images` are a
/// whole batch [batch, C, H, W] or [batch, F], `labels` one each.
template <typename T, typename P>
llvm::Expected<TrainingResult<T>>
interpretTraining(rn::NetworkOp network, const llvm::StringMap<llvm::ArrayRef<P>> &parameters, llvm::ArrayRef<T> images,
                  llvm::ArrayRef<int32_t> labels, const TrainingCounters &counters);

} // namespace resnetc

#endif // RESNETC_COMPILER_INTERPRETER_TRAINING_H
