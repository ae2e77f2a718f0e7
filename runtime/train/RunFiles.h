//===- RunFiles.h - what a run leaves on the disk -----------------------------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_RUNFILES_H
#define RESNETC_RUNTIME_TRAIN_RUNFILES_H

#include "runtime/train/Checkpoint.h"
#include <chrono>

namespace resnetc::train {

/// Where a run's results go.
struct Outputs {
  std::string weights;                 ///< .rnw: the best weights by validation; the last without validation
  std::string last;                    ///< .rnw after the last epoch, where there is a validation; empty: none
  std::string checkpoint;              ///< .ckpt
  double checkpointSeconds = 300;      ///< at most so long between two checkpoints of an epoch; 0: no limit
  uint64_t checkpointSteps = 0;        ///< and so many steps; 0: no limit
  std::vector<std::string> classNames; ///< go into the weights files
};

class RunFiles {
public:
  RunFiles(const Model &model, const resnetc_context &context, SettingLines settings, const Outputs &outputs);

  const Outputs &outputs() const { return where; }
  /// A checkpoint within the epoch: time or steps since the last one are over.
  bool isCheckpointDue(uint64_t step) const;
  /// Whether a state is worth to be kept: no infinity, no NaN in it.
  bool isFinite(const RunState &run) const;
  llvm::Error saveCheckpoint(const RunState &run);
  /// `tensors`: a state, or an average of states.
  llvm::Error saveWeights(llvm::StringRef path, const void *tensors) const;
  /// Of all saving so far.
  double seconds() const { return spent; }

private:
  using Clock = std::chrono::steady_clock;
  const Model &model;
  const resnetc_context &context;
  const SettingLines settings;
  const std::string kernels;
  const Outputs &where;
  Clock::time_point lastTime = Clock::now();
  uint64_t lastStep = 0;
  mutable double spent = 0;
};

/// No infinity, no NaN among `count` numbers.
bool allFinite(const resnetc_context &context, const float *values, size_t count);

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_RUNFILES_H
