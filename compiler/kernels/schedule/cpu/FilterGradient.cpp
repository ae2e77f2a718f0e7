//===- FilterGradient.cpp - register tiles for gradients of filters --------===//

#include "compiler/kernels/schedule/cpu/CpuSchedules.h"
#include "compiler/kernels/schedule/cpu/Tiles.h"

using namespace Halide;
using namespace resnetc::kernels;

namespace {
/// Names of the packed filter's dimensions, innermost first, and of their parts.
struct FilterLoops {
  Var v, t, ci, kx, ky, cb, ct, p;
  Var cio{"cio"}, cii{"cii"}, cti{"cti"}, group{"group"}, task{"task"};
  explicit FilterLoops(const Func &output) {
    std::vector<Var> all = output.args();
    v = all[0], t = all[1], ci = all[2], kx = all[3], ky = all[4], cb = all[5], ct = all[6], p = all[7];
  }
};

/// Sums of a chunk of pixels: all of a tile's accumulators live in registers.
void scheduleChunk(Algorithm &algorithm, const KernelSpec &spec, const Schedule &s, const FilterLoops &l) {
  Func chunk = algorithm.reduction;
  const RDom &pixels = algorithm.window;
  chunk.compute_at(algorithm.output, l.cio).store_in(MemoryType::Register).bound_extent(l.ci, int(s.unroll));
  if (s.unrollWindow)
    chunk.bound_extent(l.kx, int(spec.windowWidth));
  auto unrollTile = [&](Stage stage) {
    stage.vectorize(l.v).unroll(l.t).unroll(l.ci);
    if (s.unrollWindow)
      stage.unroll(l.kx);
  };
  chunk.reorder({l.v, l.t, l.ci, l.kx, l.ky, l.cb, l.ct});
  unrollTile(chunk);
  chunk.update().reorder({l.v, l.t, l.ci, l.kx, pixels.x, pixels.y, pixels.z});
  unrollTile(chunk.update());
}

/// Rows: chunk by chunk over all of a small filter. Channels: over all chunks for each part of a large one.
void scheduleTasks(Stage stage, const KernelSpec &spec, const Schedule &s, const FilterLoops &l,
                   const std::vector<RVar> &chunks) {
  int64_t tiles = spec.forwardConv().output.channelBlocks() / spec.filterTile;
  std::vector<VarOrRVar> order{l.v, l.t, l.cii};
  auto append = [&](const std::vector<VarOrRVar> &loops) { order.insert(order.end(), loops.begin(), loops.end()); };
  append(s.unrollWindow ? std::vector<VarOrRVar>{l.kx, l.cio} : std::vector<VarOrRVar>{l.cio, l.kx});
  append({l.ky});
  bool byChannels = s.order == LoopOrder::Channels;
  if (byChannels)
    append({chunks.begin(), chunks.end()});
  append({byChannels ? l.cti : l.cb, byChannels ? l.cb : l.cti});
  if (!byChannels)
    append({chunks.begin(), chunks.end()});
  append({l.group, l.p});
  stage.split(l.ci, l.cio, l.cii, int(s.unroll), TailStrategy::RoundUp)
      .split(l.ct, l.group, l.cti, int(s.channelTiles), blockTail(tiles, s.channelTiles))
      .reorder(order)
      .vectorize(l.v)
      .unroll(l.t)
      .unroll(l.cii);
  if (s.unrollWindow)
    stage.unroll(l.kx);
  if (s.order == LoopOrder::Serial)
    return;
  stage.fuse(l.group, l.p, l.task);
  constexpr int64_t enoughTasks = 16;
  if (byChannels && spec.partials * (tiles / s.channelTiles) < enoughTasks)
    stage.fuse(l.cb, l.task, l.task);
  stage.parallel(l.task);
}
} // namespace

void resnetc::kernels::scheduleFilterGradient(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule) {
  if (spec.winograd)
    return scheduleWinogradFilterGradient(algorithm, spec, schedule);
  Func &output = algorithm.output;
  FilterLoops loops(output);
  if (output.has_update_definition()) {
    output.vectorize(loops.v);
    if (schedule.order != LoopOrder::Serial)
      output.fuse(loops.ct, loops.p, loops.task).parallel(loops.task);
    scheduleTasks(output.update(), spec, schedule, loops, {output.rvars()[0], output.rvars()[1]});
  } else {
    scheduleTasks(output, spec, schedule, loops, {});
  }
  scheduleChunk(algorithm, spec, schedule, loops);
}
