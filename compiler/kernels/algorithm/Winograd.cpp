//===- Winograd.cpp - 3x3 convolutions with two thirds of the products -----===//
//
// F(2, 3) of Lavin and Gray, 2015, along rows alone: two neighbours of one row from four
// products a tap row instead of six. Its factors are 1 and 1/2, so that it rounds little
// more than the sum that it replaces.
//
//===----------------------------------------------------------------------===//

#include "compiler/kernels/algorithm/Winograd.h"
#include "compiler/kernels/algorithm/Epilogue.h"

using namespace Halide;
using namespace resnetc::kernels;

static constexpr int block = channelBlock;

/// With d the four inputs of a tile of two outputs and g the taps of a row:
///   y0 = (d0 - d2) g0 + s + t,  y1 = s - t - (d1 - d3) g2,
///   s = (d1 + d2) (g0 + g1 + g2) / 2,  t = (d2 - d1) (g0 - g1 + g2) / 2
/// A gradient of the input correlates dy with the taps backwards.
Algorithm resnetc::kernels::winogradAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  bool backwards = spec.op == KernelOp::Conv2dInputGradient;
  int tile = spec.filterTile, blocks = spec.input.channelBlocks();
  int offsetX = backwards ? int(spec.padWidth) - 2 : -int(spec.padWidth);
  int offsetY = backwards ? int(spec.padHeight) - 2 : -int(spec.padHeight);
  InputTensor input(spec.input, spec.batch, "input");
  ImageParam filter =
      denseParameter("filter", {block, tile, block, 3, 3, blocks, int(spec.output.channelBlocks() / tile)});
  result.arguments = {input.parameter(), filter};

  Var m("m"), t("t"), ci("ci"), cb("cb");
  Func transformed("transformed");
  auto pixel = [&](int k) { return input.at(Channel::ofLane(cb, ci), t * 2 + (k + offsetX), at.y + offsetY, at.n); };
  transformed(ci, m, t, cb, at.y, at.n) =
      mux(m, {pixel(0) - pixel(2), pixel(1) + pixel(2), pixel(2) - pixel(1), pixel(1) - pixel(3)});

  RDom window(0, block, 0, 3, 0, blocks, "window");
  auto tap = [&](int j) {
    return filter(at.v, at.c % tile, window.x, backwards ? 2 - j : j, backwards ? 2 - window.y : Expr(window.y),
                  window.z, at.c / tile);
  };
  Expr taps = mux(m, {tap(0), (tap(0) + tap(2)) + tap(1), (tap(0) + tap(2)) - tap(1), tap(2)});
  Func &products = result.reduction;
  products(at.v, m, t, at.y, at.c, at.n) = 0.f;
  products(at.v, m, t, at.y, at.c, at.n) += transformed(window.x, m, t, window.z, at.y + window.y, at.n) * taps;
  result.window = window;
  result.helpers = {transformed};

  auto product = [&](int k) { return products(at.v, k, at.x / 2, at.y, at.c, at.n); };
  Expr even = product(0) + 0.5f * (product(1) + product(2)), odd = 0.5f * (product(1) - product(2)) - product(3);
  defineEpilogue(result, spec, select(at.x % 2 == 0, even, odd));
  return result;
}
