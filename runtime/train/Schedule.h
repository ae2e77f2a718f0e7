//===- Schedule.h - the learning rate of each step ----------------------------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_SCHEDULE_H
#define RESNETC_RUNTIME_TRAIN_SCHEDULE_H

#include <cstdint>

namespace resnetc::train {

enum class ScheduleKind { Constant, Step, Cosine, OneCycle };

/// How the learning rate goes over a run. Rates are those that torch.optim.lr_scheduler's classes give with the same
/// numbers; all count optimiser steps, so that an epoch's share counts, too.
struct Schedule {
  ScheduleKind kind = ScheduleKind::Constant;
  /// Constant, Step, Cosine: epochs in which the rate rises linearly to the base rate, which the last step of them has;
  /// the first step has 1 / steps of it (LinearLR). Step's epochs count from the run's begin, Cosine begins after it.
  /// OneCycle: the share of all steps in which the rate rises (pct_start).
  double warmup = 0;
  int64_t every = 1;     ///< Step: epochs between drops (StepLR's step_size)
  double factor = 0.1;   ///< Step: what the rate is multiplied by (gamma)
  double final = 0;      ///< Cosine: the last rate (eta_min), as a share of the base rate
  double div = 25;       ///< OneCycle: the first rate is base / div (div_factor)
  double finalDiv = 1e4; ///< OneCycle: the last one is base / div / finalDiv (final_div_factor)
};

/// How long a run is.
struct RunLength {
  uint64_t stepsPerEpoch = 1, epochs = 1;
  uint64_t steps() const { return stepsPerEpoch * epochs; }
};

/// The rate of step `step`, counted from 0. `base`: the optimiser's learning rate; OneCycle's largest.
double learningRate(const Schedule &schedule, double base, uint64_t step, const RunLength &length);

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_SCHEDULE_H
