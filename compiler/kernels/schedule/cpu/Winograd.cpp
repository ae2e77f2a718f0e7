//===- Winograd.cpp - tile rows through an image ----------------------------===//

#include "compiler/kernels/FilterTile.h"
#include "compiler/kernels/schedule/cpu/CpuSchedules.h"
#include "compiler/kernels/schedule/cpu/Prefetch.h"
#include "compiler/kernels/schedule/cpu/Tiles.h"
#include "llvm/Support/MathExtras.h"

using namespace Halide;
using namespace resnetc::kernels;

static constexpr int tile = winogradTile;

/// Halide's `Stack` becomes a call of malloc where it is more than 16 KB; `Register` is on the stack whatever its size.
static constexpr MemoryType stackMemory = MemoryType::Register;

namespace {
/// Products of a group of tile rows: one kind of the 16 after the other, a register tile of blocks x tiles at a time.
void scheduleProducts(Func products, Func sum, const RDom &window, Func output, const Var &group, const Schedule &s) {
  std::vector<Var> p = products.args(); // v, column, tx, ty, c, row, n
  Var v = p[0], column = p[1], tx = p[2], ty = p[3], c = p[4], row = p[5];
  Var txo("txo"), txi("txi"), tyo("tyo"), tyi("tyi"), co("co"), b("b");
  products.compute_at(output, group)
      .store_in(stackMemory)
      .split(tx, txo, txi, int(s.pixelsX / tile), TailStrategy::RoundUp)
      .split(ty, tyo, tyi, int(s.pixelsY / tile), TailStrategy::RoundUp)
      .split(c, co, b, int(s.blocks), TailStrategy::RoundUp)
      .reorder({v, b, txi, tyi, txo, tyo, co, column, row})
      .vectorize(v)
      .unroll(b)
      .unroll(txi)
      .unroll(tyi);
  RVar cio("cio"), cii("cii");
  sum.compute_at(products, txo).store_in(MemoryType::Register).reorder({v, c, tx, ty, column, row});
  sum.bound_extent(tx, int(s.pixelsX / tile)).bound_extent(ty, int(s.pixelsY / tile));
  sum.vectorize(v).unroll(c).unroll(tx).unroll(ty);
  sum.update()
      .split(window.x, cio, cii, int(s.unroll))
      .reorder({v, c, tx, ty, cii, cio, window.y, column, row})
      .vectorize(v)
      .unroll(c)
      .unroll(tx)
      .unroll(ty)
      .unroll(cii);
}

/// Lines of the next group of tile rows, a share of them with each of the 16 kinds of products, which read and write
/// nothing but the stack: else what follows waits for memory.
void prefetchNextGroup(Algorithm &algorithm, const KernelSpec &spec, const Schedule &s) {
  const Func &output = algorithm.output, &products = algorithm.helpers[2];
  int rows = s.rowBlock, groups = llvm::divideCeil(spec.output.height, rows);
  LoopNest images, group, kinds;
  images.add(output, 0, "n", spec.batch);
  group.add(output, 0, "y.yo.group", groups);
  kinds.add(products, 0, "row", winogradPoints).add(products, 0, "column", winogradPoints);
  std::vector<Prefetch> all;
  auto prefetch = [&](const std::string &buffer, const TensorSpec &tensor, const Expr &row, bool isNext) {
    int rowFloats = (tensor.width + 2 * tensor.border) * channelBlock;
    int mapFloats = rowFloats * (tensor.height + 2 * tensor.border), image = tensor.elementsPerImage();
    int lines = llvm::divideCeil(rowFloats / channelBlock * rows, kinds.turns);
    Expr index = images.turn * image + row * rowFloats + kinds.turn * (lines * int(channelBlock));
    if (isNext) // behind the last group, the next image begins behind the last channels
      index += select(group.turn == groups - 1, image - mapFloats, 0);
    all.push_back({kinds.innermost, buffer, index, lines, int(tensor.channelBlocks()), mapFloats});
  };
  prefetch("input", spec.input, (group.turn + 1) * rows + int(spec.input.border + 1), true);
  prefetch(output.name(), spec.output, group.turn * rows + int(spec.output.border), false);
  if (spec.residual)
    prefetch("residual", *spec.residual, group.turn * rows + int(spec.residual->border), false);
  algorithm.passes.push_back(new InsertPrefetches(all));
}

/// Lines of the next chunk's images, spread over the sums of this one.
void prefetchNextImages(Algorithm &algorithm, const KernelSpec &spec, const Schedule &s) {
  const Func &output = algorithm.output, &sums = algorithm.helpers[2], &sum = algorithm.reduction;
  GradientChunk chunk = chooseGradientChunk(spec);
  int64_t tilesY = llvm::divideCeil(spec.other->height, tile), images = spec.batch / spec.partials;
  LoopNest chunks, turns;
  chunks.add(output, 0, "p", spec.partials).add(sums, 1, "chunks$y", images / chunk.images);
  turns.add(sums, 1, "chunks$x", tilesY / chunk.rows)
      .add(sums, 1, "row", winogradPoints)
      .add(sums, 1, "column", winogradPoints)
      .add(sums, 1, "cb", spec.input.channelBlocks())
      .add(sums, 1, "c.co", spec.other->channelBlocks() / s.blocks)
      .add(sums, 1, "ci.cio", channelBlock / s.unroll);
  turns.add(sum, 1, "tiles$z", chunk.images).add(sum, 1, "tiles$y", chunk.rows);
  std::vector<Prefetch> all;
  for (auto [buffer, tensor] : {std::make_pair("input", &spec.input), std::make_pair("other", &*spec.other)}) {
    int64_t floats = chunk.images * tensor->elementsPerImage();
    int lines = llvm::divideCeil(floats / channelBlock, turns.turns);
    all.push_back(
        {turns.innermost, buffer, (chunks.turn + 1) * int(floats) + turns.turn * (lines * int(channelBlock)), lines});
  }
  algorithm.passes.push_back(new InsertPrefetches(all));
}
} // namespace

