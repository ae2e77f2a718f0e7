//===- ConvGradient.cpp - gradients of convolutions ------------------------===//

#include "compiler/kernels/FilterTile.h"
#include "compiler/kernels/algorithm/Epilogue.h"
#include "compiler/kernels/algorithm/Training.h"
#include "compiler/kernels/algorithm/Winograd.h"

using namespace Halide;
using namespace resnetc::kernels;

static constexpr int block = channelBlock;

namespace {
/// Channels of dy that a block of dx meets: as a filter's inputs, and how many blocks of them there are.
struct GradientBlocks {
  int inputs = block, blocks;
  explicit GradientBlocks(const KernelSpec &spec) : blocks(spec.input.channelBlocks()) {
    if (spec.groups > 1) {
      inputs = spec.filterInputs();
      blocks = 1;
    }
  }
};

/// The channel of dy at position (ci, cb) of the transposed filter, for block `at` of dx.
Channel gradientChannel(const KernelSpec &spec, const Expr &at, const Expr &lane, const Expr &ci, const Expr &cb) {
  if (spec.isDepthwise())
    return Channel::ofLane(at, lane);
  if (spec.groups == 1)
    return Channel::ofLane(cb, ci);
  int inputs = spec.input.channels / spec.groups, outputs = spec.output.channels / spec.groups;
  int last = spec.input.channels - spec.filterInputs();
  return Channel::ofFlat(min(at * block / outputs * inputs, last) + ci);
}

/// True if input channel `from` belongs to the group of output channel `to`. Not from / in == to / out: where lanes are
/// vectorised, Halide 21 forgets the block of `to` as it simplifies that.
Expr areOfOneGroup(const Expr &from, int in, const Expr &to, int out) {
  Expr first = from / in * out;
  return to >= first && to < first + out;
}

/// One axis: which pixel of dy tap r meets at pixel x of dx, with which window position, and whether there is such a
/// position (defined where that is not certain).
struct Tap {
  Expr pixel, position, isThere;
  Tap(const Expr &x, const Expr &r, int64_t window, int64_t stride, int64_t pad, int64_t dilation, int64_t last) {
    int s = stride, p = pad, d = dilation;
    if (s == 1 || d != 1) { // division rounds down
      Expr distance = x + p - r * d;
      pixel = s == 1 ? distance : distance / s;
      position = r;
      if (s != 1)
        isThere = distance % s == 0;
    } else {
      pixel = (x + p) / s - r;
      position = r * s + (x + p) % s;
      isThere = position < int(window);
    }
    pixel = min(pixel, int(last)); // a tile may overhang the map
  }
  /// How many there are.
  static int count(int64_t window, int64_t stride, int64_t dilation) {
    return dilation == 1 ? int((window + stride - 1) / stride) : int(window);
  }
};
} // namespace

/// dx(x) = sum of dy((x + pad - k * dilation) / stride) * filter(k) over the positions k where that is whole. Without
/// dilation these are k = stride * r + (x + pad) % stride: known when the code is made where tiles are whole strides.
Algorithm resnetc::kernels::conv2dInputGradientAlgorithm(const KernelSpec &spec) {
  if (spec.winograd)
    return winogradAlgorithm(spec);
  Algorithm result(spec);
  const Coordinates &at = result.at;
  GradientBlocks in(spec);
  int tile = spec.filterTile, height = spec.windowHeight, width = spec.windowWidth;
  InputTensor input(spec.input, spec.batch, "input");
  ImageParam filter = denseParameter(
      "filter", {block, tile, in.inputs, width, height, in.blocks, int(spec.output.channelBlocks() / tile)});
  result.arguments = {input.parameter(), filter};

  RDom window(0, in.inputs, 0, Tap::count(width, spec.strideWidth, spec.dilationWidth), 0,
              Tap::count(height, spec.strideHeight, spec.dilationHeight), 0, in.blocks, "window");
  RVar ci = window[0], cb = window[3];
  Tap column(at.x, window[1], width, spec.strideWidth, spec.padWidth, spec.dilationWidth,
             spec.input.width + spec.input.border - 1);
  Tap row(at.y, window[2], height, spec.strideHeight, spec.padHeight, spec.dilationHeight,
          spec.input.height + spec.input.border - 1);
  for (const Expr &isThere : {column.isThere, row.isThere})
    if (isThere.defined())
      window.where(isThere);
  Expr product = input.at(gradientChannel(spec, at.c, at.v, ci, cb), column.pixel, row.pixel, at.n) *
                 filter(at.v, at.c % tile, ci, column.position, row.position, cb, at.c / tile);
  result.reduction(at.all()) = 0.f;
  result.reduction(at.all()) += product;
  result.window = window;
  defineEpilogue(result, spec, result.reduction(at.all()));
  return result;
}

