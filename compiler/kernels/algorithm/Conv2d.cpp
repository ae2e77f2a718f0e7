//===- Conv2d.cpp - cross-correlation, directly ----------------------------===//

#include "compiler/kernels/algorithm/Algorithm.h"
#include "compiler/kernels/algorithm/Epilogue.h"
#include "compiler/kernels/algorithm/Winograd.h"

using namespace Halide;
using namespace resnetc::kernels;

namespace {
/// One filter's inner dimensions: channels in one block of the input, and how many such blocks there are.
struct FilterBlocks {
  int inputs, blocks;
  explicit FilterBlocks(const KernelSpec &spec) : inputs(channelBlock), blocks(spec.input.channelBlocks()) {
    bool planar = spec.input.layout == Layout::Planar;
    if (planar || spec.groups > 1) {
      inputs = planar ? spec.input.channels : spec.filterInputs();
      blocks = 1;
    }
  }
};

/// The input channel that position (ci, cb) of the filter belongs to.
Channel inputChannel(const KernelSpec &spec, const Coordinates &at, const Expr &ci, const Expr &cb) {
  if (spec.isDepthwise())
    return Channel::ofLane(at.c, at.v);
  if (spec.groups > 1) {
    int inputs = spec.input.channels / spec.groups, outputs = spec.output.channels / spec.groups;
    int last = spec.input.channels - spec.filterInputs();
    return Channel::ofFlat(min(at.c * int(channelBlock) / outputs * inputs, last) + ci);
  }
  return spec.input.layout == Layout::Planar ? Channel::ofFlat(ci) : Channel::ofLane(cb, ci);
}
} // namespace

/// The input is planar (the network's first layer: the filter counts channels singly) or blocked. Padding is read from
/// the input's border.
Algorithm resnetc::kernels::conv2dAlgorithm(const KernelSpec &spec) {
  if (spec.winograd)
    return winogradAlgorithm(spec);
  Algorithm result(spec);
  const Coordinates &at = result.at;
  FilterBlocks in(spec);
  int tile = spec.filterTile, height = spec.windowHeight, width = spec.windowWidth;

  InputTensor input(spec.input, spec.batch, "input");
  ImageParam filter = denseParameter("filter", {int(channelBlock), tile, in.inputs, width, height, in.blocks,
                                                int(spec.output.channelBlocks() / tile)});
  result.arguments = {input.parameter(), filter};

  RDom window(0, in.inputs, 0, width, 0, height, 0, in.blocks, "window");
  RVar ci = window[0], kx = window[1], ky = window[2], cb = window[3];
  // A tile may overhang the map; what it computes there is not stored, but must not read past the buffer.
  Expr x = min(at.x * int(spec.strideWidth) + kx * int(spec.dilationWidth) - int(spec.padWidth),
               int(spec.input.width + spec.input.border) - 1);
  Expr y = min(at.y * int(spec.strideHeight) + ky * int(spec.dilationHeight) - int(spec.padHeight),
               int(spec.input.height + spec.input.border) - 1);

  result.reduction(at.all()) = 0.f;
  result.reduction(at.all()) +=
      input.at(inputChannel(spec, at, ci, cb), x, y, at.n) * filter(at.v, at.c % tile, ci, kx, ky, cb, at.c / tile);
  result.window = window;
  defineEpilogue(result, spec, result.reduction(at.all()));
  return result;
}