/// Tasks are images; taps are transformed once before. Of a group of tile rows, inputs, products and outputs follow
/// each other, so that all of them stay near.
void resnetc::kernels::scheduleWinograd(Algorithm &algorithm, const KernelSpec &spec, const Schedule &s) {
  const Coordinates &at = algorithm.at;
  Func &output = algorithm.output, inputs = algorithm.helpers[0], taps = algorithm.helpers[1],
       products = algorithm.helpers[2];
  Var xo("xo"), xi("xi"), yo("yo"), yi("yi"), rows("rows"), group("group");
  int64_t tileRows = llvm::divideCeil(spec.output.height, tile);
  auto tail = [](int64_t extent) { return extent % tile == 0 ? TailStrategy::RoundUp : TailStrategy::GuardWithIf; };
  output.bound(at.x, 0, int(spec.output.width))
      .split(at.x, xo, xi, tile, tail(spec.output.width))
      .split(at.y, yo, yi, tile, tail(spec.output.height))
      .split(yo, group, rows, int(s.rowBlock / tile), blockTail(tileRows, s.rowBlock / tile))
      .reorder({at.v, xi, yi, xo, rows, at.c, group, at.n})
      .vectorize(at.v)
      .unroll(xi)
      .unroll(yi);
  if (s.order != LoopOrder::Serial)
    output.parallel(at.n);
  if (algorithm.first.defined())
    algorithm.first.compute_at(output, at.v);
  scheduleProducts(products, algorithm.reduction, algorithm.window, output, group, s);
  prefetchNextGroup(algorithm, spec, s);

  std::vector<Var> i = inputs.args(); // ci, column, tx, ty, cb, row, n
  inputs.compute_at(output, group)
      .store_in(stackMemory)
      .reorder({i[0], i[1], i[5], i[2], i[3], i[4]})
      .vectorize(i[0])
      .unroll(i[1])
      .unroll(i[5]);
  std::vector<Var> t = taps.args(); // v, ci, cb, column, row, c
  taps.compute_root()
      .store_in(stackMemory)
      .reorder({t[0], t[3], t[4], t[1], t[2], t[5]})
      .vectorize(t[0])
      .unroll(t[3])
      .unroll(t[4]);
}

/// Tasks are parts of the images. Of each chunk of tiles, inputs and gradients are transformed; then they are summed up
/// in registers, one of the 16 kinds after the other and a tile of input channels at a time.
void resnetc::kernels::scheduleWinogradFilterGradient(Algorithm &algorithm, const KernelSpec &spec, const Schedule &s) {
  prefetchNextImages(algorithm, spec, s);
  Func &output = algorithm.output, inputs = algorithm.helpers[0], gradients = algorithm.helpers[1],
       sums = algorithm.helpers[2], sum = algorithm.reduction;
  std::vector<Var> o = output.args(); // v, t, ci, kx, ky, cb, ct, p
  output.vectorize(o[0]).reorder({o[0], o[3], o[4], o[1], o[2], o[5], o[6], o[7]}).unroll(o[3]).unroll(o[4]);
  if (s.order != LoopOrder::Serial)
    output.parallel(o[7]);

  std::vector<Var> a = sums.args(); // v, ci, cb, c, column, row, p
  Var cio("cio"), cii("cii"), co("co"), b("b");
  std::vector<RVar> chunks = sums.rvars();
  sums.compute_at(output, o[7]).store_in(stackMemory).vectorize(a[0]);
  sums.update()
      .split(a[1], cio, cii, int(s.unroll), TailStrategy::RoundUp)
      .split(a[3], co, b, int(s.blocks), TailStrategy::RoundUp)
      .reorder({VarOrRVar(a[0]), b, cii, cio, co, a[2], a[4], a[5], chunks[0], chunks[1]})
      .vectorize(a[0])
      .unroll(b)
      .unroll(cii);

  RDom tiles = algorithm.window;
  Var v = sum.args()[0], ci = sum.args()[1], c = sum.args()[3];
  sum.compute_at(sums, cio).store_in(MemoryType::Register).bound_extent(ci, int(s.unroll));
  sum.reorder({v, c, ci}).vectorize(v).unroll(c).unroll(ci);
  sum.update().reorder({v, c, ci, tiles.x, tiles.y, tiles.z}).vectorize(v).unroll(c).unroll(ci);

  GradientChunk chunk = chooseGradientChunk(spec);
  int64_t tilesOfChunk = llvm::divideCeil(spec.other->width, tile) * chunk.rows * chunk.images;
  for (auto [helper, blocks] :
       {std::make_pair(inputs, spec.input.channelBlocks()), std::make_pair(gradients, spec.other->channelBlocks())}) {
    std::vector<Var> h = helper.args(); // v, tx, ty, n, c, column, row
    helper.compute_at(sums, chunks[0])
        .store_in(stackMemory)
        .reorder({h[0], h[5], h[6], h[1], h[2], h[3], h[4]})
        .vectorize(h[0])
        .unroll(h[5])
        .unroll(h[6]);
    // All 16 kinds of a tile are stored at once: not into the same few sets of a first-level cache.
    constexpr int64_t waySize = 4096;
    if (tilesOfChunk * blocks * channelBlock * 4 % (waySize / 2) == 0)
      helper.align_storage(h[4], int(blocks + 1));
  }
}
