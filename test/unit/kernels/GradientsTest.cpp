//===- GradientsTest.cpp - gradients of layers against naive loops ---------===//

#include "TrainingRunner.h"
#include "compiler/kernels/Philox.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace resnetc::kernels;
using namespace resnetc::test;
using Role = OperandRole;

namespace {
/// A kernel from dy of a map to dx of the same.
TrainingCase mapCase(KernelOp op, Random &random) {
  TrainingCase result;
  result.spec.op = op;
  result.spec.batch = random.between(1, 3);
  result.spec.input = randomMap(random);
  result.spec.output = withBorder(result.spec.input, random.oneIn(2) ? result.spec.input.border : 1);
  return result;
}

template <typename Each> void forEachElement(const TensorSpec &t, int64_t batch, Each each) {
  for (int64_t n = 0; n < batch; ++n)
    for (int64_t c = 0; c < t.channels; ++c)
      for (int64_t y = 0; y < t.height; ++y)
        for (int64_t x = 0; x < t.width; ++x)
          each(n, c, y, x);
}

const char *const activations[] = {"relu",      "relu6", "leaky_relu:0.25", "elu:1.5",    "sigmoid",  "tanh", "gelu",
                                   "gelu_tanh", "silu",  "hard_sigmoid",    "hard_swish", "hard_tanh"};

/// By central differences in double precision.
double slope(double x, const Activation &activation) {
  const double step = 1e-6;
  return (activate(x + step, activation) - activate(x - step, activation)) / (2 * step);
}

bool isRecoverable(const Activation &activation) {
  Function f = activation.function;
  return f != Function::Gelu && f != Function::GeluTanh && f != Function::Silu && f != Function::HardSwish;
}

TEST(Gradients, OfActivations) {
  Random random(31);
  std::vector<TrainingCase> cases;
  for (const char *name : activations)
    for (bool ofOutput : {false, true}) {
      TrainingCase each = mapCase(KernelOp::ActivationGradient, random);
      KernelSpec &spec = each.spec;
      spec.other = withBorder(spec.input, random.between(0, 2));
      Activation activation = spec.epilogue.activation = *Activation::parse(name);
      spec.ofOutput = ofOutput;
      if (ofOutput && !isRecoverable(activation))
        continue;
      std::vector<double> &dy = each.inputs[Role::Input].values = randomImages(spec.input, spec.batch, random, false);
      std::vector<double> &saved = each.inputs[Role::Other].values;
      OperandNumbers &dx = each.expected[Role::Output];
      for (double value : dy) {
        double x = float(random.real() * 9); // no kink is met to six digits
        if (random.oneIn(8))
          x *= 100;
        double y = float(activate(x, activation));
        saved.push_back(ofOutput ? y : x);
        dx.values.push_back(value * slope(x, activation));
        // A difference quotient's error, and that of y where the slope is recovered from it.
        dx.bound.push_back(4e-8 + 40 * unit * (1 + std::fabs(x)));
      }
      cases.push_back(each);
    }
  checkCases(cases);
}

/// The kink belongs to the left side, as in PyTorch, and a NaN comes through.
TEST(Gradients, OfActivationsAtTheirKinks) {
  std::vector<TrainingCase> cases;
  for (const char *name : {"relu", "relu6", "hard_tanh"}) {
    TrainingCase each;
    each.spec.op = KernelOp::ActivationGradient;
    each.spec.input.channels = 3;
    each.spec.output = each.spec.input;
    each.spec.other = each.spec.input;
    each.spec.ofOutput = true;
    each.spec.epilogue.activation = *Activation::parse(name);
    bool isTanh = llvm::StringRef(name) == "hard_tanh";
    each.inputs[Role::Input].values = {2, 3, std::nan("")};
    each.inputs[Role::Other].values = {isTanh ? -1.0 : 0.0, isTanh ? 1.0 : 6.0, 0.5};
    bool isRelu = llvm::StringRef(name) == "relu";
    each.expected[Role::Output].values = {0, isRelu ? 3.0 : 0.0, std::nan("")};
    cases.push_back(each);
  }
  checkCases(cases);
}

/// dy, x and y of a random pool, with ties between small integers.
TrainingCase poolCase(KernelOp op, const KernelSpec &forward, Random &random) {
  TrainingCase result;
  KernelSpec &spec = result.spec = forward;
  spec.op = op;
  spec.input = forward.output;
  spec.output = forward.input;
  bool isMax = forward.op == KernelOp::MaxPool2d || forward.op == KernelOp::GlobalMaxPool;
  std::vector<double> dy = randomImages(spec.input, spec.batch, random, true);
  if (isMax) {
    spec.other = withBorder(spec.output, random.between(0, 2));
    spec.saved = withBorder(spec.input, random.between(0, 2));
    Inputs inputs;
    inputs.input = Values(spec.batch, forward.input);
    inputs.input.data = randomImages(forward.input, spec.batch, random, true);
    result.inputs[Role::Other].values = inputs.input.data;
    result.inputs[Role::Saved].values = computeReference(forward, inputs).first.data;
  }
  result.inputs[Role::Input].values = dy;
  return result;
}

TrainingCase poolCase(KernelOp op, KernelOp forwardOp, Random &random) {
  return poolCase(op, randomJob(forwardOp, "x86-64", random).spec, random);
}

/// Calls each(window's element of dy, pixel's element of dx) for all pixels of all windows, in row-major order.
template <typename Each> void forEachTap(const KernelSpec &spec, Each each) {
  Index from{spec.input}, to{spec.output};
  bool isGlobal = spec.op == KernelOp::GlobalMaxPoolGradient;
  int64_t height = isGlobal ? spec.output.height : spec.windowHeight;
  int64_t width = isGlobal ? spec.output.width : spec.windowWidth;
  forEachElement(spec.input, spec.batch, [&](int64_t n, int64_t c, int64_t y, int64_t x) {
    for (int64_t ky = 0; ky < height; ++ky)
      for (int64_t kx = 0; kx < width; ++kx) {
        int64_t py = y * spec.strideHeight + ky - spec.padHeight, px = x * spec.strideWidth + kx - spec.padWidth;
        if (py >= 0 && py < spec.output.height && px >= 0 && px < spec.output.width)
          each(from(n, c, y, x), to(n, c, py, px));
      }
  });
}

void expectMaxima(TrainingCase &each) {
  const KernelSpec &spec = each.spec;
  std::vector<double> &dx = each.expected[Role::Output].values;
  dx.resize(spec.batch * spec.output.channels * spec.output.height * spec.output.width);
  std::vector<bool> taken(each.inputs[Role::Input].values.size(), false);
  forEachTap(spec, [&](int64_t window, int64_t pixel) {
    if (taken[window] || each.inputs[Role::Other].values[pixel] != each.inputs[Role::Saved].values[window])
      return;
    taken[window] = true;
    dx[pixel] += each.inputs[Role::Input].values[window];
  });
}

TrainingCase largePoolCase(Random &random) {
  KernelSpec forward = llvm::cantFail(KernelSpec::parse("max_pool2d batch=1 in=blocked16:f32:5x20x21 "
                                                        "out=blocked16:f32:5x4x5 window=17x17 stride=1x1 pad=0x0"));
  return poolCase(KernelOp::MaxPool2dGradient, forward, random);
}

TEST(Gradients, OfMaxPools) {
  Random random(32);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 12; ++i) {
    bool isGlobal = i % 4 == 3;
    cases.push_back(isGlobal ? poolCase(KernelOp::GlobalMaxPoolGradient, KernelOp::GlobalMaxPool, random)
                             : poolCase(KernelOp::MaxPool2dGradient, KernelOp::MaxPool2d, random));
    expectMaxima(cases.back());
  }
  cases.push_back(largePoolCase(random)); // more windows of a pixel than a stack should hold
  expectMaxima(cases.back());
  checkCases(cases);
}

