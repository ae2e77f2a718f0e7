//===- ActivationTest.cpp - activations where exp leaves the floats ---------===//

#include "KernelRunner.h"
#include "gtest/gtest.h"
#include <cmath>
#include <functional>
#include <limits>

using namespace resnetc::kernels;
using namespace resnetc::test;

namespace {

/// An activation and what it comes to far from zero, in exact arithmetic.
struct Limits {
  const char *activation;
  std::function<double(double)> below, above;
};

double zero(double) { return 0; }
double one(double) { return 1; }
double itself(double x) { return x; }

std::vector<Limits> limits() {
  return {{"relu", zero, itself},
          {"relu6", zero, [](double) { return 6; }},
          {"leaky_relu:0.25", [](double x) { return x / 4; }, itself},
          {"elu:1", [](double) { return -1; }, itself},
          {"elu:2.5", [](double) { return -2.5; }, itself},
          {"gelu", zero, itself},
          {"gelu_tanh", zero, itself},
          {"silu", zero, itself},
          {"sigmoid", zero, one},
          {"tanh", [](double) { return -1; }, one},
          {"hard_sigmoid", zero, one},
          {"hard_swish", zero, itself},
          {"hard_tanh", [](double) { return -1; }, one}};
}

/// `values` through each activation, on every class of CPUs that can run here.
void forEachResult(const std::vector<const char *> &activations, const std::vector<double> &values,
                   llvm::function_ref<void(size_t activation, double x, double result)> check) {
  std::vector<KernelJob> jobs;
  for (const std::string &target : runnableTargets())
    for (const char *activation : activations) {
      std::string map = "planar:f32:1x1x" + std::to_string(values.size());
      jobs.emplace_back();
      jobs.back().target = target;
      jobs.back().spec = llvm::cantFail(
          KernelSpec::parse("elementwise batch=1 in=" + map + " out=" + map + " epilogue=" + activation));
    }
  LoadedKernels kernels(jobs);
  ASSERT_TRUE(kernels.loaded());
  for (size_t job = 0; job < jobs.size(); ++job) {
    SCOPED_TRACE(jobs[job].target + " " + jobs[job].spec.epilogue.activation.str());
    Inputs inputs;
    inputs.input = Values(1, jobs[job].spec.input);
    inputs.input.data = values;
    Outputs outputs = kernels.run(job, inputs, /*inPlace=*/false);
    for (size_t i = 0; i < values.size(); ++i)
      check(job % activations.size(), values[i], outputs.first.data[i]);
  }
}

/// exp(200) is no float. Zeros are zeros however large the argument is; other results may be a bit off (x * 6 / 6).
TEST(Activations, farFromZero) {
  std::vector<double> values;
  for (float size : {200.f, 1e3f, 1e5f, 1e9f, 3e9f, 1e19f, 1e30f, 5e37f})
    values.insert(values.end(), {-size, size});
  const std::vector<Limits> expected = limits();
  std::vector<const char *> names;
  for (const Limits &each : expected)
    names.push_back(each.activation);
  forEachResult(names, values, [&](size_t activation, double x, double result) {
    double exact = x < 0 ? expected[activation].below(x) : expected[activation].above(x);
    EXPECT_LE(std::fabs(result - exact), std::ldexp(std::fabs(exact), -23)) << x << ": " << result << ", not " << exact;
  });
}

/// Where exp(-x) comes to the largest float and leaves it, and sigmoid becomes denormal and zero.
TEST(Activations, aroundTheEndOfExp) {
  std::vector<double> values;
  for (float x = 80; x < 110; x += 0.125f)
    values.insert(values.end(), {-x, x});
  const double epsilon = std::ldexp(1, -24);
  forEachResult({"sigmoid", "silu", "tanh", "elu:1"}, values, [&](size_t activation, double x, double result) {
    double sigmoid = 1 / (1 + std::exp(-x));
    double expected[] = {sigmoid, x * sigmoid, std::tanh(x), x < 0 ? std::expm1(x) : x};
    double absolute[] = {3e-39, 2.7e-37, 0, 0}; // exp(-88.7), and 88.7 times that
    EXPECT_LE(std::fabs(result - expected[activation]),
              8 * epsilon * std::fabs(expected[activation]) + absolute[activation])
        << x << ": " << result << ", not " << expected[activation];
  });
}

TEST(Activations, keepNan) {
  std::vector<const char *> names;
  for (const Limits &each : limits())
    names.push_back(each.activation);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  forEachResult(names, {nan, -1e30, nan, 1e30}, [&](size_t, double x, double result) {
    EXPECT_EQ(std::isnan(result), std::isnan(x)) << x << ": " << result;
  });
}

} // namespace
