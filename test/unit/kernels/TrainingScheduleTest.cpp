//===- TrainingScheduleTest.cpp - schedules change no bit of a step --------===//

#include "TrainingRunner.h"
#include "compiler/kernels/schedule/ChooseSchedule.h"
#include "gtest/gtest.h"
#include <cstring>

using namespace resnetc::kernels;
using namespace resnetc::test;

namespace {
/// Numbers whose sums round, in every operand that is read.
std::vector<Memory> randomOperands(const KernelSpec &spec) {
  Random random(51);
  std::vector<Memory> memories;
  for (const KernelOperand &operand : operandsOf(spec)) {
    auto memory = std::make_unique<GuardedBytes>(operand.bytes, /*alignment=*/64);
    for (int64_t i = 0; i < operand.bytes / 4; ++i) {
      float number = float(random.real());
      int32_t valid = i == 0 ? int32_t(spec.batch) : 0;
      std::memcpy(memory->floats() + i, operand.role == OperandRole::Counters ? (void *)&valid : (void *)&number, 4);
    }
    memories.push_back(std::move(memory));
  }
  return memories;
}

/// What the kernel's outputs hold after a call.
std::string resultOf(const LoadedKernels &kernels, size_t job) {
  const KernelSpec &spec = kernels.library->jobs()[job].spec;
  std::vector<Memory> memories = randomOperands(spec);
  std::vector<GuardedBytes *> pointers;
  for (Memory &memory : memories)
    pointers.push_back(memory.get());
  kernels.call(job, pointers);
  std::string result;
  auto operands = operandsOf(spec);
  for (size_t i = 0; i < operands.size(); ++i)
    if (operands[i].isWritten())
      result.append(reinterpret_cast<const char *>(pointers[i]->data()), pointers[i]->size);
  return result;
}

const char *const specs[] = {
    "conv2d_input_gradient batch=4 in=blocked16:f32:32x7x7+1 out=blocked16:f32:64x13x14 window=3x3 stride=2x2 pad=1x1 "
    "tile=2",
    "conv2d_filter_gradient batch=6 in=blocked16:f32:48x12x12+1 out=planar:f32:27648x1x1 other=blocked16:f32:32x12x12 "
    "window=3x3 stride=1x1 pad=1x1 partials=2 tile=1",
    "conv2d_filter_gradient batch=6 in=blocked16:f32:48x1x1 out=planar:f32:1536x1x1 other=blocked16:f32:32x1x1 "
    "window=1x1 stride=1x1 pad=0x0 tile=2",
    "batch_norm_partials batch=3 in=blocked16:f32:48x12x12+1",
    "batch_norm_gradient_partials batch=3 in=blocked16:f32:48x12x12 out=blocked16:f32:48x12x12 "
    "other=blocked16:f32:48x12x12 saved=blocked16:f32:48x12x12 epilogue=relu",
    "batch_norm_combine batch=9 in=blocked16:f32:48x12x12 epsilon=1e-05",
    "channel_sum batch=5 in=blocked16:f32:48x12x12 other=blocked16:f32:48x12x12",
    "gate_gradient batch=3 in=blocked16:f32:48x12x12 out=blocked16:f32:48x1x1 other=blocked16:f32:48x12x12",
    "sum_partials batch=1 in=planar:f32:5000x1x1 out=planar:f32:1000x1x1",
    "cross_entropy batch=7 in=blocked16:f32:37x1x1 out=blocked16:f32:1x1x1 second=blocked16:f32:37x1x1",
    "cross_entropy batch=2 in=blocked16:f32:70000x1x1 out=blocked16:f32:1x1x1 second=blocked16:f32:70000x1x1",
};

TEST(TrainingSchedules, NeverChangeABit) {
  const char *schedules[] = {"B=1 PX=1 U=1 order=serial", "B=2 PX=6 PY=2 U=4 YB=4 CT=2 order=rows",
                             "B=4 PX=4 U=8 UK=1 YB=9 CT=1 order=channels"};
  std::vector<KernelJob> jobs;
  for (const std::string &target : runnableTargets()) {
    if (target == "x86-64") // without FMA, LLVM regroups a tile's additions as its unrolling lets it
      continue;
    for (const char *text : specs)
      for (const char *schedule : schedules) {
        jobs.emplace_back();
        jobs.back().spec = llvm::cantFail(KernelSpec::parse(text));
        jobs.back().target = target;
        jobs.back().schedule = schedule;
        ASSERT_FALSE(bool(jobs.back().spec.verify())) << text;
      }
  }
  LoadedKernels kernels(jobs);
  ASSERT_TRUE(kernels.loaded());
  for (size_t job = 0; job < jobs.size(); job += std::size(schedules))
    for (size_t other = 1; other < std::size(schedules); ++other)
      EXPECT_TRUE(resultOf(kernels, job) == resultOf(kernels, job + other))
          << jobs[job].target << ' ' << jobs[job].spec.str() << " | " << kernels.library->schedule(job + other);
}

/// Accumulators of a tile stay in registers, and the tile divides what it cuts.
TEST(TrainingSchedules, FilterGradientsKeepWithinTheRegisters) {
  for (const CpuTarget &target : cpuTargets())
    for (int64_t tile : {1, 2})
      for (int64_t window : {1, 3, 7}) {
        KernelSpec spec;
        spec.op = KernelOp::Conv2dFilterGradient;
        spec.batch = 8;
        spec.input.channels = 64;
        spec.input.height = spec.input.width = 14;
        spec.other = spec.input;
        spec.windowHeight = spec.windowWidth = window;
        spec.filterTile = tile;
        Schedule schedule = modelledSchedule(spec, target, 2);
        int64_t columns = schedule.unrollWindow ? window : 1;
        EXPECT_LE(schedule.unroll * tile * columns, std::max(target.maxAccumulatorBlocks, tile)) << target.name.str();
        EXPECT_EQ(channelBlock % schedule.unroll, 0);
      }
}
} // namespace