/// Element (lane v of block ct * tile + t of dx, channel ci of block cb of dy).
Algorithm resnetc::kernels::transposeFilterAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  KernelSpec forward = spec.forwardConv();
  GradientBlocks in(spec), out(forward);
  int tile = spec.filterTile, forwardTile = spec.forwardTile;
  int height = spec.windowHeight, width = spec.windowWidth;
  ImageParam filter = denseParameter("filter", {block, forwardTile, out.inputs, width, height, out.blocks,
                                                int(forward.output.channelBlocks() / forwardTile)});
  result.arguments = {filter};
  Var v("v"), t("t"), ci("ci"), kx("kx"), ky("ky"), cb("cb"), ct("ct");
  Expr dxBlock = ct * tile + t, dxChannel = dxBlock * block + v, value;
  Expr isThere;
  if (spec.isDepthwise()) {
    value = filter(v, 0, 0, kx, ky, 0, ct);
  } else if (spec.groups == 1) {
    value = filter(ci, cb % forwardTile, v, kx, ky, dxBlock, cb / forwardTile);
  } else {
    int inputs = forward.input.channels / spec.groups, outputs = forward.output.channels / spec.groups;
    Channel dy = gradientChannel(spec, ct, v, ci, cb);
    Expr first = min(dy.block * block / outputs * inputs, int(forward.input.channels - forward.filterInputs()));
    isThere = areOfOneGroup(dxChannel, inputs, dy.flat, outputs) && dxChannel < int(forward.input.channels);
    value = filter(dy.lane, 0, clamp(dxChannel - first, 0, out.inputs - 1), kx, ky, 0, dy.block);
  }
  result.output(v, t, ci, kx, ky, cb, ct) = isThere.defined() ? select(isThere, value, 0.f) : value;
  result.buffers = {
      denseOutput({block, tile, in.inputs, width, height, in.blocks, int(spec.output.channelBlocks() / tile)})};
  return result;
}

/// filter(k) = sum of dy(x) * x(x * stride + k * dilation - pad) over images and pixels: of a chunk of rows and images
/// in `reduction`, chunk by chunk, and `partials` groups of images apart.
Algorithm resnetc::kernels::conv2dFilterGradientAlgorithm(const KernelSpec &spec) {
  if (spec.winograd)
    return winogradFilterGradientAlgorithm(spec);
  Algorithm result(spec);
  KernelSpec forward = spec.forwardConv();
  InputTensor x(spec.input, spec.batch, "input"), dy(*spec.other, spec.batch, "other");
  result.arguments = {x.parameter(), dy.parameter()};
  int tile = spec.filterTile, tiles = forward.output.channelBlocks() / tile;
  int64_t vector = forward.vectorBytes(), window = spec.windowHeight * spec.windowWidth;
  bool blocked = spec.input.layout == Layout::Blocked16 && spec.groups == 1;
  int blocks = blocked ? spec.input.channelBlocks() : 1, inputs = forward.filterBytes() / vector / window / blocks;
  GradientChunk chunk = chooseGradientChunk(spec);
  int groups = spec.batch / spec.partials / chunk.images, rowChunks = spec.other->height / chunk.rows;

  Var v("v"), t("t"), ci("ci"), kx("kx"), ky("ky"), cb("cb"), ct("ct"), p("p"), r("r"), g("g");
  RDom pixels(0, int(spec.other->width), 0, int(chunk.rows), 0, int(chunk.images), "pixels");
  Channel to = Channel::ofLane(ct * tile + t, v), from = Channel::ofFlat(ci);
  Expr sameGroup;
  if (forward.isDepthwise()) {
    from = to;
  } else if (blocked) {
    from = Channel::ofLane(cb, ci);
  } else if (spec.groups > 1) {
    int in = forward.input.channels / spec.groups, out = forward.output.channels / spec.groups;
    int last = forward.input.channels - forward.filterInputs();
    from = Channel::ofFlat(min(ct * block / out * in, last) + ci);
    sameGroup = areOfOneGroup(from.flat, in, to.flat, out);
  }
  Expr y = r * int(chunk.rows) + pixels.y, image = g * int(chunk.images) + pixels.z;
  Expr fromX = pixels.x * int(spec.strideWidth) + kx * int(spec.dilationWidth) - int(spec.padWidth);
  Expr fromY = y * int(spec.strideHeight) + ky * int(spec.dilationHeight) - int(spec.padHeight);
  Expr product = dy.at(to, pixels.x, y, image) * x.at(from, fromX, fromY, image);
  Func &chunkSum = result.reduction;
  chunkSum(v, t, ci, kx, ky, cb, ct, r, g) = 0.f;
  chunkSum(v, t, ci, kx, ky, cb, ct, r, g) += product;
  result.window = pixels;

  auto masked = [&](const Expr &value) { return sameGroup.defined() ? select(sameGroup, value, 0.f) : value; };
  if (groups * rowChunks == 1) {
    result.output(v, t, ci, kx, ky, cb, ct, p) = masked(chunkSum(v, t, ci, kx, ky, cb, ct, 0, p));
  } else {
    RDom chunks(0, rowChunks, 0, groups, "chunks");
    result.output(v, t, ci, kx, ky, cb, ct, p) = 0.f;
    result.output(v, t, ci, kx, ky, cb, ct, p) +=
        masked(chunkSum(v, t, ci, kx, ky, cb, ct, chunks.x, p * groups + chunks.y));
  }
  result.buffers = {denseOutput(
      {block, tile, inputs, int(spec.windowWidth), int(spec.windowHeight), blocks, tiles, int(spec.partials)})};
  return result;
}
