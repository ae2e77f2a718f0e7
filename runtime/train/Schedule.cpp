//===- Schedule.cpp - the learning rate of each step --------------------------------------------===//

#include "runtime/train/Schedule.h"
#include <algorithm>
#include <cmath>

namespace resnetc::train {
namespace {

constexpr double pi = 3.14159265358979323846;

/// From `start` to `end` along half a cosine.
double annealed(double start, double end, double share) { return end + (start - end) / 2 * (1 + std::cos(pi * share)); }

uint64_t warmupSteps(const Schedule &schedule, const RunLength &length) {
  const double steps = std::round(schedule.warmup * static_cast<double>(length.stepsPerEpoch));
  return std::min(static_cast<uint64_t>(steps), length.steps());
}

double stepFactor(const Schedule &schedule, uint64_t step, const RunLength &length) {
  const uint64_t epoch = step / length.stepsPerEpoch;
  return std::pow(schedule.factor, static_cast<double>(epoch / static_cast<uint64_t>(schedule.every)));
}

/// Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017, equation 5, without restarts.
double cosineFactor(const Schedule &schedule, uint64_t step, const RunLength &length) {
  const uint64_t start = warmupSteps(schedule, length);
  const double share = static_cast<double>(step - start) / static_cast<double>(length.steps() - start);
  return annealed(1, schedule.final, share);
}

/// Smith and Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2018; in
/// two phases of cosines, as PyTorch has it.
double oneCycle(const Schedule &schedule, double most, uint64_t step, const RunLength &length) {
  const double first = most / schedule.div, last = first / schedule.finalDiv;
  const double end = static_cast<double>(length.steps()) - 1, now = static_cast<double>(step);
  const double peak = schedule.warmup * static_cast<double>(length.steps()) - 1;
  if (now <= peak)
    return peak > 0 ? annealed(first, most, now / peak) : most;
  return end > peak ? annealed(most, last, (now - peak) / (end - peak)) : last;
}

} // namespace

double learningRate(const Schedule &schedule, double base, uint64_t step, const RunLength &length) {
  if (schedule.kind == ScheduleKind::OneCycle)
    return oneCycle(schedule, base, step, length);
  if (const uint64_t rising = warmupSteps(schedule, length); step < rising)
    return base * static_cast<double>(step + 1) / static_cast<double>(rising);
  switch (schedule.kind) {
  case ScheduleKind::Step:
    return base * stepFactor(schedule, step, length);
  case ScheduleKind::Cosine:
    return base * cosineFactor(schedule, step, length);
  default:
    return base;
  }
}

} // namespace resnetc::train
