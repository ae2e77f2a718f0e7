//===- Conv2d.cpp - cross-correlation, directly ----------------------------===//

#include "compiler/kernels/algorithm/Algorithm.h"
#include "compiler/kernels/algorithm/Epilogue.h"

using namespace Halide;
using namespace resnetc::kernels;

/// The input is planar (the network's first layer: the filter counts channels singly) or blocked. Padding is read from
/// the input's border.
Algorithm resnetc::kernels::conv2dAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  bool planar = spec.input.layout == Layout::Planar;
  int inputs = planar ? spec.input.channels : channelBlock; // in one block
  int inputBlocks = planar ? 1 : spec.input.channelBlocks();
  int tile = spec.filterTile, height = spec.windowHeight, width = spec.windowWidth;

  InputTensor input(spec.input, spec.batch, "input");
  ImageParam filter = denseParameter(
      "filter", {int(channelBlock), tile, inputs, width, height, inputBlocks, int(spec.output.channelBlocks() / tile)});
  result.arguments = {input.parameter(), filter};

  RDom window(0, inputs, 0, width, 0, height, 0, inputBlocks, "window");
  RVar ci = window[0], kx = window[1], ky = window[2], cb = window[3];
  // A tile may overhang the map; what it computes there is not stored, but must not read past the buffer.
  Expr x = min(at.x * int(spec.strideWidth) + kx - int(spec.padWidth), int(spec.input.width + spec.input.border) - 1);
  Expr y =
      min(at.y * int(spec.strideHeight) + ky - int(spec.padHeight), int(spec.input.height + spec.input.border) - 1);
  Channel from = planar ? Channel::ofFlat(ci) : Channel::ofLane(cb, ci);

  result.reduction(at.all()) = 0.f;
  result.reduction(at.all()) += input.at(from, x, y, at.n) * filter(at.v, at.c % tile, ci, kx, ky, cb, at.c / tile);
  result.window = window;
  defineEpilogue(result, spec, result.reduction(at.all()));
  return result;
}
