//===- BatchNormTest.cpp - batch statistics and their gradients ------------===//

#include "TrainingRunner.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace resnetc::kernels;
using namespace resnetc::test;
using Role = OperandRole;

namespace {
/// Rows of vec(rows) with a bound for each number.
struct Rows {
  const TensorSpec &tensor;
  OperandNumbers &numbers;
  Rows(const TensorSpec &tensor, int64_t rows, OperandNumbers &numbers) : tensor(tensor), numbers(numbers) {
    numbers.values.resize(rows * tensor.channelBlocks() * channelBlock);
    numbers.bound.resize(numbers.values.size());
  }
  void set(int64_t k, int64_t c, double value, double bound) {
    numbers.values[Index{tensor}.row(k, c)] = value;
    numbers.bound[Index{tensor}.row(k, c)] = bound;
  }
};

template <typename Each> void forEachPixel(const TensorSpec &t, Each each) {
  for (int64_t y = 0; y < t.height; ++y)
    for (int64_t x = 0; x < t.width; ++x)
      each(y, x);
}

TrainingCase batchNormCase(KernelOp op, Random &random) {
  TrainingCase result;
  result.spec.op = op;
  result.spec.batch = random.between(1, 4);
  result.spec.input = randomMap(random);
  return result;
}

TEST(BatchNorm, Partials) {
  Random random(21);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 8; ++i) {
    TrainingCase each = batchNormCase(KernelOp::BatchNormPartials, random);
    const TensorSpec &in = each.spec.input;
    Index at{in};
    std::vector<double> &x = each.inputs[Role::Input].values = randomImages(in, each.spec.batch, random, false);
    for (double &value : x) // far from zero: a difference of squares would show nothing else
      value = float(value + 100);
    double pixels = double(in.height * in.width);
    Rows rows(in, 2 * each.spec.batch, each.expected[Role::Output]);
    for (int64_t n = 0; n < each.spec.batch; ++n)
      for (int64_t c = 0; c < in.channels; ++c) {
        double sum = 0, squares = 0, differences = 0;
        forEachPixel(in, [&](int64_t y, int64_t px) { sum += x[at(n, c, y, px)]; });
        double mean = sum / pixels, error = (pixels + 2) * unit * std::fabs(mean);
        forEachPixel(in, [&](int64_t y, int64_t px) {
          double difference = x[at(n, c, y, px)] - mean;
          squares += difference * difference, differences += std::fabs(difference);
        });
        rows.set(2 * n, c, mean, error);
        rows.set(2 * n + 1, c, squares,
                 2 * differences * error + pixels * error * error + (pixels + 4) * unit * squares);
      }
    cases.push_back(each);
  }
  checkCases(cases);
}

TEST(BatchNorm, CombineValidImages) {
  Random random(22);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 8; ++i) {
    TrainingCase each = batchNormCase(KernelOp::BatchNormCombine, random);
    each.spec.epsilon = 1e-5;
    const TensorSpec &in = each.spec.input;
    int64_t batch = each.spec.batch, valid = random.between(1, batch);
    std::vector<double> &partials = each.inputs[Role::Partials].values = randomVec(in, 2 * batch, random, 0.5, 2);
    std::vector<double> &gamma = each.inputs[Role::Gamma].values = randomVec(in, 1, random);
    std::vector<double> &beta = each.inputs[Role::Beta].values = randomVec(in, 1, random);
    each.inputs[Role::Counters].values = counters(valid);
    double pixels = double(in.height * in.width), count = pixels * double(valid);
    Rows rows(in, 4, each.expected[Role::Output]);
    for (int64_t c = 0; c < in.channels; ++c) {
      double mean = 0, squares = 0;
      for (int64_t n = 0; n < valid; ++n)
        mean += partials[Index{in}.row(2 * n, c)] / double(valid);
      for (int64_t n = 0; n < valid; ++n) {
        double difference = partials[Index{in}.row(2 * n, c)] - mean;
        squares += partials[Index{in}.row(2 * n + 1, c)] + pixels * difference * difference;
      }
      double variance = squares / count, scale = gamma[c] / std::sqrt(variance + 1e-5), shift = beta[c] - mean * scale;
      double few = 24 * unit, spread = few * (1 + 4 / variance); // means lie below 2
      rows.set(0, c, mean, few * std::fabs(mean));
      rows.set(1, c, variance, variance * spread);
      rows.set(2, c, scale, std::fabs(scale) * spread);
      rows.set(3, c, shift, (std::fabs(beta[c]) + std::fabs(mean * scale)) * (spread + few));
    }
    cases.push_back(each);
  }
  checkCases(cases);
}

