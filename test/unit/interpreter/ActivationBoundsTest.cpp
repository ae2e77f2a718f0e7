// What RunningError says of activations whose argument is not known exactly: every value that the exact argument may
// have gives a result within the bound, and the bound is not much wider than these results are apart. Functions are
// written in double by other formulas than the interpreter's; slopes are measured, not derived.
#include "compiler/interpreter/Activations.h"
#include "compiler/interpreter/RunningError.h"
#include "gtest/gtest.h"
#include <functional>

using namespace resnetc;

namespace {

struct Case {
  const char *name;
  rn::Activation function;
  double parameter;
  std::function<double(double)> exact;
  /// The bound follows the steepest slope in the interval. Clamps hand on what they get, products add what their
  /// factors bring.
  bool isTight = true;
};

/// (1 + erf(x / sqrt 2)) / 2, whose erf cancels where x is negative.
double normalBelow(double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; }
double logistic(double x) { return (1 + std::tanh(x / 2)) / 2; }
double between(double low, double x, double high) { return std::fmin(std::fmax(x, low), high); }

std::vector<Case> cases() {
  using rn::Activation;
  return {{"none", Activation::None, 0, [](double x) { return x; }},
          {"relu", Activation::Relu, 0, [](double x) { return (x + std::fabs(x)) / 2; }, false},
          {"relu6", Activation::Relu6, 0, [](double x) { return between(0, x, 6); }, false},
          {"leaky_relu(0.01)", Activation::LeakyRelu, 0.01, [](double x) { return std::fmax(x, 0.01 * x); }},
          {"leaky_relu(3)", Activation::LeakyRelu, 3, [](double x) { return std::fmin(x, 3 * x); }},
          {"leaky_relu(-0.5)", Activation::LeakyRelu, -0.5, [](double x) { return std::fmax(x, -0.5 * x); }},
          {"elu(1)", Activation::Elu, 1, [](double x) { return std::fmax(x, 0) + std::exp(std::fmin(x, 0)) - 1; }},
          {"elu(2.5)", Activation::Elu, 2.5,
           [](double x) { return std::fmax(x, 0) + 2.5 * (std::exp(std::fmin(x, 0)) - 1); }},
          {"elu(-0.5)", Activation::Elu, -0.5,
           [](double x) { return std::fmax(x, 0) - (std::exp(std::fmin(x, 0)) - 1) / 2; }},
          {"sigmoid", Activation::Sigmoid, 0, logistic},
          {"tanh", Activation::Tanh, 0, [](double x) { return 2 * logistic(2 * x) - 1; }},
          {"hard_tanh", Activation::HardTanh, 0, [](double x) { return between(-1, x, 1); }, false},
          {"hard_sigmoid", Activation::HardSigmoid, 0, [](double x) { return between(0, x / 6 + 0.5, 1); }, false},
          {"hard_swish", Activation::HardSwish, 0, [](double x) { return x * between(0, x / 6 + 0.5, 1); }, false},
          {"silu", Activation::Silu, 0, [](double x) { return x / (1 + std::exp(-x)); }, false},
          {"gelu", Activation::Gelu, 0, [](double x) { return x * normalBelow(x); }, false},
          {"gelu_tanh", Activation::GeluTanh, 0,
           [](double x) { return x * logistic(2 * std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)); }, false}};
}

/// Around the kinks of all functions, where they are steep, and where they have come to their ends.
std::vector<float> points() {
  std::vector<float> result = {0, -0.f};
  for (float x : {1e-30f, 1e-6f, 0.01f, 0.3f, 0.62f, 0.63f, 0.99f, 1.f, 1.01f, 1.5f,
                  2.99f,  3.f,   3.01f, 4.5f, 5.99f, 6.f,   6.01f, 9.f, 20.f,  60.f})
    for (float sign : {-1.f, 1.f})
      result.push_back(sign * x);
  return result;
}

/// The interval's ends, what lies between them and every kink there, in order.
std::vector<double> samples(double middle, double error) {
  std::vector<double> result;
  for (int i = -400; i <= 400; ++i)
    result.push_back(middle + error * i / 400);
  for (double kink : {-3., -1., 0., 1., 3., 6.})
    if (std::fabs(kink - middle) <= error)
      result.push_back(kink);
  std::sort(result.begin(), result.end());
  return result;
}

/// The steepest slope between neighbours.
double steepest(const std::function<double(double)> &function, const std::vector<double> &at) {
  double result = 0;
  for (size_t i = 1; i < at.size(); ++i)
    if (at[i] > at[i - 1])
      result = std::fmax(result, std::fabs((function(at[i]) - function(at[i - 1])) / (at[i] - at[i - 1])));
  return result;
}

