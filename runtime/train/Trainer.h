//===- Trainer.h - the training loop ------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_TRAINER_H
#define RESNETC_RUNTIME_TRAIN_TRAINER_H

#include "runtime/train/Evaluate.h"
#include "runtime/train/RunFiles.h"
#include "runtime/train/Stepper.h"
#include "runtime/train/log/Log.h"

namespace resnetc::train {

/// What a run learns from. `validation` may be null.
struct RunData {
  const data::DataSet *train = nullptr, *validation = nullptr;
};

enum class Ending { Finished, EarlyStop, Signal };

/// Where a run's time went, in seconds.
struct RunTimes {
  double steps = 0, dataWait = 0, validation = 0, files = 0;
};

/// A run from its begin or a checkpoint to its end. What it is given must live as long.
class Trainer {
public:
  Trainer(const Model &model, const resnetc_context &context, const Settings &settings, const RunData &data,
          RunFiles &files, Log &log);

  /// The first state, initialised from the seed. An error if the data is too small for a step.
  llvm::Error begin();
  /// Goes on from a checkpoint that fits (checkpointFits).
  llvm::Error resume(Checkpoint &&checkpoint);

  /// Trains to the end, or to a signal (StopSignals), and saves. A loss that is no number is an error; the last good
  /// checkpoint stays.
  llvm::Expected<Ending> run();

  RunState &state() { return now; }
  RunTimes times() const;
  const resnetc_context &threads() const { return context; }
  uint64_t batchesPerEpoch() const { return batches; }
  uint64_t stepsPerEpoch() const { return (batches + settings.accumulate - 1) / settings.accumulate; }

private:
  using Clock = std::chrono::steady_clock;

  bool isOver() const;
  llvm::Error step();
  llvm::Error endEpoch();
  llvm::Expected<Evaluation> validate();
  /// Keeps the weights if no epoch was better.
  bool judge(const Evaluation &evaluation);
  llvm::Error saveEpoch(bool isBest);
  llvm::Error saveCheckpoint();
  void tellEpoch(const std::optional<Evaluation> &evaluation, bool isBest);
  llvm::Error diverged(const llvm::Twine &what) const;
  llvm::Error startLoader();
  void startAverage();
  void startClock();
  double rate() const; ///< images a second of the epoch so far
  double waitShare() const;
  double waited() const; ///< for data, in seconds so far

  const Model &model;
  const resnetc_context &context;
  const Settings &settings;
  const RunData &data;
  RunFiles &files;
  Log &log;
  Stepper stepper;
  std::unique_ptr<Loader> loader;
  uint64_t batches = 0;
  RunState now;
  RunTimes spent;
  AlignedBytes packed, workspace; ///< for validation
  /// Of the epoch, as far as this process had part in it.
  struct {
    Clock::time_point start;
    double waited = 0, images = 0, trained = 0;
  } epoch;
};

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_TRAINER_H