TEST(BatchNorm, FrozenStatistics) {
  Random random(28);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 2; ++i) {
    TrainingCase each = batchNormCase(KernelOp::BatchNormCombine, random);
    each.spec.epsilon = 1e-5;
    each.spec.frozen = true;
    const TensorSpec &in = each.spec.input;
    std::vector<double> &mean = each.inputs[Role::RunningMean].values = randomVec(in, 1, random);
    std::vector<double> &variance = each.inputs[Role::RunningVariance].values = randomVec(in, 1, random, 0.5, 2);
    std::vector<double> &gamma = each.inputs[Role::Gamma].values = randomVec(in, 1, random);
    std::vector<double> &beta = each.inputs[Role::Beta].values = randomVec(in, 1, random);
    Rows rows(in, 4, each.expected[Role::Output]);
    for (int64_t c = 0; c < in.channels; ++c) {
      double scale = gamma[c] / std::sqrt(variance[c] + 1e-5);
      rows.set(0, c, mean[c], 0);
      rows.set(1, c, variance[c], 0);
      rows.set(2, c, scale, 8 * unit * std::fabs(scale));
      rows.set(3, c, beta[c] - mean[c] * scale, 8 * unit * (std::fabs(beta[c]) + std::fabs(mean[c] * scale)));
    }
    cases.push_back(each);
  }
  checkCases(cases);
}

TEST(BatchNorm, Apply) {
  Random random(23);
  std::vector<TrainingCase> cases;
  const char *activations[] = {"relu", "sigmoid", "leaky_relu:0.25"};
  for (int i = 0; i < 8; ++i) {
    TrainingCase each = batchNormCase(KernelOp::BatchNormApply, random);
    KernelSpec &spec = each.spec;
    const TensorSpec &in = spec.input;
    Index at{in};
    spec.output = withBorder(in, random.between(0, 1));
    if (i % 2 == 0)
      spec.epilogue.activation = *Activation::parse(activations[i / 2 % 3]);
    if (random.oneIn(2)) {
      spec.epilogue.residual = true;
      spec.residual = spec.output;
      each.inputs[Role::Residual].values = randomImages(in, spec.batch, random, false);
    }
    std::vector<double> &x = each.inputs[Role::Input].values = randomImages(in, spec.batch, random, false);
    std::vector<double> &statistics = each.inputs[Role::Statistics].values = randomVec(in, 4, random);
    OperandNumbers &y = each.expected[Role::Output];
    for (int64_t n = 0; n < spec.batch; ++n)
      for (int64_t c = 0; c < in.channels; ++c)
        forEachPixel(in, [&](int64_t py, int64_t px) {
          double value = x[at(n, c, py, px)] * statistics[at.row(2, c)] + statistics[at.row(3, c)];
          if (spec.residual)
            value += each.inputs[Role::Residual].values[at(n, c, py, px)];
          y.values.push_back(activate(value, spec.epilogue.activation));
          y.bound.push_back(40 * unit);
        });
    cases.push_back(each);
  }
  checkCases(cases);
}

