//===- Winograd.cpp - 3x3 convolutions with four products in nine ----------===//
//
// F(2x2, 3x3) of Lavin and Gray, 2015, section 4.1, and its transpose for gradients of
// filters: 16 products for four outputs instead of 36. Its factors are 1 and 1/2, so that
// it rounds little more than the sum that it replaces.
//
//===----------------------------------------------------------------------===//

#include "compiler/kernels/algorithm/Winograd.h"
#include "compiler/kernels/FilterTile.h"
#include "compiler/kernels/algorithm/Epilogue.h"
#include "compiler/kernels/algorithm/Training.h"

using namespace Halide;
using namespace resnetc::kernels;

static constexpr int block = channelBlock;
static constexpr int tile = winogradTile, points = winogradPoints;

namespace {
using Values = std::function<Expr(int)>;

/// B^T d: the inputs of a tile, of four neighbours d.
Expr transformInput(const Expr &point, const Values &d) {
  return mux(point, {d(0) - d(2), d(1) + d(2), d(2) - d(1), d(1) - d(3)});
}

/// G g: the three taps.
Expr transformTaps(const Expr &point, const Values &g) {
  return mux(point, {g(0), 0.5f * ((g(0) + g(2)) + g(1)), 0.5f * ((g(0) + g(2)) - g(1)), g(2)});
}

/// A^T m: an output of the tile, of four products.
Expr transformProducts(const Expr &output, const Values &m) {
  return mux(output, {m(0) + (m(1) + m(2)), (m(1) - m(2)) - m(3)});
}

/// A y and G^T m, the transposes of A^T and G.
Expr transformGradient(const Expr &point, const Values &y) {
  return mux(point, {y(0), y(0) + y(1), y(0) - y(1), -y(1)});
}
Expr transformSums(const Expr &tap, const Values &m) {
  return mux(tap, {m(0) + 0.5f * (m(1) + m(2)), 0.5f * (m(1) - m(2)), 0.5f * (m(1) + m(2)) + m(3)});
}

/// A transform of rows and columns.
using Transform = Expr (*)(const Expr &, const Values &);
Expr transformBoth(Transform transform, const Expr &column, const Expr &row,
                   const std::function<Expr(int x, int y)> &values) {
  return transform(column, [&](int x) { return transform(row, [&](int y) { return values(x, y); }); });
}

/// The 4x4 inputs of tile (tx, ty), transformed. The last tile of an odd map reads the border's last pixel instead of
/// one behind it: that only enters the output which is not stored.
Expr inputTile(const InputTensor &input, const Channel &channel, const Expr &tx, const Expr &ty, const Expr &n,
               const Expr &column, const Expr &row) {
  int lastX = input.spec.width + input.spec.border - 1, lastY = input.spec.height + input.spec.border - 1;
  return transformBoth(transformInput, column, row, [&](int x, int y) {
    Expr atX = tx * tile + (x - 1), atY = ty * tile + (y - 1);
    return input.at(channel, input.spec.width % tile ? min(atX, lastX) : atX,
                    input.spec.height % tile ? min(atY, lastY) : atY, n);
  });
}
} // namespace

