//===- Map.cpp - kernels without reuse -------------------------------------===//

#include "compiler/kernels/schedule/cpu/CpuSchedules.h"
#include "compiler/kernels/schedule/cpu/Tiles.h"

using namespace Halide;
using namespace resnetc::kernels;

namespace {
bool isGlobalPool(const KernelSpec &spec) {
  return spec.op == KernelOp::GlobalAvgPool || spec.op == KernelOp::GlobalMaxPool;
}

/// Floats that are handled at once along a planar row.
constexpr int rowVector = 16;
/// Windows up to this size are unrolled.
constexpr int64_t maxUnrolledWindow = 9;

void scheduleReduction(Algorithm &algorithm, const KernelSpec &spec, const Var &lanes, const Var &tile,
                       const Var &where) {
  Func reduction = algorithm.reduction;
  const RDom &window = algorithm.window;
  reduction.compute_at(algorithm.output, where).store_in(MemoryType::Register).vectorize(lanes).unroll(tile);
  Stage update = reduction.update();
  std::vector<VarOrRVar> order{lanes, tile, window.x, window.y};
  update.reorder(order).vectorize(lanes).unroll(tile);
  if (!isGlobalPool(spec) && spec.windowHeight * spec.windowWidth <= maxUnrolledWindow)
    update.unroll(window.x).unroll(window.y);
}

/// Lanes are channels. The reduction of a map unrolls channels, the others pixels.
void scheduleBlocked(Algorithm &algorithm, const KernelSpec &spec, const Schedule &s) {
  const Coordinates &at = algorithm.at;
  Func &output = algorithm.output;
  Var xo("xo"), xi("xi"), co("co"), ci("ci"), rows("rows"), group("group"), task("task"), tasks("tasks");
  bool overChannels = isGlobalPool(spec);
  int64_t groupBlocks = s.blocks * s.channelTiles, blocks = spec.output.channelBlocks();
  // No tile of these kernels is computed twice: the input may be the output's memory.
  output.split(at.x, xo, xi, int(s.pixelsX), blockTail(spec.output.width, s.pixelsX))
      .split(at.y, rows, at.y, int(s.rowBlock), blockTail(spec.output.height, s.rowBlock))
      .split(at.c, co, ci, int(s.blocks), TailStrategy::RoundUp)
      .split(co, group, co, int(s.channelTiles), blockTail(blocks / s.blocks, groupBlocks / s.blocks))
      .reorder({at.v, xi, ci, xo, at.y, co, rows, group, at.n})
      .vectorize(at.v)
      .unroll(xi)
      .unroll(ci);
  if (s.order == LoopOrder::Rows)
    output.reorder({at.v, xi, ci, xo, at.y, co, group, rows, at.n}).fuse(rows, at.n, task).parallel(task);
  else if (s.order == LoopOrder::Channels)
    output.fuse(group, at.n, task).parallel(task);
  if (algorithm.reduction.defined()) {
    algorithm.reduction.bound_extent(at.x, int(s.pixelsX));
    scheduleReduction(algorithm, spec, at.v, overChannels ? at.c : at.x, xo);
  }
  if (algorithm.first.defined())
    algorithm.first.compute_at(output, at.v);
}

/// Lanes are pixels of a row; each channel by itself.
void schedulePlanar(Algorithm &algorithm, const KernelSpec &spec, const Schedule &s) {
  const Coordinates &at = algorithm.at;
  Func &output = algorithm.output;
  Var xo("xo"), xi("xi"), rows("rows"), task("task");
  int lanes = spec.output.width >= rowVector ? rowVector : 1;
  output.split(at.x, xo, xi, lanes, blockTail(spec.output.width, lanes))
      .split(at.y, rows, at.y, int(s.rowBlock), blockTail(spec.output.height, s.rowBlock))
      .reorder({xi, xo, at.y, rows, at.c, at.n})
      .vectorize(xi);
  if (spec.output.channels < channelBlock)
    output.unroll(at.c); // constants a channel fold
  if (s.order == LoopOrder::Rows)
    output.reorder({xi, xo, at.y, at.c, rows, at.n}).fuse(rows, at.n, task).parallel(task);
  else if (s.order == LoopOrder::Channels)
    output.fuse(at.c, at.n, task).parallel(task);
  if (algorithm.reduction.defined())
    algorithm.reduction.compute_at(output, xi).store_in(MemoryType::Register);
  for (Func &helper : algorithm.helpers) // of one window
    helper.compute_at(algorithm.reduction, algorithm.window.x).store_in(MemoryType::Register);
  if (algorithm.first.defined())
    algorithm.first.compute_at(output, xi);
}
} // namespace