TEST(BatchNorm, RunningStatistics) {
  Random random(24);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 6; ++i) {
    TrainingCase each = batchNormCase(KernelOp::UpdateStatistics, random);
    each.spec.momentum = i % 2 ? 0.1 : 1;
    if (i == 0) // one sample a channel: there is no unbiased variance
      each.spec.input.height = each.spec.input.width = each.spec.batch = 1;
    const TensorSpec &in = each.spec.input;
    int64_t valid = random.between(1, each.spec.batch);
    std::vector<double> &statistics = each.inputs[Role::Statistics].values = randomVec(in, 4, random, 0.5, 2);
    std::vector<double> &mean = each.inputs[Role::RunningMean].values = randomVec(in, 1, random);
    std::vector<double> &variance = each.inputs[Role::RunningVariance].values = randomVec(in, 1, random, 0.5, 2);
    each.inputs[Role::Counters].values = counters(valid);
    double m = float(each.spec.momentum), count = double(valid * in.height * in.width);
    Rows means(in, 1, each.expected[Role::Output]), variances(in, 1, each.expected[Role::Second]);
    for (int64_t c = 0; c < in.channels; ++c) {
      double unbiased = statistics[Index{in}.row(1, c)] * (count > 1 ? count / (count - 1) : 1);
      means.set(0, c, (1 - m) * mean[c] + m * statistics[c], 8 * unit * 3);
      variances.set(0, c, (1 - m) * variance[c] + m * unbiased, 8 * unit * (2 + unbiased));
    }
    cases.push_back(each);
  }
  checkCases(cases);
}

/// dy through relu or elu, whose output is given.
double masked(double dy, double y, const Activation &activation) {
  if (activation.function == Function::Relu)
    return y > 0 ? dy : 0;
  return activation.function == Function::Elu && y < 0 ? dy * (y + activation.parameter) : dy;
}

/// Gives a third of the cases no activation, relu or elu each, and the operand for it.
void addActivation(TrainingCase &each, int number, Random &random) {
  if (number % 3 == 0)
    return;
  each.spec.epilogue.activation = number % 3 == 1 ? Activation{Function::Relu, 0} : Activation{Function::Elu, 1};
  each.spec.saved = withBorder(each.spec.input, random.between(0, 2));
  each.inputs[Role::Saved].values = randomImages(each.spec.input, each.spec.batch, random, false);
}

TEST(BatchNormGradient, Partials) {
  Random random(25);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 12; ++i) {
    TrainingCase each = batchNormCase(KernelOp::BatchNormGradientPartials, random);
    KernelSpec &spec = each.spec;
    spec.other = withBorder(spec.input, random.between(0, 2));
    addActivation(each, i, random);
    bool stores = spec.saved && random.oneIn(2);
    if (stores)
      spec.output = withBorder(spec.input, random.oneIn(2) ? spec.input.border : 1);
    const TensorSpec &in = spec.input;
    Index at{in};
    std::vector<double> &dy = each.inputs[Role::Input].values = randomImages(in, spec.batch, random, false);
    std::vector<double> &x = each.inputs[Role::Other].values = randomImages(in, spec.batch, random, false);
    std::vector<double> &statistics = each.inputs[Role::Statistics].values = randomVec(in, 4, random);
    double pixels = double(in.height * in.width);
    Rows rows(in, 2 * spec.batch, each.expected[stores ? Role::Second : Role::Output]);
    for (int64_t n = 0; n < spec.batch; ++n)
      for (int64_t c = 0; c < in.channels; ++c) {
        double sum = 0, product = 0;
        forEachPixel(in, [&](int64_t py, int64_t px) {
          int64_t i = at(n, c, py, px);
          double value =
              spec.saved ? masked(dy[i], each.inputs[Role::Saved].values[i], spec.epilogue.activation) : dy[i];
          sum += value, product += value * (x[i] - statistics[c]);
          if (stores) {
            each.expected[Role::Output].values.push_back(value);
            each.expected[Role::Output].bound.push_back(8 * unit);
          }
        });
        rows.set(2 * n, c, sum, (pixels + 8) * unit * pixels * 2);
        rows.set(2 * n + 1, c, product, (pixels + 8) * unit * pixels * 4);
      }
    cases.push_back(each);
  }
  checkCases(cases);
}

