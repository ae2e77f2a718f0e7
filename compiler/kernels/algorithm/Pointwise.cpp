//===- Pointwise.cpp - kernels whose outputs each read one element ----------===//

#include "compiler/kernels/algorithm/Algorithm.h"
#include "compiler/kernels/algorithm/Epilogue.h"

using namespace Halide;
using namespace resnetc::kernels;

Algorithm resnetc::kernels::elementwiseAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor input(spec.input, spec.batch, "input");
  result.arguments = {input.parameter()};
  defineEpilogue(result, spec, input.at(at.channel(), at.x, at.y, at.n));
  return result;
}

/// One value a channel, as a chain of selections: it folds away where loops over channels are unrolled.
static Expr perChannel(const Expr &channel, const std::vector<float> &values) {
  Expr result = values.back();
  for (int i = int(values.size()) - 2; i >= 0; --i)
    result = select(channel == i, values[i], result);
  return result;
}

/// The image that is read for image n of the result: in a training step the caller's array ends with the last valid
/// one.
static Expr readImage(const KernelSpec &spec, Algorithm &algorithm) {
  if (!spec.clampImages)
    return algorithm.at.n;
  ImageParam counters = denseParameter("counters", {8}, Int(32));
  algorithm.arguments.push_back(counters);
  return clamp(algorithm.at.n, 0, max(counters(0), 1) - 1);
}

/// (in * u - mean) / std as in * (u / std) - mean / std, with the two constants rounded once.
Algorithm resnetc::kernels::normalizeAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor input(spec.input, spec.batch, "input");
  result.arguments = {input.parameter()};
  Expr image = readImage(spec, result);
  Channel channel = at.channel();
  double unit = spec.input.element == Element::U8 ? 1.0 / 255.0 : 1.0;
  std::vector<float> scales, shifts;
  for (size_t c = 0; c < spec.mean.size(); ++c) {
    scales.push_back(float(unit / spec.std[c]));
    shifts.push_back(float(-spec.mean[c] / spec.std[c]));
  }
  Expr value = cast<float>(input.at(channel, at.x, at.y, image));
  value = value * perChannel(channel.flat, scales) + perChannel(channel.flat, shifts);
  result.output(at.all()) = zeroInPadding(spec, channel, value);
  return result;
}

Algorithm resnetc::kernels::padShortcutAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor input(spec.input, spec.batch, "input");
  result.arguments = {input.parameter()};
  Channel channel = at.channel();
  // Blocked inputs hold zeros in their own padding lanes.
  int64_t blocks = spec.input.channelBlocks();
  Expr there = at.blocked ? channel.block < int(blocks) : channel.flat < int(spec.input.channels);
  Channel from = at.blocked ? Channel::ofLane(min(channel.block, int(blocks) - 1), channel.lane) : channel;
  Expr value = input.at(from, at.x * int(spec.strideWidth), at.y * int(spec.strideHeight), at.n);
  result.output(at.all()) = select(there, value, 0.f);
  return result;
}

/// Keeps the shape, or flattens a map to a vector: element (c, y, x) becomes channel (c * height + y) * width + x; or
/// the inverse of that.
Algorithm resnetc::kernels::copyAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor input(spec.input, spec.batch, "input");
  result.arguments = {input.parameter()};
  Expr image = readImage(spec, result);
  Channel channel = at.channel();
  int width = spec.input.width, height = spec.input.height;
  bool differs = spec.output.height != height || spec.output.width != width, unflattens = width == 1 && height == 1;
  Expr value;
  if (differs && unflattens) {
    Expr from =
        (min(channel.flat, int(spec.output.channels) - 1) * int(spec.output.height) + at.y) * int(spec.output.width) +
        at.x;
    value = input.at(Channel::ofFlat(from), 0, 0, image);
  } else if (differs) {
    Expr flat = min(channel.flat, int(spec.output.channels) - 1);
    Channel from = Channel::ofFlat(flat / (width * height));
    value = input.at(from, flat % width, flat / width % height, image);
  } else {
    value = input.at(channel, at.x, at.y, image);
  }
  result.output(at.all()) = zeroInPadding(spec, channel, value);
  return result;
}
