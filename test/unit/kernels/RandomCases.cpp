//===- RandomCases.cpp - kernels and inputs from a seed ---------------------===//

#include "RandomCases.h"
#include "compiler/kernels/schedule/Schedule.h"
#include <algorithm>
#include <limits>

using namespace resnetc::kernels;
using namespace resnetc::test;

namespace {
TensorSpec randomTensor(Random &random, Layout layout, int64_t maxChannels) {
  TensorSpec tensor;
  tensor.layout = layout;
  tensor.channels = random.between(1, maxChannels);
  tensor.height = random.between(1, 17);
  tensor.width = random.between(1, 17);
  tensor.border = random.between(0, 2);
  return tensor;
}

int64_t windowed(int64_t extent, int64_t pad, int64_t window, int64_t stride, int64_t dilation = 1) {
  return (extent + 2 * pad - dilation * (window - 1) - 1) / stride + 1;
}

Activation randomActivation(Random &random) {
  if (random.oneIn(2))
    return {};
  if (random.oneIn(2))
    return {Function::Relu, 0};
  Activation activation{Function(random.between(int(Function::Relu6), int(Function::HardTanh))), 0};
  if (activation.function == Function::LeakyRelu || activation.function == Function::Elu)
    activation.parameter = random.between(1, 4) / 4.0;
  return activation;
}

void randomEpilogue(KernelSpec &spec, Random &random, bool bias) {
  Epilogue &epilogue = spec.epilogue;
  epilogue.bias = bias && !random.oneIn(4);
  epilogue.residual = random.oneIn(2);
  epilogue.activation = randomActivation(random);
  epilogue.affine = random.oneIn(4);
  epilogue.affineActivation = epilogue.affine ? randomActivation(random) : Activation();
  epilogue.keepFirst = epilogue.affine && !random.oneIn(3);
  if (epilogue.residual) {
    spec.residual = spec.output;
    spec.residual->border = random.oneIn(3) ? random.between(0, 2) : spec.output.border;
  }
  if (epilogue.keepFirst) {
    spec.second = spec.output;
    spec.second->border = random.between(0, 2);
  }
}

void randomConv(KernelSpec &spec, Random &random) {
  bool planar = random.oneIn(4);
  spec.input = randomTensor(random, planar ? Layout::Planar : Layout::Blocked16, planar ? 5 : 40);
  spec.windowHeight = std::min(2 * random.between(0, 3) + 1, 2 * ((spec.input.height + 1) / 2) - 1);
  spec.windowWidth = std::min(2 * random.between(0, 3) + 1, 2 * ((spec.input.width + 1) / 2) - 1);
  if (random.oneIn(2)) // mostly squares
    spec.windowHeight = spec.windowWidth = std::min(spec.windowHeight, spec.windowWidth);
  spec.strideHeight = spec.strideWidth = random.between(1, 2);
  if (random.oneIn(4)) {
    spec.dilationHeight = 2 * (spec.windowHeight - 1) < spec.input.height ? 2 : 1;
    spec.dilationWidth = 3 * (spec.windowWidth - 1) < spec.input.width ? 3 : 1;
  }
  spec.padHeight = random.oneIn(4) ? 0 : spec.dilationHeight * (spec.windowHeight - 1) / 2;
  spec.padWidth = random.oneIn(4) ? 0 : spec.dilationWidth * (spec.windowWidth - 1) / 2;
  spec.input.border += std::max(spec.padHeight, spec.padWidth);
  spec.output = randomTensor(random, Layout::Blocked16, random.oneIn(2) ? 20 : 70);
  spec.output.height =
      windowed(spec.input.height, spec.padHeight, spec.windowHeight, spec.strideHeight, spec.dilationHeight);
  spec.output.width = windowed(spec.input.width, spec.padWidth, spec.windowWidth, spec.strideWidth, spec.dilationWidth);
  if (!planar && random.oneIn(3)) {
    spec.groups = random.between(2, 12);
    bool depthwise = random.oneIn(3);
    spec.input.channels = depthwise ? spec.groups = random.between(2, 40) : spec.groups * random.between(1, 5);
    spec.output.channels = depthwise ? spec.groups : spec.groups * random.between(1, 5);
    return randomEpilogue(spec, random, /*bias=*/true);
  }
  spec.filterTile = spec.output.channelBlocks() % 2 == 0 ? random.between(1, 2) : 1;
  if (spec.output.channelBlocks() == 4 && random.oneIn(2))
    spec.filterTile = 4;
  randomEpilogue(spec, random, /*bias=*/true);
}

/// As PyTorch counts: with `ceil`, a last window that stands out begins inside the map or the padding before it.
int64_t pooled(int64_t extent, int64_t pad, int64_t padEnd, int64_t window, int64_t stride, bool ceil) {
  int64_t room = extent + pad + padEnd - window;
  int64_t count = (ceil ? (room + stride - 1) / stride : room / stride) + 1;
  return (count - 1) * stride >= extent + pad ? count - 1 : count;
}

void randomPool(KernelSpec &spec, Random &random, Layout layout) {
  spec.input = randomTensor(random, layout, 40);
  spec.windowHeight = std::min(random.between(1, 4), spec.input.height);
  spec.windowWidth = std::min(random.between(1, 4), spec.input.width);
  spec.strideHeight = random.between(1, 3);
  spec.strideWidth = random.between(1, 3);
  spec.padHeight = std::min(random.between(0, 1), spec.windowHeight - 1);
  spec.padWidth = std::min(random.between(0, 1), spec.windowWidth - 1);
  spec.output = spec.input;
  spec.output.border = random.between(0, 2);
  int64_t endHeight = random.between(0, spec.windowHeight - 1), endWidth = random.between(0, spec.windowWidth - 1);
  bool ceil = random.oneIn(2);
  spec.output.height = pooled(spec.input.height, spec.padHeight, endHeight, spec.windowHeight, spec.strideHeight, ceil);
  spec.output.width = pooled(spec.input.width, spec.padWidth, endWidth, spec.windowWidth, spec.strideWidth, ceil);
  spec.countPadding = spec.op == KernelOp::MaxPool2d || random.oneIn(2);
  if (spec.op == KernelOp::AvgPool2d && spec.countPadding && (ceil || random.oneIn(2)))
    spec.padEndHeight = endHeight, spec.padEndWidth = endWidth;
}

void makeVector(TensorSpec &tensor) { tensor.height = tensor.width = 1; }

void randomPointwise(KernelSpec &spec, Random &random, Layout layout) {
  spec.input = spec.output = randomTensor(random, layout, 40);
  spec.output.border = random.between(0, 2);
  Layout other = random.oneIn(2) ? Layout::Planar : Layout::Blocked16;
  switch (spec.op) {
  case KernelOp::Elementwise:
    return randomEpilogue(spec, random, random.oneIn(2));
  case KernelOp::GlobalAvgPool:
  case KernelOp::GlobalMaxPool:
    return makeVector(spec.output);
  case KernelOp::Softmax:
    spec.output.layout = other;
    makeVector(spec.input);
    return makeVector(spec.output);
  case KernelOp::Multiply:
    spec.other = spec.input;
    spec.other->border = random.between(0, 2);
    if (random.oneIn(2))
      makeVector(*spec.other);
    spec.complement = random.oneIn(2);
    return randomEpilogue(spec, random, /*bias=*/false);
  case KernelOp::Concat:
    spec.input.layout = spec.output.layout = Layout::Blocked16;
    if (random.oneIn(2)) // a second operand that begins with a block
      spec.input.channels = channelBlock * random.between(1, 2);
    spec.other = spec.input;
    spec.other->channels = random.between(1, 40);
    spec.other->border = random.between(0, 2);
    spec.output.channels = spec.input.channels + spec.other->channels;
    return;
  case KernelOp::LayerNorm:
    spec.input.layout = spec.output.layout = Layout::Blocked16;
    spec.epsilon = 1e-5;
    return randomEpilogue(spec, random, /*bias=*/false);
  case KernelOp::PadShortcut:
    spec.strideHeight = spec.strideWidth = random.between(1, 2);
    spec.output.channels = spec.input.channels + random.between(0, 40);
    spec.output.height = (spec.input.height + spec.strideHeight - 1) / spec.strideHeight;
    spec.output.width = (spec.input.width + spec.strideWidth - 1) / spec.strideWidth;
    return;
  case KernelOp::Normalize:
    spec.input.layout = Layout::Planar;
    spec.input.border = 0;
    spec.input.element = random.oneIn(2) ? Element::U8 : Element::F32;
    for (int64_t c = 0; c < spec.input.channels; ++c) {
      spec.mean.push_back(random.between(0, 8) / 16.0);
      spec.std.push_back(random.between(1, 4) / 4.0);
    }
    return;
  case KernelOp::Copy:
    spec.output.layout = other;
    if (random.oneIn(2)) {
      spec.output.channels *= spec.output.height * spec.output.width;
      makeVector(spec.output);
    }
    return;
  default:
    return;
  }
}

std::string randomSchedule(const KernelSpec &spec, Random &random) {
  Schedule schedule;
  schedule.blocks = 1 << random.between(0, 2);
  schedule.pixelsX = random.between(1, 14);
  schedule.pixelsY = random.oneIn(2) ? 1 : random.between(1, 3);
  schedule.images = random.oneIn(2) ? 1 : spec.batch;
  schedule.unroll = 1 << random.between(0, 3);
  schedule.unrollWindow = random.oneIn(3);
  schedule.order = LoopOrder(random.between(0, 2));
  schedule.rowBlock = random.between(1, 9);
  schedule.channelTiles = random.between(1, 3);
  return schedule.str();
}
} // namespace