TEST(BatchNormGradient, Combine) {
  Random random(26);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 8; ++i) {
    TrainingCase each = batchNormCase(KernelOp::BatchNormGradientCombine, random);
    each.spec.epsilon = 1e-3;
    each.spec.frozen = i % 2;
    const TensorSpec &in = each.spec.input;
    int64_t valid = random.between(1, each.spec.batch);
    std::vector<double> &partials = each.inputs[Role::Partials].values = randomVec(in, 2 * each.spec.batch, random);
    std::vector<double> &statistics = each.inputs[Role::Statistics].values = randomVec(in, 4, random, 0.25, 2);
    std::vector<double> &gamma = each.inputs[Role::Gamma].values = randomVec(in, 1, random);
    each.inputs[Role::Counters].values = counters(valid);
    double count = double(valid * in.height * in.width);
    Rows rows(in, 5, each.expected[Role::Output]);
    for (int64_t c = 0; c < in.channels; ++c) {
      double sum = 0, product = 0;
      for (int64_t n = 0; n < valid; ++n)
        sum += partials[Index{in}.row(2 * n, c)], product += partials[Index{in}.row(2 * n + 1, c)];
      double root = 1 / std::sqrt(statistics[Index{in}.row(1, c)] + 1e-3), mean = statistics[c];
      double a = gamma[c] * root, b = -a * root * root * product / count, shift = -a * sum / count - b * mean;
      double few = 32 * unit * double(each.spec.batch); // sums lie below the batch
      rows.set(0, c, product * root, few * root);
      rows.set(1, c, sum, few);
      rows.set(2, c, a, few * std::fabs(a));
      rows.set(3, c, each.spec.frozen ? 0 : b, each.spec.frozen ? 0 : few * root * root * root);
      rows.set(4, c, each.spec.frozen ? 0 : shift, each.spec.frozen ? 0 : few * (root + 2 * root * root * root));
    }
    cases.push_back(each);
  }
  checkCases(cases);
}

TEST(BatchNormGradient, ApplyToValidImages) {
  Random random(27);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 9; ++i) {
    TrainingCase each = batchNormCase(KernelOp::BatchNormGradientApply, random);
    KernelSpec &spec = each.spec;
    spec.other = withBorder(spec.input, random.between(0, 2));
    spec.output = withBorder(spec.input, random.oneIn(2) ? spec.input.border : 1);
    addActivation(each, i, random);
    const TensorSpec &in = spec.input;
    Index at{in};
    int64_t valid = random.between(1, spec.batch);
    std::vector<double> &dy = each.inputs[Role::Input].values = randomImages(in, spec.batch, random, false);
    std::vector<double> &x = each.inputs[Role::Other].values = randomImages(in, spec.batch, random, false);
    std::vector<double> residual(dy.size());
    if (i % 2) {
      spec.epilogue.residual = true;
      spec.residual = withBorder(in, random.between(0, 1));
      residual = each.inputs[Role::Residual].values = randomImages(in, spec.batch, random, false);
    }
    std::vector<double> &k = each.inputs[Role::Coefficients].values = randomVec(in, 5, random);
    each.inputs[Role::Counters].values = counters(valid);
    OperandNumbers &dx = each.expected[Role::Output];
    for (int64_t n = 0; n < spec.batch; ++n)
      for (int64_t c = 0; c < in.channels; ++c)
        forEachPixel(in, [&](int64_t py, int64_t px) {
          int64_t i = at(n, c, py, px);
          double value =
              spec.saved ? masked(dy[i], each.inputs[Role::Saved].values[i], spec.epilogue.activation) : dy[i];
          double exact = k[at.row(2, c)] * value + k[at.row(3, c)] * x[i] + k[at.row(4, c)] + residual[i];
          dx.values.push_back(n < valid ? exact : 0);
          dx.bound.push_back(n < valid ? 24 * unit : 0);
        });
    cases.push_back(each);
  }
  checkCases(cases);
}
} // namespace