TEST(Gradients, OfAveragePools) {
  Random random(33);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 12; ++i) {
    TrainingCase each = poolCase(KernelOp::AvgPool2dGradient, KernelOp::AvgPool2d, random);
    const KernelSpec &spec = each.spec;
    // What a window divides by is what the forward kernel makes of ones: 1 / n times those that lie inside.
    std::vector<double> inside(each.inputs[Role::Input].values.size());
    forEachTap(spec, [&](int64_t window, int64_t) { ++inside[window]; });
    KernelSpec forward = spec;
    forward.op = KernelOp::AvgPool2d;
    forward.input = spec.output, forward.output = spec.input;
    Inputs ones;
    ones.input = Values(spec.batch, forward.input);
    std::fill(ones.input.data.begin(), ones.input.data.end(), 1);
    Values means = computeReference(forward, ones).first;
    OperandNumbers &dx = each.expected[Role::Output];
    dx.values.resize(spec.batch * spec.output.channels * spec.output.height * spec.output.width);
    dx.bound.resize(dx.values.size());
    forEachTap(spec, [&](int64_t window, int64_t pixel) {
      double term = each.inputs[Role::Input].values[window] * means.data[window] / inside[window];
      dx.values[pixel] += term, dx.bound[pixel] += 20 * unit * std::fabs(term);
    });
    cases.push_back(each);
  }
  checkCases(cases);
}