KernelJob resnetc::test::randomJob(KernelOp op, const std::string &target, Random &random) {
  KernelJob job;
  job.target = target;
  KernelSpec &spec = job.spec;
  spec.op = op;
  spec.batch = random.oneIn(2) ? 1 : random.between(2, 4);
  Layout layout = random.oneIn(3) ? Layout::Planar : Layout::Blocked16;
  if (op == KernelOp::Conv2d)
    randomConv(spec, random);
  else if (op == KernelOp::MaxPool2d || op == KernelOp::AvgPool2d)
    randomPool(spec, random, layout);
  else
    randomPointwise(spec, random, layout);
  if (!random.oneIn(3))
    job.schedule = randomSchedule(spec, random);
  return job;
}

Inputs resnetc::test::randomInputs(const KernelSpec &spec, Numbers numbers, Random &random) {
  auto number = [&] { return numbers == Numbers::SmallIntegers ? random.between(-4, 4) : float(random.real()); };
  auto fill = [&](std::vector<double> &values, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
      values.push_back(number());
  };
  Inputs inputs;
  inputs.input = Values(spec.batch, spec.input);
  for (double &value : inputs.input.data)
    value = spec.input.element == Element::U8 ? random.between(0, 255) : number();
  if (numbers == Numbers::RealsAndOneNan && spec.input.element == Element::F32)
    inputs.input.data[random.between(0, inputs.input.data.size() - 1)] = std::numeric_limits<double>::quiet_NaN();
  if (spec.other) {
    inputs.other = Values(spec.batch, *spec.other);
    for (double &value : inputs.other.data)
      value = number();
  }
  if (spec.residual) {
    inputs.residual = Values(spec.batch, *spec.residual);
    for (double &value : inputs.residual.data)
      value = number();
  }
  int64_t channels = spec.output.channels;
  if (spec.op == KernelOp::Conv2d)
    fill(inputs.filter, channels * (spec.input.channels / spec.groups) * spec.windowHeight * spec.windowWidth);
  fill(inputs.bias, channels);
  fill(inputs.scale, channels);
  fill(inputs.shift, channels);
  return inputs;
}