/// A gradient of the input correlates dy with the taps backwards.
Algorithm resnetc::kernels::winogradAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  bool backwards = spec.op == KernelOp::Conv2dInputGradient;
  int filterTile = spec.filterTile, blocks = spec.input.channelBlocks();
  InputTensor input(spec.input, spec.batch, "input");
  ImageParam filter =
      denseParameter("filter", {block, filterTile, block, 3, 3, blocks, int(spec.output.channelBlocks() / filterTile)});
  result.arguments = {input.parameter(), filter};

  Var column("column"), row("row"), tx("tx"), ty("ty"), ci("ci"), cb("cb");
  Func inputs("inputs"), taps("taps"), products("products");
  inputs(ci, column, tx, ty, cb, row, at.n) = inputTile(input, Channel::ofLane(cb, ci), tx, ty, at.n, column, row);
  taps(at.v, ci, cb, column, row, at.c) = transformBoth(transformTaps, column, row, [&](int x, int y) {
    return filter(at.v, at.c % filterTile, ci, backwards ? 2 - x : x, backwards ? 2 - y : y, cb, at.c / filterTile);
  });
  RDom window(0, block, 0, blocks, "window");
  Func &sum = result.reduction;
  sum(at.v, column, tx, ty, at.c, row, at.n) = 0.f;
  sum(at.v, column, tx, ty, at.c, row, at.n) +=
      inputs(window.x, column, tx, ty, window.y, row, at.n) * taps(at.v, window.x, window.y, column, row, at.c);
  products(at.v, column, tx, ty, at.c, row, at.n) = sum(at.v, column, tx, ty, at.c, row, at.n);
  result.window = window;
  result.helpers = {inputs, taps, products};

  defineEpilogue(result, spec, transformBoth(transformProducts, at.x % tile, at.y % tile, [&](int x, int y) {
                   return products(at.v, x, at.x / tile, at.y / tile, at.c, y, at.n);
                 }));
  return result;
}

/// The sums over tiles of products of transformed inputs and transformed dy, chunk by chunk; their transform is what
/// direct sums would be. What an odd map's last tile has of no map is zero in dy's border.
Algorithm resnetc::kernels::winogradFilterGradientAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  KernelSpec forward = spec.forwardConv();
  int filterTile = spec.filterTile, blocks = spec.input.channelBlocks(), outputs = forward.output.channelBlocks();
  InputTensor x(spec.input, spec.batch, "input"), dy(*spec.other, spec.batch, "other");
  result.arguments = {x.parameter(), dy.parameter()};
  GradientChunk chunk = chooseGradientChunk(spec);
  int tilesX = (spec.other->width + tile - 1) / tile, tilesY = (spec.other->height + tile - 1) / tile;
  int groups = spec.batch / spec.partials / chunk.images, rowChunks = tilesY / chunk.rows;

  Var v("v"), t("t"), ci("ci"), kx("kx"), ky("ky"), cb("cb"), c("c"), ct("ct"), p("p"), r("r"), g("g");
  Var column("column"), row("row"), tx("tx"), ty("ty"), n("n");
  Func inputs("inputs"), gradients("gradients"), sums("sums");
  inputs(ci, tx, ty, n, cb, column, row) = inputTile(x, Channel::ofLane(cb, ci), tx, ty, n, column, row);
  gradients(v, tx, ty, n, c, column, row) = transformBoth(transformGradient, column, row, [&](int dx, int down) {
    return dy.at(Channel::ofLane(c, v), tx * tile + dx, ty * tile + down, n);
  });
  RDom tiles(0, tilesX, 0, int(chunk.rows), 0, int(chunk.images), "tiles");
  Func &sum = result.reduction;
  Expr tileRow = r * int(chunk.rows) + tiles.y, image = g * int(chunk.images) + tiles.z;
  sum(v, ci, cb, c, column, row, r, g) = 0.f;
  sum(v, ci, cb, c, column, row, r, g) +=
      gradients(v, tiles.x, tileRow, image, c, column, row) * inputs(ci, tiles.x, tileRow, image, cb, column, row);
  RDom chunks(0, rowChunks, 0, groups, "chunks");
  sums(v, ci, cb, c, column, row, p) = 0.f;
  sums(v, ci, cb, c, column, row, p) += sum(v, ci, cb, c, column, row, chunks.x, p * groups + chunks.y);
  result.window = tiles;
  result.helpers = {inputs, gradients, sums};

  result.output(v, t, ci, kx, ky, cb, ct, p) =
      transformBoth(transformSums, kx, ky, [&](int x, int y) { return sums(v, ci, cb, ct * filterTile + t, x, y, p); });
  result.buffers = {denseOutput({block, filterTile, block, 3, 3, blocks, outputs / filterTile, int(spec.partials)})};
  return result;
}