TEST(Gradients, OfGlobalAveragePools) {
  Random random(34);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 4; ++i) {
    TrainingCase each = poolCase(KernelOp::GlobalAvgPoolGradient, KernelOp::GlobalAvgPool, random);
    const KernelSpec &spec = each.spec;
    double pixels = double(spec.output.height * spec.output.width);
    OperandNumbers &dx = each.expected[Role::Output];
    forEachElement(spec.output, spec.batch, [&](int64_t n, int64_t c, int64_t, int64_t) {
      dx.values.push_back(each.inputs[Role::Input].values[n * spec.input.channels + c] / pixels);
      dx.bound.push_back(unit * std::fabs(dx.values.back()));
    });
    cases.push_back(each);
  }
  checkCases(cases);
}

TEST(Gradients, OfGates) {
  Random random(35);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 8; ++i) {
    TrainingCase each = mapCase(KernelOp::GateGradient, random);
    KernelSpec &spec = each.spec;
    spec.other = withBorder(spec.input, random.between(0, 2));
    spec.complement = random.oneIn(2);
    if (i % 2)
      spec.output.height = spec.output.width = 1;
    std::vector<double> &dy = each.inputs[Role::Input].values = randomImages(spec.input, spec.batch, random, true);
    std::vector<double> &x = each.inputs[Role::Other].values = randomImages(spec.input, spec.batch, random, true);
    std::vector<double> &gate = each.expected[Role::Output].values;
    gate.resize(spec.batch * spec.output.channels * spec.output.height * spec.output.width);
    Index in{spec.input}, out{spec.output};
    forEachElement(spec.input, spec.batch, [&](int64_t n, int64_t c, int64_t y, int64_t px) {
      double product = dy[in(n, c, y, px)] * x[in(n, c, y, px)];
      gate[i % 2 ? out(n, c, 0, 0) : out(n, c, y, px)] += spec.complement ? -product : product;
    });
    cases.push_back(each);
  }
  checkCases(cases);
}

TEST(Gradients, OfConcatAndShortcuts) {
  Random random(36);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 12; ++i) {
    bool isSlice = i % 2;
    TrainingCase each = mapCase(isSlice ? KernelOp::ChannelSlice : KernelOp::PadShortcutGradient, random);
    KernelSpec &spec = each.spec;
    spec.output.channels = random.between(1, spec.input.channels);
    if (isSlice) {
      spec.firstChannel = random.between(0, spec.input.channels - spec.output.channels);
      if (random.oneIn(2))
        spec.firstChannel = spec.firstChannel / channelBlock * channelBlock;
    } else {
      spec.strideHeight = spec.strideWidth = random.between(1, 3);
      spec.output.height = spec.input.height * spec.strideHeight - random.between(0, spec.strideHeight - 1);
      spec.output.width = spec.input.width * spec.strideWidth - random.between(0, spec.strideWidth - 1);
    }
    std::vector<double> &in = each.inputs[Role::Input].values = randomImages(spec.input, spec.batch, random, true);
    Index at{spec.input};
    forEachElement(spec.output, spec.batch, [&](int64_t n, int64_t c, int64_t y, int64_t x) {
      bool isThere = y % spec.strideHeight == 0 && x % spec.strideWidth == 0;
      each.expected[Role::Output].values.push_back(
          isThere ? in[at(n, c + spec.firstChannel, y / spec.strideHeight, x / spec.strideWidth)] : 0);
    });
    cases.push_back(each);
  }
  checkCases(cases);
}

