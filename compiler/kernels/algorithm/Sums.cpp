//===- Sums.cpp - kernels that add up maps, images and partial sums --------===//

#include "compiler/kernels/algorithm/Training.h"

using namespace Halide;
using namespace resnetc::kernels;

/// As many partial sums as divide a row: their additions overlap.
static int interleaved(int64_t width) {
  for (int count : {4, 3, 2})
    if (width % count == 0)
      return count;
  return width == 7 || width == 5 ? int(width) : 1;
}

Func resnetc::kernels::sumOverMap(Algorithm &algorithm, const TensorSpec &map, const std::string &name,
                                  const std::function<std::vector<Expr>(Expr x, Expr y)> &values) {
  const Coordinates &at = algorithm.at;
  MapSum sum;
  int count = interleaved(map.width);
  sum.parts = Func(name + "_parts");
  sum.total = Func(name);
  sum.pixels = RDom(0, int(map.width) / count, 0, int(map.height), name + "_pixels");
  sum.each = RDom(0, count, name + "_each");
  std::vector<Expr> terms = values(sum.pixels.x * count + sum.j, sum.pixels.y), zeros(terms.size(), 0.f);
  std::vector<Expr> parts, totals;
  if (terms.size() == 1) {
    sum.parts(at.v, sum.j, at.c, at.n) = 0.f;
    sum.parts(at.v, sum.j, at.c, at.n) += terms[0];
    sum.total(at.v, at.c, at.n) = 0.f;
    sum.total(at.v, at.c, at.n) += sum.parts(at.v, sum.each, at.c, at.n);
  } else {
    sum.parts(at.v, sum.j, at.c, at.n) = Tuple(zeros);
    sum.total(at.v, at.c, at.n) = Tuple(zeros);
    for (size_t i = 0; i < terms.size(); ++i) {
      parts.push_back(sum.parts(at.v, sum.j, at.c, at.n)[i] + terms[i]);
      totals.push_back(sum.total(at.v, at.c, at.n)[i] + sum.parts(at.v, sum.each, at.c, at.n)[i]);
    }
    sum.parts(at.v, sum.j, at.c, at.n) = Tuple(parts);
    sum.total(at.v, at.c, at.n) = Tuple(totals);
  }
  algorithm.sums.push_back(sum);
  return sum.total;
}

/// The pieces one after the other, first to last.
Algorithm resnetc::kernels::sumPartialsAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  int floats = spec.output.channels, pieces = spec.input.channels / spec.output.channels;
  ImageParam partials = denseParameter("partials", {floats, pieces});
  result.arguments = {partials};
  result.window = RDom(0, pieces, "pieces");
  Var i = result.at.x;
  result.reduction(i) = 0.f;
  result.reduction(i) += partials(i, result.window);
  result.output(i) = result.reduction(i);
  result.buffers = {denseOutput({floats})};
  return result;
}

/// Images in order; what padding lanes and images that are none hold is zero.
Algorithm resnetc::kernels::channelSumAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor dy(spec.input, spec.batch, "input");
  result.arguments = {dy.parameter()};
  std::optional<InputTensor> other;
  if (spec.other) {
    other.emplace(*spec.other, spec.batch, "other");
    result.arguments.push_back(other->parameter());
  }
  Channel channel = at.channel();
  Func map = sumOverMap(result, spec.input, "map", [&](Expr x, Expr y) -> std::vector<Expr> {
    Expr value = dy.at(channel, x, y, at.n);
    return {other ? value * other->at(channel, x, y, at.n) : value};
  });
  result.window = RDom(0, int(spec.batch), "images");
  result.reduction(at.v, at.c) = 0.f;
  result.reduction(at.v, at.c) += map(at.v, at.c, result.window);
  result.output(at.v, at.c) = result.reduction(at.v, at.c);
  result.buffers = {denseOutput({int(channelBlock), int(spec.input.channelBlocks())})};
  return result;
}

/// Lane by lane over the blocks, then the lanes; the sum stands in every channel of the output.
Algorithm resnetc::kernels::sumChannelsAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  Var v = result.at.v, c = result.at.c;
  int blocks = spec.input.channels / channelBlock;
  ImageParam input = denseParameter("input", {int(channelBlock), blocks});
  result.arguments = {input};
  RDom block(0, blocks, "block"), lane(0, int(channelBlock), "lane");
  Func lanes("lanes"), total("total");
  lanes(v) = 0.f;
  lanes(v) += input(v, block);
  total() = 0.f;
  total() += lanes(lane);
  result.helpers = {lanes, total};
  result.output(v, c) = select(c * int(channelBlock) + v < int(spec.output.channels), total(), 0.f);
  result.buffers = {denseOutput({int(channelBlock), blocks})};
  return result;
}
