//===- StepTest.cpp - loss, sums and optimisers against naive loops --------===//

#include "TrainingRunner.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>

using namespace resnetc::kernels;
using namespace resnetc::test;
using Role = OperandRole;

namespace {
TEST(Step, ChannelSums) {
  Random random(41);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 6; ++i) {
    TrainingCase each;
    KernelSpec &spec = each.spec;
    spec.op = KernelOp::ChannelSum;
    spec.batch = random.between(1, 4);
    spec.input = randomMap(random);
    std::vector<double> &dy = each.inputs[Role::Input].values = randomImages(spec.input, spec.batch, random, true);
    if (i % 2) {
      spec.other = withBorder(spec.input, 1);
      each.inputs[Role::Other].values = randomImages(spec.input, spec.batch, random, true);
    }
    std::vector<double> &sums = each.expected[Role::Output].values = std::vector<double>(spec.vecBytes(1) / 4);
    int64_t pixels = spec.input.height * spec.input.width;
    for (size_t e = 0; e < dy.size(); ++e)
      sums[int64_t(e) / pixels % spec.input.channels] += dy[e] * (i % 2 ? each.inputs[Role::Other].values[e] : 1);
    cases.push_back(each);
  }
  for (int64_t blocks : {1, 5}) {
    TrainingCase each;
    each.spec.op = KernelOp::SumChannels;
    each.spec.input = {Layout::Planar, Element::F32, blocks * channelBlock, 1, 1, 0};
    each.spec.output = each.spec.input;
    each.spec.output.channels -= 3;
    double sum = 0;
    for (double value : each.inputs[Role::Input].values = randomImages(each.spec.input, 1, random, true))
      sum += value;
    for (int64_t c = 0; c < each.spec.input.channels; ++c)
      each.expected[Role::Output].values.push_back(c < each.spec.output.channels ? sum : 0);
    cases.push_back(each);
  }
  checkCases(cases);
}

/// torch.nn.CrossEntropyLoss(weight, label_smoothing): losses are divided so that their sum is the batch's. Adds
/// `share` of the loss with these labels.
void addCrossEntropy(TrainingCase &each, Role role, double share, int64_t valid) {
  const KernelSpec &spec = each.spec;
  int64_t classes = spec.input.channels;
  const std::vector<double> &x = each.inputs[Role::Input].values, &labels = each.inputs[role].values;
  auto weight = [&](int64_t c) { return spec.classWeights.empty() ? 1.0 : spec.classWeights[c]; };
  double divisor = 0, s = spec.smoothing;
  for (int64_t n = 0; n < valid; ++n)
    divisor += weight(int64_t(labels[n]));
  OperandNumbers &losses = each.expected[Role::Output], &gradient = each.expected[Role::Second];
  for (OperandNumbers *numbers : {&losses, &gradient}) {
    numbers->values.resize(spec.batch * (numbers == &losses ? 1 : classes));
    numbers->bound.resize(numbers->values.size());
  }
  for (int64_t n = 0; n < valid; ++n) {
    int64_t label = int64_t(labels[n]);
    double largest = -1e300, total = 0, loss = 0, weights = 0;
    for (int64_t c = 0; c < classes; ++c)
      largest = std::fmax(largest, x[n * classes + c]), weights += weight(c);
    for (int64_t c = 0; c < classes; ++c)
      total += std::exp(x[n * classes + c] - largest);
    auto logShare = [&](int64_t c) { return x[n * classes + c] - largest - std::log(total); };
    loss = -(1 - s) * weight(label) * logShare(label);
    for (int64_t c = 0; c < classes; ++c)
      loss -= s / double(classes) * weight(c) * logShare(c);
    double scale = weights + double(classes);
    losses.values[n] += share * loss / divisor;
    losses.bound[n] += double(classes + 40) * unit * scale * 8 / divisor;
    for (int64_t c = 0; c < classes; ++c) {
      double slope = std::exp(logShare(c)) * ((1 - s) * weight(label) + s / double(classes) * weights) -
                     (c == label ? (1 - s) * weight(label) : 0) - s / double(classes) * weight(c);
      gradient.values[n * classes + c] += share * slope / divisor;
      gradient.bound[n * classes + c] += double(classes + 40) * unit * 4 / divisor;
    }
  }
}

