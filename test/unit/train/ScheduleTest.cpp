//===- ScheduleTest.cpp - learning rates are PyTorch's ------------------------------------------===//
//
// The numbers were printed by torch 2.15's schedulers, stepped after each optimiser step.
//
//===--------------------------------------------------------------------------------------------===//

#include "runtime/train/Schedule.h"
#include <gtest/gtest.h>
#include <vector>

using namespace resnetc::train;

namespace {

void expectRates(const Schedule &schedule, double base, const RunLength &length, const std::vector<double> &rates) {
  ASSERT_EQ(length.steps(), rates.size());
  for (size_t step = 0; step < rates.size(); ++step)
    EXPECT_NEAR(learningRate(schedule, base, step, length), rates[step], 1e-15) << "step " << step;
}

Schedule scheduleOf(ScheduleKind kind, double warmup = 0) {
  Schedule schedule;
  schedule.kind = kind;
  schedule.warmup = warmup;
  return schedule;
}

TEST(Schedule, OneCycleIsTorchs) {
  // OneCycleLR(max_lr=0.4, total_steps=20)
  expectRates(scheduleOf(ScheduleKind::OneCycle, 0.3), 0.4, {5, 4},
              {0.016000000000000014, 0.052668737080010131, 0.1486687370800101,   0.26733126291998988,
               0.36333126291998991,  0.40000000000000002,  0.39498560249403497,  0.38019385280538953,
               0.35636647102842001,  0.32469826157990522,  0.28677720071652035,  0.24450480877451572,
               0.20000080000000001,  0.15549679122548429,  0.11322439928347969,  0.075303338420094804,
               0.043635128971580013, 0.019807747194610516, 0.005015997505965022, 1.5999999999999999e-06});
}

TEST(Schedule, OneCyclesPeakMayLieBetweenSteps) {
  // OneCycleLR(max_lr=0.1, total_steps=10, pct_start=0.25, div_factor=10, final_div_factor=100)
  Schedule schedule = scheduleOf(ScheduleKind::OneCycle, 0.25);
  schedule.div = 10;
  schedule.finalDiv = 100;
  expectRates(schedule, 0.1, {10, 1},
              {0.009999999999999995, 0.077499999999999986, 0.098908472656653604, 0.090460398869028624,
               0.075025000000000008, 0.055271196740219297, 0.034614601130971381, 0.016626926212375048,
               0.0044184043907520816, 0.0001});
}

TEST(Schedule, OneCycleOfOneStepHasTheLargestRate) {
  EXPECT_EQ(learningRate(scheduleOf(ScheduleKind::OneCycle, 1), 0.4, 0, {1, 1}), 0.4);
}

TEST(Schedule, CosineIsTorchs) {
  // CosineAnnealingLR(T_max=12, eta_min=0.002)
  Schedule schedule = scheduleOf(ScheduleKind::Cosine);
  schedule.final = 0.02;
  expectRates(schedule, 0.1, {4, 3},
              {0.10000000000000001, 0.098330365488164345, 0.093435244785437507, 0.085648232278140821,
               0.075499999999999998, 0.063682133210023514, 0.050999999999999997, 0.038317866789976486,
               0.02650000000000001, 0.016351767721859173, 0.0085647552145625035, 0.0036696345118356582});
}

TEST(Schedule, WarmUpIsLinear) {
  // SequentialLR([LinearLR(1/4, 1, 3), CosineAnnealingLR(8)], [4])
  expectRates(scheduleOf(ScheduleKind::Cosine, 1), 0.1, {4, 3},
              {0.025000000000000001, 0.050000000000000003, 0.075000000000000011, 0.10000000000000001,
               0.10000000000000001, 0.096193976625564337, 0.085355339059327379, 0.069134171618254497,
               0.050000000000000003, 0.030865828381745515, 0.014644660940672627, 0.0038060233744356634});
}

TEST(Schedule, WarmUpMayBePartOfAnEpoch) {
  expectRates(scheduleOf(ScheduleKind::Constant, 0.5), 1, {4, 2}, {0.5, 1, 1, 1, 1, 1, 1, 1});
}

TEST(Schedule, WarmUpMayFillTheRun) {
  expectRates(scheduleOf(ScheduleKind::Cosine, 9), 1, {2, 2}, {0.25, 0.5, 0.75, 1});
}

TEST(Schedule, StepIsTorchs) {
  // StepLR(step_size=2 epochs of 2 steps, gamma=0.1)
  Schedule schedule = scheduleOf(ScheduleKind::Step);
  schedule.every = 2;
  expectRates(schedule, 0.5, {2, 5}, {0.5, 0.5, 0.5, 0.5, 0.05, 0.05, 0.05, 0.05, 0.005, 0.005});
}

} // namespace
