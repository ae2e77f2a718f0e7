//===- Combine.cpp - kernels that read two activations ----------------------===//

#include "compiler/kernels/algorithm/Algorithm.h"
#include "compiler/kernels/algorithm/Epilogue.h"

using namespace Halide;
using namespace resnetc::kernels;

Algorithm resnetc::kernels::multiplyAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor input(spec.input, spec.batch, "input"), other(*spec.other, spec.batch, "other");
  result.arguments = {input.parameter(), other.parameter()};
  bool onePixel = spec.other->height == 1 && spec.other->width == 1;
  Expr factor = other.at(at.channel(), onePixel ? 0 : Expr(at.x), onePixel ? 0 : Expr(at.y), at.n);
  if (spec.complement)
    factor = 1.f - factor;
  defineEpilogue(result, spec, input.at(at.channel(), at.x, at.y, at.n) * factor);
  return result;
}

/// Where the first operand ends inside a block of channels, the second one's channels change their lanes.
Algorithm resnetc::kernels::concatAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor input(spec.input, spec.batch, "input"), other(*spec.other, spec.batch, "other");
  result.arguments = {input.parameter(), other.parameter()};
  Channel channel = at.channel();
  int first = spec.input.channels, firstBlocks = spec.input.channelBlocks(), otherBlocks = spec.other->channelBlocks();
  // Both operands are read inside their bounds, whichever is chosen.
  Channel before = Channel::ofLane(min(at.c, firstBlocks - 1), at.v), behind = channel;
  Expr isFirst;
  if (first % channelBlock == 0) {
    isFirst = at.c < firstBlocks;
    behind = Channel::ofLane(clamp(at.c - firstBlocks, 0, otherBlocks - 1), at.v);
  } else {
    isFirst = channel.flat < first;
    behind = Channel::ofFlat(clamp(channel.flat - first, 0, int(spec.other->channels) - 1));
  }
  Expr value = select(isFirst, input.at(before, at.x, at.y, at.n), other.at(behind, at.x, at.y, at.n));
  result.output(at.all()) = zeroInPadding(spec, channel, value);
  return result;
}