TEST(Step, CrossEntropy) {
  Random random(42);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 12; ++i) {
    TrainingCase each;
    KernelSpec &spec = each.spec;
    spec.op = KernelOp::CrossEntropy;
    spec.batch = random.between(1, 6);
    spec.input.channels = random.between(2, 40);
    spec.second = spec.input;
    spec.output.channels = 1;
    spec.smoothing = i % 2 ? 0.1 : 0;
    int64_t valid = random.between(1, spec.batch);
    for (int64_t c = 0; c < spec.input.channels && i % 4 > 1; ++c)
      spec.classWeights.push_back(random.between(0, 8) / 4.0 + 0.25);
    each.inputs[Role::Input].values = randomImages(spec.input, spec.batch, random, true);
    for (int64_t n = 0; n < 2 * spec.batch; ++n)
      each.inputs[n % 2 ? Role::Labels : Role::SecondLabels].values.push_back(
          double(random.between(0, spec.input.channels - 1)));
    const float mix = i % 3 == 0 ? 1 : i % 3 == 1 ? 0.25f : 0;
    each.inputs[Role::Counters].values = counters(valid, 0, 0, mix);
    addCrossEntropy(each, Role::Labels, mix, valid);
    addCrossEntropy(each, Role::SecondLabels, 1 - mix, valid);
    cases.push_back(each);
  }
  checkCases(cases);
}

/// With the whole share for the first labels the second ones change no bit.
TEST(Step, CrossEntropyOfOneLabelHasItsBits) {
  KernelJob job;
  job.target = runnableTargets().front();
  job.spec = llvm::cantFail(KernelSpec::parse("cross_entropy batch=5 in=blocked16:f32:7x1x1 out=blocked16:f32:1x1x1 "
                                              "second=blocked16:f32:7x1x1"));
  LoadedKernels kernels({job});
  ASSERT_TRUE(kernels.loaded());
  Random random(3);
  Memory logits = storeFloats({}, 5 * 64);
  for (int i = 0; i < 5 * 16; ++i)
    logits->floats()[i] = i % 16 < 7 ? float(random.real()) : 0;
  logits->floats()[0] = 3e38f; // the other label's loss is no number: 0 times it would be none, too
  logits->floats()[1] = -3e38f;
  GuardedBytes labels(5 * 4), others(5 * 4), counts(32, 64);
  for (int n = 0; n < 5; ++n) {
    reinterpret_cast<int32_t *>(labels.data())[n] = 2 * n % 7;
    reinterpret_cast<int32_t *>(others.data())[n] = n ? 5 - n : 1;
  }
  const std::vector<double> numbers = counters(5);
  for (int i = 0; i < 8; ++i)
    reinterpret_cast<int32_t *>(counts.data())[i] = int32_t(numbers[i]);
  Memory losses[2] = {fresh(5 * 64), fresh(5 * 64)}, gradients[2] = {fresh(5 * 64), fresh(5 * 64)};
  for (int side : {0, 1})
    kernels.call(0,
                 {logits.get(), &labels, side ? &others : &labels, &counts, losses[side].get(), gradients[side].get()});
  EXPECT_EQ(losses[0]->floats()[0], 0);
  EXPECT_EQ(std::memcmp(losses[0]->data(), losses[1]->data(), 5 * 64), 0);
  EXPECT_EQ(std::memcmp(gradients[0]->data(), gradients[1]->data(), 5 * 64), 0);
}

/// The caller's labels end with the last valid image; what lies behind is not read.
TEST(Step, CrossEntropyReadsValidLabelsAlone) {
  KernelJob job;
  job.target = runnableTargets().front();
  job.spec = llvm::cantFail(KernelSpec::parse(
      "cross_entropy batch=2000 in=blocked16:f32:3x1x1 out=blocked16:f32:1x1x1 second=blocked16:f32:3x1x1"));
  LoadedKernels kernels({job});
  ASSERT_TRUE(kernels.loaded());
  Memory logits = storeFloats({}, 2000 * 64), losses = fresh(2000 * 64), gradient = fresh(2000 * 64);
  GuardedBytes labels(2 * 4), counts(32, 64);
  for (int i = 0; i < 8; ++i)
    reinterpret_cast<int32_t *>(counts.data())[i] = int32_t(counters(2)[i]);
  for (int i = 0; i < 2; ++i)
    reinterpret_cast<int32_t *>(labels.data())[i] = i;
  kernels.call(
      0, {logits.get(), &labels, &labels, &counts, losses.get(), gradient.get()}); // a read behind them is a fault
  EXPECT_NEAR(losses->floats()[0], std::log(3.0) / 2, 1e-6);
  EXPECT_EQ(losses->floats()[32], 0);
}

/// lr, momentum, weight decay, beta1, beta2, epsilon and the corrections of step 3.
const std::vector<double> hyper = {
    0.1f, 0.9f, 0.01f, 0.9f, 0.99f, 1e-4f, float(1 - std::pow(0.9, 3)), float(1 - std::pow(0.99, 3))};

TrainingCase optimizerCase(KernelOp op, int64_t floats, Random &random) {
  TrainingCase result;
  result.spec.op = op;
  result.spec.output = {Layout::Planar, Element::F32, floats, 1, 1, 0};
  for (Role role : {Role::Parameters, Role::Gradients, Role::Momentum, Role::SecondMoment})
    if (role != Role::SecondMoment || op == KernelOp::AdamW)
      result.inputs[role].values = randomImages(result.spec.output, 1, random, false);
  for (double &value : result.inputs[Role::SecondMoment].values)
    value = std::fabs(value);
  result.inputs[Role::Hyper].values = hyper;
  if (op != KernelOp::AdamW)
    result.inputs.erase(Role::SecondMoment);
  return result;
}

