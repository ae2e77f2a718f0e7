//===- CasesTest.cpp - every op and schedule against naive loops ------------===//

#include "HalideRuntime.h"
#include "KernelRunner.h"
#include "RandomCases.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace resnetc::kernels;
using namespace resnetc::test;

/// What kernels call. Tasks backwards, one after the other: nothing may depend on their order.
extern "C" int halide_do_par_for(void *context, halide_task_t task, int first, int count, uint8_t *closure) {
  for (int i = first + count; i-- > first;)
    if (int status = task(context, i, closure))
      return status;
  return 0;
}

namespace {
/// Whether the op's arithmetic is exact on small integers.
bool exactOnIntegers(const KernelSpec &spec) {
  auto isExact = [](const Activation &activation) {
    return activation.function <= Function::LeakyRelu || activation.function == Function::HardTanh;
  };
  if (!isExact(spec.epilogue.activation) || !isExact(spec.epilogue.affineActivation))
    return false;
  return spec.op != KernelOp::Softmax && spec.op != KernelOp::Normalize && spec.op != KernelOp::LayerNorm;
}

/// `spreads`: a NaN may reach more outputs than it should: a grouped filter holds zero weights for other groups'
/// channels.
void compare(const Values &got, const Values &want, const Values &bound, bool exact, bool spreads) {
  ASSERT_EQ(got.data.size(), want.data.size());
  for (size_t i = 0; i < got.data.size(); ++i) {
    double expected = want.data[i];
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(got.data[i])) << "element " << i << " lost its NaN: " << got.data[i];
      continue;
    }
    if (spreads && std::isnan(got.data[i]))
      continue;
    if (exact)
      ASSERT_EQ(float(got.data[i]), float(expected)) << "element " << i;
    else
      ASSERT_LE(std::fabs(got.data[i] - expected), bound.data[i] + 1e-37) << "element " << i << ", " << expected;
  }
}

void check(const LoadedKernels &kernels, size_t job, Numbers numbers, Random &random) {
  const KernelSpec &spec = kernels.library->jobs()[job].spec;
  SCOPED_TRACE("--target " + kernels.library->jobs()[job].target + " --spec '" + spec.str() + "' --schedule '" +
               kernels.library->schedule(job) + "' numbers " + std::to_string(int(numbers)));
  Inputs inputs = randomInputs(spec, numbers, random);
  Results want = computeReference(spec, inputs);
  bool exact = numbers == Numbers::SmallIntegers && exactOnIntegers(spec);
  bool spreads = numbers == Numbers::RealsAndOneNan && spec.groups > 1 && !spec.isDepthwise();
  for (bool inPlace : {false, true}) {
    if (inPlace && !(spec.residual && *spec.residual == spec.output))
      continue;
    Outputs got = kernels.run(job, inputs, inPlace);
    EXPECT_TRUE(got.borderUntouched) << "in place " << inPlace;
    if (numbers != Numbers::RealsAndOneNan) { // NaN times a zero weight
      EXPECT_TRUE(got.paddingZero) << "in place " << inPlace;
    }
    compare(got.first, want.first, want.firstError, exact, spreads);
    if (spec.second)
      compare(got.second, want.second, want.secondError, exact, spreads);
    if (testing::Test::HasFatalFailure())
      return;
  }
}

struct OpCases {
  KernelOp op;
  int count; ///< for the best target; half as many for each other
};

class Cases : public testing::TestWithParam<OpCases> {};

TEST_P(Cases, EqualNaiveLoops) {
  Random random(unsigned(GetParam().op) * 1000 + 7);
  std::vector<KernelJob> jobs;
  for (const std::string &target : runnableTargets())
    for (int i = 0, count = GetParam().count / (jobs.empty() ? 1 : 2); i < count; ++i) {
      jobs.push_back(randomJob(GetParam().op, target, random));
      llvm::Error error = jobs.back().spec.verify();
      ASSERT_FALSE(static_cast<bool>(error)) << jobs.back().spec.str() << ": " << llvm::toString(std::move(error));
    }
  LoadedKernels kernels(jobs);
  ASSERT_TRUE(kernels.loaded());
  for (size_t i = 0; i < jobs.size() && !HasFatalFailure(); ++i)
    for (Numbers numbers : {Numbers::SmallIntegers, Numbers::Reals, Numbers::RealsAndOneNan})
      check(kernels, i, numbers, random);
}

INSTANTIATE_TEST_SUITE_P(Kernels, Cases,
                         testing::Values(OpCases{KernelOp::Conv2d, 60}, OpCases{KernelOp::MaxPool2d, 10},
                                         OpCases{KernelOp::AvgPool2d, 16}, OpCases{KernelOp::GlobalAvgPool, 6},
                                         OpCases{KernelOp::GlobalMaxPool, 6}, OpCases{KernelOp::Elementwise, 12},
                                         OpCases{KernelOp::Multiply, 8}, OpCases{KernelOp::Concat, 8},
                                         OpCases{KernelOp::LayerNorm, 8}, OpCases{KernelOp::PadShortcut, 6},
                                         OpCases{KernelOp::Softmax, 6}, OpCases{KernelOp::Normalize, 8},
                                         OpCases{KernelOp::Copy, 8}),
                         [](const auto &info) { return toString(info.param.op).str(); });

/// Shapes that no tile divides, in place, under every order of loops.
TEST(InPlace, MapsThatNoTileDivides) {
  Random random(3);
  std::vector<KernelJob> jobs;
  for (const char *order : {"serial", "rows", "channels"})
    for (const char *tile : {"B=1 PX=4 PY=3 U=4 YB=6 CT=2", "B=3 PX=5 PY=2 U=16 YB=4 CT=1"}) {
      KernelJob job;
      job.target = runnableTargets().front();
      job.schedule = std::string(tile) + " order=" + order;
      auto spec = KernelSpec::parse("conv2d batch=2 in=blocked16:f32:20x13x11+1 out=blocked16:f32:40x13x11+1 "
                                    "window=3x3 stride=1x1 pad=1x1 tile=3 epilogue=bias,residual,relu");
      ASSERT_TRUE(static_cast<bool>(spec)) << llvm::toString(spec.takeError());
      job.spec = *spec;
      jobs.push_back(job);
    }
  LoadedKernels kernels(jobs);
  ASSERT_TRUE(kernels.loaded());
  for (size_t i = 0; i < jobs.size(); ++i)
    check(kernels, i, Numbers::SmallIntegers, random);
}
} // namespace
