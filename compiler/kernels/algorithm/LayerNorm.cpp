//===- LayerNorm.cpp - normalisation over the channels of each pixel --------===//

#include "compiler/kernels/algorithm/Algorithm.h"
#include "compiler/kernels/algorithm/Epilogue.h"

using namespace Halide;
using namespace resnetc::kernels;

/// (x - mean) / sqrt(variance + epsilon), Ba et al. 2016, equation 4. The variance is the mean of squared differences
/// (never E[x^2] - E[x]^2). Sums go lane by lane over the blocks, then over the lanes: one order for every target.
Algorithm resnetc::kernels::layerNormAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor input(spec.input, spec.batch, "input");
  result.arguments = {input.parameter()};
  float count = float(spec.input.channels);
  RDom blocks(0, int(spec.input.channelBlocks()), "blocks"), lanes(0, int(channelBlock), "lanes");
  Func laneSum("laneSum"), mean("mean"), laneSquares("laneSquares"), deviation("deviation");
  std::vector<Expr> pixel{at.x, at.y, at.n};

  Channel each = Channel::ofLane(blocks.x, at.v);
  Expr isChannel = each.flat < int(spec.input.channels), value = input.at(each, at.x, at.y, at.n);
  laneSum(at.v, at.x, at.y, at.n) = 0.f;
  laneSum(at.v, at.x, at.y, at.n) += select(isChannel, value, 0.f);
  mean(pixel) = 0.f;
  mean(pixel) += laneSum(lanes.x, at.x, at.y, at.n);
  Expr average = strict_float(mean(pixel) / count), difference = value - average;
  laneSquares(at.v, at.x, at.y, at.n) = 0.f;
  laneSquares(at.v, at.x, at.y, at.n) += select(isChannel, difference * difference, 0.f);
  deviation(pixel) = 0.f;
  deviation(pixel) += laneSquares(lanes.x, at.x, at.y, at.n);
  Expr root = strict_float(sqrt(deviation(pixel) / count + float(spec.epsilon)));
  result.helpers = {laneSum, mean, laneSquares, deviation};
  // Lanes that are no channels have scale and shift zero, if there are any; without them they are set to it.
  Expr normalised = strict_float((input.at(at.channel(), at.x, at.y, at.n) - average) / root);
  defineEpilogue(result, spec, zeroInPadding(spec, at.channel(), normalised));
  return result;
}