TEST(Step, Sgd) {
  Random random(43);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 4; ++i) {
    TrainingCase each = optimizerCase(KernelOp::Sgd, i == 0 ? 37 : i == 1 ? 5000 : 64 * i, random);
    each.spec.nesterov = i % 2;
    each.spec.decay = i / 2;
    for (int64_t k = 0; k < each.spec.output.channels; ++k) {
      double p = each.inputs[Role::Parameters].values[k], v = each.inputs[Role::Momentum].values[k];
      double g = each.inputs[Role::Gradients].values[k] + (each.spec.decay ? hyper[2] * p : 0);
      double next = hyper[1] * v + g, step = each.spec.nesterov ? g + hyper[1] * next : next;
      each.expected[Role::Output].values.push_back(p - hyper[0] * step);
      each.expected[Role::Output].bound.push_back(8 * unit * 2);
      each.expected[Role::Second].values.push_back(next);
      each.expected[Role::Second].bound.push_back(8 * unit * 2);
    }
    cases.push_back(each);
  }
  checkCases(cases);
}

TEST(Step, AdamW) {
  Random random(44);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 3; ++i) {
    TrainingCase each = optimizerCase(KernelOp::AdamW, i == 0 ? 37 : i == 1 ? 5000 : 64, random);
    each.spec.decay = i % 2;
    for (int64_t k = 0; k < each.spec.output.channels; ++k) {
      double p = each.inputs[Role::Parameters].values[k], g = each.inputs[Role::Gradients].values[k];
      double m = each.inputs[Role::Momentum].values[k], v = each.inputs[Role::SecondMoment].values[k];
      if (each.spec.decay)
        p *= 1 - hyper[0] * hyper[2];
      m = hyper[3] * m + (1 - hyper[3]) * g;
      v = hyper[4] * v + (1 - hyper[4]) * g * g;
      double deviation = std::sqrt(v) / std::sqrt(hyper[7]) + hyper[5], step = hyper[0] / hyper[6] * m / deviation;
      each.expected[Role::Output].values.push_back(p - step);
      each.expected[Role::Output].bound.push_back(8 * unit + 24 * unit * (0.4 / deviation));
      each.expected[Role::Second].values.push_back(m);
      each.expected[Role::Second].bound.push_back(8 * unit * 2);
      each.expected[Role::Third].values.push_back(v);
      each.expected[Role::Third].bound.push_back(8 * unit * 2);
    }
    cases.push_back(each);
  }
  checkCases(cases);
}

/// Images from the last valid one on are that one: the caller's array ends there.
TEST(Step, NormalizeClampsImages) {
  Random random(45);
  KernelJob job;
  job.target = runnableTargets().front();
  job.spec = llvm::cantFail(KernelSpec::parse("normalize batch=5 in=planar:u8:1x3x3 out=blocked16:f32:1x3x3 "
                                              "clamp_images=true mean=0 std=1"));
  LoadedKernels kernels({job});
  ASSERT_TRUE(kernels.loaded());
  GuardedBytes images(2 * 9), counts(32, 64); // a read behind two images is a fault
  for (int i = 0; i < 18; ++i)
    images.data()[i] = uint8_t(random.between(0, 255));
  for (int i = 0; i < 8; ++i)
    reinterpret_cast<int32_t *>(counts.data())[i] = i == 0 ? 2 : 0;
  Memory output = fresh(5 * job.spec.output.bytesPerImage());
  kernels.call(0, {&images, &counts, output.get()});
  for (int64_t n = 0; n < 5; ++n)
    for (int64_t i = 0; i < 9; ++i)
      EXPECT_NEAR(output->floats()[position(job.spec.output, n, 0, i / 3, i % 3)],
                  images.data()[std::min<int64_t>(n, 1) * 9 + i] / 255.0, 1e-6);
}

TEST(Step, VectorsBackToMaps) {
  Random random(46);
  std::vector<TrainingCase> cases;
  for (int i = 0; i < 4; ++i) {
    TrainingCase each;
    KernelSpec &spec = each.spec;
    spec.op = KernelOp::Copy;
    spec.batch = random.between(1, 3);
    spec.output = randomMap(random);
    spec.input.channels = spec.output.channels * spec.output.height * spec.output.width;
    spec.input.layout = i % 2 ? Layout::Planar : Layout::Blocked16;
    each.inputs[Role::Input].values = randomImages(spec.input, spec.batch, random, false);
    each.expected[Role::Output].values = each.inputs[Role::Input].values; // the same order
    cases.push_back(each);
  }
  checkCases(cases);
}
} // namespace
