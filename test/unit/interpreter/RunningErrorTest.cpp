#include "compiler/interpreter/RunningError.h"
#include "gtest/gtest.h"
#include <random>

using resnetc::RunningError;

namespace {

/// The exact result lies within the bound, and the bound is of the size of rounding.
void expectWithin(RunningError x, double exact, double ulps) {
  EXPECT_LE(std::abs(x.value - exact), x.error);
  EXPECT_LE(x.error, ulps * std::numeric_limits<float>::epsilon() * std::max(1.0, std::abs(exact)));
}

TEST(RunningError, eachOperationStaysWithinItsBound) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> values(0.25, 4);
  for (int i = 0; i < 1000; ++i) {
    double a = values(random), b = values(random);
    expectWithin(RunningError(a) + RunningError(b), a + b, 2);
    expectWithin(RunningError(a) - RunningError(b), a - b, 8);
    expectWithin(RunningError(a) * RunningError(b), a * b, 4);
    expectWithin(RunningError(a) / RunningError(b), a / b, 4);
    expectWithin(squareRoot(RunningError(a)), std::sqrt(a), 4);
    expectWithin(exponential(RunningError(a)), std::exp(a), 16);
    expectWithin(relu(RunningError(-a)), 0, 4);
    expectWithin(larger(RunningError(a), RunningError(b)), std::max(a, b), 4);
  }
}

TEST(RunningError, smallIntegersAreExact) {
  RunningError sum = RunningError(3.0f) * RunningError(5.0f) + RunningError(-7.0f);
  EXPECT_EQ(sum.value, 8.0f);
}

TEST(RunningError, aDivisorThatMayBeZeroBoundsNothing) {
  RunningError nearZero(1e-9f, 1e-8);
  EXPECT_TRUE(std::isinf((RunningError(1.0f) / nearZero).error));
}

TEST(RunningError, anUnknownResultStaysUnknown) {
  RunningError unknown = RunningError(1.0f) / RunningError(1e-9f, 1e-8);
  EXPECT_TRUE(std::isinf((RunningError(2.0f) * unknown).error)); // infinity times an error of zero
  EXPECT_TRUE(std::isinf(larger(RunningError(2.0f) * unknown, RunningError(1e12f)).error));
}

TEST(RunningError, nanStays) {
  RunningError nan(std::numeric_limits<float>::quiet_NaN());
  EXPECT_TRUE(isNan(relu(nan)));
  EXPECT_TRUE(isNan(larger(nan, RunningError(1.0f))));
  EXPECT_TRUE(isNan(larger(RunningError(1.0f), nan)));
}

} // namespace