TEST(ActivationBounds, holdEveryValueOfTheArgument) {
  for (const Case &each : cases())
    for (float point : points())
      for (double error : {0., 1e-9, 1e-4, 0.05, 0.7, 4., 30.}) {
        RunningError result = interpreter::activate(RunningError(point, error), each.function, each.parameter);
        for (double x : samples(point, error))
          ASSERT_LE(std::fabs(each.exact(x) - result.value), result.error * (1 + 1e-9) + 1e-14)
              << each.name << " of " << x << ", known as " << point << " +- " << error;
      }
}

TEST(ActivationBounds, areAsWideAsTheSlopeMakesThem) {
  constexpr double ulp = std::numeric_limits<float>::epsilon();
  for (const Case &each : cases())
    for (float point : points())
      for (double error : {0., 1e-4, 0.05, 0.7, 4.}) {
        if (!each.isTight)
          continue;
        RunningError result = interpreter::activate(RunningError(point, error), each.function, each.parameter);
        double inherited = error > 0 ? 1.02 * error * steepest(each.exact, samples(point, error)) : 0;
        double size = std::fmax(std::fabs(each.parameter), std::fabs(each.exact(point)));
        double allowance = 10 * ulp * std::fmax(1, size);
        ASSERT_LE(result.error, inherited + allowance) << each.name << " of " << point << " +- " << error;
      }
}

/// No more than the slope of x * gate(x), where gates are at most one and a clamped gate's 1/6 counts everywhere.
TEST(ActivationBounds, ofClampsAndProductsAreOfTheArgumentsSize) {
  constexpr double ulp = std::numeric_limits<float>::epsilon();
  for (const Case &each : cases())
    for (float point : points())
      for (double error : {0., 1e-6, 1e-4, 1e-2}) {
        if (each.isTight)
          continue;
        RunningError result = interpreter::activate(RunningError(point, error), each.function, each.parameter);
        ASSERT_LE(result.error, (3 + std::fabs(point) / 6) * error + 16 * ulp * std::fmax(1, std::fabs(point)))
            << each.name << " of " << point << " +- " << error;
      }
}

/// Of an argument that is known: whoever computes the formula in float, with a libm of two ulps, is within the bound.
TEST(ActivationBounds, leaveRoomForFloats) {
  for (const Case &each : cases())
    for (float point = -12; point < 12; point += 0.01f) {
      double bound = interpreter::activate(RunningError(point), each.function, each.parameter).error;
      float plain = interpreter::activate(point, each.function, each.parameter);
      ASSERT_LE(std::fabs(each.exact(point) - plain), bound + 1e-14) << each.name << " of " << point;
    }
}

/// Far from zero, where saturated functions forget their argument.
TEST(ActivationBounds, whereNothingIsInheritedAnyMore) {
  for (rn::Activation function : {rn::Activation::Sigmoid, rn::Activation::Tanh, rn::Activation::HardTanh,
                                  rn::Activation::Relu6, rn::Activation::HardSigmoid})
    for (float point : {-90.f, 90.f}) {
      RunningError result = interpreter::activate(RunningError(point, 10), function, 0);
      EXPECT_LE(std::fabs(result.value - interpreter::activate(double(point), function, 0)), result.error);
      bool isClamped = function != rn::Activation::Sigmoid && function != rn::Activation::Tanh;
      EXPECT_LE(result.error, isClamped ? 10.1 : 2e-6) << int(function) << " of " << point;
    }
  EXPECT_LE(interpreter::activate(RunningError(-90.f, 10), rn::Activation::Elu, 1).error, 1e-6);
}

/// exp(-x) overflows in float before 1 / (1 + exp(-x)) is zero as a denormal number.
TEST(ActivationBounds, hasRoomForAnExpThatOverflows) {
  for (float point = -80; point > -110; point -= 0.25f) {
    RunningError sigmoid = interpreter::activate(RunningError(point), rn::Activation::Sigmoid, 0);
    RunningError silu = interpreter::activate(RunningError(point), rn::Activation::Silu, 0);
    float power = std::exp(-point);
    EXPECT_LE(std::fabs(1 / (1 + power) - double(sigmoid.value)), sigmoid.error) << point;
    EXPECT_LE(std::fabs(point / (1 + power) - double(silu.value)), silu.error) << point;
    EXPECT_LE(silu.error, 1e-36 + 1e-5 * std::fabs(silu.value)) << point;
  }
}

TEST(ActivationBounds, nanAndWhatIsNotKnown) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const Case &each : cases()) {
    EXPECT_TRUE(isNan(interpreter::activate(RunningError(nan), each.function, each.parameter))) << each.name;
    for (float point : {-2.f, 0.f, 2.f})
      EXPECT_EQ(interpreter::activate(RunningError(point, infinity), each.function, each.parameter).error, infinity)
          << each.name << " of " << point;
  }
}

} // namespace
