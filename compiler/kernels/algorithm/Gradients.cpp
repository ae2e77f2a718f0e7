//===- Gradients.cpp - gradients of the smaller layers ---------------------===//

#include "compiler/kernels/algorithm/Training.h"

using namespace Halide;
using namespace resnetc::kernels;

/// d(gate) of x * gate, or of x * (1 - gate): summed over the map where one pixel of the gate counts for all.
Algorithm resnetc::kernels::gateGradientAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor dy(spec.input, spec.batch, "input"), x(*spec.other, spec.batch, "other");
  result.arguments = {dy.parameter(), x.parameter()};
  Channel channel = at.channel();
  auto product = [&](const Expr &px, const Expr &py) {
    Expr value = dy.at(channel, px, py, at.n) * x.at(channel, px, py, at.n);
    return spec.complement ? -value : value;
  };
  bool sums = spec.output.height != spec.input.height || spec.output.width != spec.input.width;
  if (!sums) {
    result.output(at.all()) = product(at.x, at.y);
    return result;
  }
  Func sum =
      sumOverMap(result, spec.input, "sum", [&](Expr px, Expr py) -> std::vector<Expr> { return {product(px, py)}; });
  result.output(at.all()) = sum(at.v, at.c, at.n);
  return result;
}

Algorithm resnetc::kernels::channelSliceAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor input(spec.input, spec.batch, "input");
  result.arguments = {input.parameter()};
  int first = spec.firstChannel;
  Channel channel = at.channel(), from = Channel::ofLane(at.c + first / int(channelBlock), at.v);
  if (first % channelBlock != 0)
    from = Channel::ofFlat(min(channel.flat + first, int(spec.input.channels) - 1));
  result.output(at.all()) = zeroInPadding(spec, channel, input.at(from, at.x, at.y, at.n));
  return result;
}

/// Pixels that the stride left out have no gradient, and channels that were added go nowhere.
Algorithm resnetc::kernels::padShortcutGradientAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor dy(spec.input, spec.batch, "input");
  result.arguments = {dy.parameter()};
  int strideX = spec.strideWidth, strideY = spec.strideHeight;
  Channel channel = at.channel();
  Expr value = dy.at(channel, at.x / strideX, at.y / strideY, at.n);
  Expr isThere = at.x % strideX == 0 && at.y % strideY == 0;
  result.output(at.all()) = zeroInPadding(spec, channel, select(isThere, value, 0.f));
  return result;
}

/// With r the deviation's root, n = (x - mean) / r and g = gamma dy:
///   dx = (g - mean(g) - n mean(g n)) / r
/// and n itself, for the gradient of gamma. All sums go lane by lane, then over the lanes.
Algorithm resnetc::kernels::layerNormGradientAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor dy(spec.input, spec.batch, "input"), x(*spec.other, spec.batch, "other");
  int blockCount = spec.input.channelBlocks();
  ImageParam gamma = denseParameter("gamma", {int(channelBlock), blockCount});
  result.arguments = {dy.parameter(), x.parameter(), gamma};
  float count = float(spec.input.channels);
  RDom blocks(0, blockCount, "blocks"), lanes(0, int(channelBlock), "lanes");
  std::vector<Expr> pixel{at.x, at.y, at.n}, lane{at.v, at.x, at.y, at.n}, ofLane{lanes.x, at.x, at.y, at.n};
  auto sum = [&](const std::string &name, const Expr &value) {
    Func perLane(name + "_lanes"), total(name);
    perLane(at.v, at.x, at.y, at.n) = 0.f;
    perLane(at.v, at.x, at.y, at.n) += value;
    total(at.x, at.y, at.n) = 0.f;
    total(at.x, at.y, at.n) += perLane(ofLane);
    result.helpers.push_back(perLane);
    result.helpers.push_back(total);
    return strict_float(total(pixel) / count);
  };
  Channel each = Channel::ofLane(blocks.x, at.v), channel = at.channel();
  Expr isChannel = each.flat < int(spec.input.channels), value = x.at(each, at.x, at.y, at.n);
  Expr mean = sum("mean", select(isChannel, value, 0.f));
  Expr variance = sum("variance", select(isChannel, (value - mean) * (value - mean), 0.f));
  Expr root = strict_float(sqrt(variance + float(spec.epsilon)));
  Expr scaled = dy.at(each, at.x, at.y, at.n) * gamma(at.v, blocks.x); // zero where there is no channel
  Expr meanScaled = sum("mean_scaled", scaled);
  Expr meanProduct = sum("mean_product", scaled * ((value - mean) / root));
  Expr normalised = strict_float((x.at(channel, at.x, at.y, at.n) - mean) / root);
  Expr slope = dy.at(channel, at.x, at.y, at.n) * gamma(at.v, at.c);
  Expr dx = strict_float((slope - meanScaled - normalised * meanProduct) / root);
  result.output(at.all()) = Tuple(zeroInPadding(spec, channel, dx), zeroInPadding(spec, channel, normalised));
  return result;
}

/// dx = y (dy - sum(dy y))
Algorithm resnetc::kernels::softmaxGradientAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor dy(spec.input, spec.batch, "input"), y(*spec.other, spec.batch, "other");
  result.arguments = {dy.parameter(), y.parameter()};
  RDom channels(0, int(spec.input.channels), "channels");
  Channel each = Channel::ofFlat(channels.x), channel = at.channel();
  Func total("total");
  total(at.n) = 0.f;
  total(at.n) += dy.at(each, 0, 0, at.n) * y.at(each, 0, 0, at.n);
  result.helpers = {total};
  result.output(at.all()) = y.at(channel, at.x, at.y, at.n) * (dy.at(channel, at.x, at.y, at.n) - total(at.n));
  return result;
}
