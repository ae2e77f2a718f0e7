//===- RunState.h - all that a training run is between two steps --------------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_RUNSTATE_H
#define RESNETC_RUNTIME_TRAIN_RUNSTATE_H

#include "runtime/train/Model.h"
#include "runtime/weights/AlignedBytes.h"
#include <vector>

namespace resnetc::train {

/// Where a run is, and what it will be asked about at the end of the epoch. Plain data: it lies in checkpoints as it
/// is.
struct Position {
  uint64_t epoch = 0; ///< epochs that are done, validation and all
  uint64_t batch = 0; ///< batches of the next epoch that are done
  uint64_t step = 0;  ///< optimiser steps of the whole run
  double lossSum = 0; ///< over this epoch's images so far
  double images = 0;
  double learningRate = 0; ///< of the last step
  uint64_t bestEpoch = 0;  ///< epochs that were done when the best validation was made; 0: none yet
  double bestTop1 = 0, bestLoss = 0;
  uint64_t isFinished = 0;
};

/// An epoch's results. Plain data, as Position; NaN where there was no validation.
struct EpochResult {
  double trainLoss = 0, validationLoss = 0, top1 = 0, top5 = 0, learningRate = 0;
  double seconds = 0; ///< not a function of the settings: the only numbers here that differ between equal runs
};

struct RunState {
  Position position;
  AlignedBytes state;               ///< resnetc_training.state_bytes: tensors and the optimiser's slots
  AlignedBytes average;             ///< tensor_bytes; empty without a moving average
  AlignedBytes best;                ///< tensor_bytes of the best validation; empty before there is one
  std::vector<EpochResult> history; ///< of each epoch that is done

  /// The tensors that are validated and saved: the average, if there is one.
  const uint8_t *tensors() const { return average.size ? average.data() : state.data(); }
};

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_RUNSTATE_H