TEST(Gradients, OfLayerNorm) {
  Random random(37);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 6; ++i) {
    TrainingCase each = mapCase(KernelOp::LayerNormGradient, random);
    KernelSpec &spec = each.spec;
    spec.input.channels += 2; // one channel has no deviation
    spec.output.channels = spec.input.channels;
    spec.other = withBorder(spec.input, random.between(0, 2));
    spec.second = withBorder(spec.input, random.between(0, 2));
    spec.epsilon = 1e-2;
    std::vector<double> &dy = each.inputs[Role::Input].values = randomImages(spec.input, spec.batch, random, false);
    std::vector<double> &x = each.inputs[Role::Other].values = randomImages(spec.input, spec.batch, random, false);
    std::vector<double> &gamma = each.inputs[Role::Gamma].values = randomVec(spec.input, 1, random);
    OperandNumbers &dx = each.expected[Role::Output], &normalised = each.expected[Role::Second];
    Index at{spec.input};
    double count = double(spec.input.channels);
    forEachElement(spec.input, spec.batch, [&](int64_t n, int64_t c, int64_t y, int64_t px) {
      double mean = 0, variance = 0, scaled = 0, product = 0;
      for (int64_t k = 0; k < spec.input.channels; ++k)
        mean += x[at(n, k, y, px)] / count;
      for (int64_t k = 0; k < spec.input.channels; ++k)
        variance += std::pow(x[at(n, k, y, px)] - mean, 2) / count;
      double root = std::sqrt(variance + spec.epsilon);
      for (int64_t k = 0; k < spec.input.channels; ++k) {
        scaled += dy[at(n, k, y, px)] * gamma[k] / count;
        product += dy[at(n, k, y, px)] * gamma[k] * (x[at(n, k, y, px)] - mean) / root / count;
      }
      double value = (x[at(n, c, y, px)] - mean) / root;
      normalised.values.push_back(value);
      normalised.bound.push_back(100 * unit / root);
      dx.values.push_back((dy[at(n, c, y, px)] * gamma[c] - scaled - value * product) / root);
      dx.bound.push_back(400 * unit / root / root);
    });
    cases.push_back(each);
  }
  checkCases(cases);
}

TEST(Gradients, OfSoftmax) {
  Random random(38);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 4; ++i) {
    TrainingCase each = mapCase(KernelOp::SoftmaxGradient, random);
    KernelSpec &spec = each.spec;
    spec.input.height = spec.input.width = spec.output.height = spec.output.width = 1;
    spec.input.layout = spec.output.layout = i % 2 ? Layout::Planar : Layout::Blocked16;
    spec.other = spec.input;
    std::vector<double> &dy = each.inputs[Role::Input].values = randomImages(spec.input, spec.batch, random, false);
    std::vector<double> &y = each.inputs[Role::Other].values = randomImages(spec.input, spec.batch, random, false);
    int64_t channels = spec.input.channels;
    for (int64_t n = 0; n < spec.batch; ++n) {
      double sum = 0;
      for (int64_t c = 0; c < channels; ++c)
        sum += dy[n * channels + c] * y[n * channels + c];
      for (int64_t c = 0; c < channels; ++c) {
        each.expected[Role::Output].values.push_back(y[n * channels + c] * (dy[n * channels + c] - sum));
        each.expected[Role::Output].bound.push_back(double(channels + 4) * unit * double(channels));
      }
    }
    cases.push_back(each);
  }
  checkCases(cases);
}

TEST(Philox, KnownAnswers) { // of the authors' Random123
  EXPECT_EQ(resnetc::philox({0, 0, 0, 0}, 0, 0),
            (resnetc::PhiloxWords{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(resnetc::philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0),
            (resnetc::PhiloxWords{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Gradients, RandomDrop) {
  Random random(39);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 8; ++i) {
    TrainingCase each = mapCase(KernelOp::RandomDrop, random);
    KernelSpec &spec = each.spec;
    if (i == 5)
      spec.input.layout = spec.output.layout = Layout::Planar;
    spec.rate = i == 0 ? 0 : random.between(1, 9) / 10.0;
    spec.perImage = i % 3 == 2;
    spec.stream = 0x9e3779b97f4a7c15u * uint64_t(i + 1);
    uint64_t seed = 0xfedcba9876543210u + uint64_t(i);
    each.inputs[Role::Counters].values = counters(spec.batch, seed, 70000 + i);
    std::vector<double> &x = each.inputs[Role::Input].values = randomImages(spec.input, spec.batch, random, false);
    Index at{spec.input};
    forEachElement(spec.input, spec.batch, [&](int64_t n, int64_t c, int64_t y, int64_t px) {
      int64_t element = (c * spec.input.height + y) * spec.input.width + px;
      bool kept = resnetc::isKept({seed, uint32_t(70000 + i), spec.stream}, spec.rate, n, spec.perImage ? 0 : element);
      float value = float(x[at(n, c, y, px)]) * float(1 / (1 - spec.rate));
      each.expected[Role::Output].values.push_back(kept ? double(value) : 0);
    });
    cases.push_back(each);
  }
  checkCases(cases);
}
} // namespace