/// The windows of a tile of pixels find their maxima once: a few KB on the stack. Where that would be too many, each
/// pixel does it again.
void resnetc::kernels::scheduleMaxPoolGradient(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule) {
  const Coordinates &at = algorithm.at;
  if (!at.blocked)
    return schedulePlanar(algorithm, spec, schedule);
  Func &output = algorithm.output;
  Var xo("xo"), yo("yo"), task("task");
  constexpr int64_t tilePixels = 16;
  int64_t columns = std::max(spec.strideWidth, tilePixels / spec.strideWidth * spec.strideWidth);
  output.split(at.x, xo, at.x, int(columns), blockTail(spec.output.width, columns))
      .split(at.y, yo, at.y, int(spec.strideHeight), blockTail(spec.output.height, spec.strideHeight))
      .reorder({at.v, at.x, at.y, xo, yo, at.c, at.n})
      .vectorize(at.v)
      .fuse(at.c, at.n, task);
  if (schedule.order != LoopOrder::Serial)
    output.parallel(task);
  Func first = algorithm.helpers[0];
  std::vector<RVar> window = first.rvars();
  bool unrolls = spec.windowHeight * spec.windowWidth <= maxUnrolledWindow;
  int64_t windowsX = columns / spec.strideWidth + algorithm.window.x.extent().as<Internal::IntImm>()->value;
  int64_t windowsY = 1 + algorithm.window.y.extent().as<Internal::IntImm>()->value;
  constexpr int64_t maxWindows = 128;
  if (windowsX * windowsY <= maxWindows)
    first.compute_at(output, xo).store_in(MemoryType::Stack).vectorize(at.v);
  else
    first.compute_at(algorithm.reduction, algorithm.window.x).store_in(MemoryType::Register).vectorize(at.v);
  first.update().reorder({at.v, window[0], window[1]}).vectorize(at.v);
  if (unrolls)
    first.update().unroll(window[0]).unroll(window[1]);
  scheduleReduction(algorithm, spec, at.v, at.x, at.x);
}

void resnetc::kernels::scheduleMap(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule) {
  if (algorithm.at.blocked)
    scheduleBlocked(algorithm, spec, schedule);
  else
    schedulePlanar(algorithm, spec, schedule);
}

void resnetc::kernels::schedulePerImage(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule) {
  const Coordinates &at = algorithm.at;
  for (Func &helper : algorithm.helpers)
    helper.compute_at(algorithm.output, at.n);
  if (at.blocked)
    algorithm.output.vectorize(at.v);
  if (schedule.order != LoopOrder::Serial)
    algorithm.output.parallel(at.n);
}

/// The divisors first; then each result's own values of an image.
void resnetc::kernels::scheduleLoss(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule) {
  const Coordinates &at = algorithm.at;
  constexpr size_t gradientHelpers = 3;
  size_t count = algorithm.helpers.size();
  for (size_t i = 0; i < count; ++i) {
    Func helper = algorithm.helpers[i];
    if (helper.dimensions() == 0) { // of the whole batch
      helper.compute_root().store_in(MemoryType::Stack);
      continue;
    }
    bool forLosses = i < count - gradientHelpers;
    const bool isOfChannels = helper.dimensions() > 1; // by blocks: of all classes they may not fit the stack
    helper.compute_at(forLosses ? algorithm.output : algorithm.alongside, isOfChannels ? at.c : at.n);
    if (isOfChannels)
      helper.vectorize(at.v).store_in(MemoryType::Stack);
  }
  for (Func output : {algorithm.output, algorithm.alongside}) {
    output.vectorize(at.v);
    if (schedule.order != LoopOrder::Serial)
      output.parallel(at.n);
  }
}

void resnetc::kernels::schedulePerPixel(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule) {
  const Coordinates &at = algorithm.at;
  Func &output = algorithm.output;
  Var rows("rows"), task("task");
  output.split(at.y, rows, at.y, int(schedule.rowBlock), blockTail(spec.output.height, schedule.rowBlock))
      .reorder({at.v, at.c, at.x, at.y, rows, at.n})
      .vectorize(at.v);
  if (schedule.order != LoopOrder::Serial)
    output.fuse(rows, at.n, task).parallel(task);
  for (Func &helper : algorithm.helpers) {
    helper.compute_at(output, at.x).store_in(MemoryType::Register);
    if (helper.dimensions() == 4) // a value a lane
      helper.vectorize(at.v).update().vectorize(at.v);
    else
      helper.update().unroll(helper.rvars()[0]);
  }
  if (algorithm.first.defined())
    algorithm.first.compute_at(output, at.v);
}
