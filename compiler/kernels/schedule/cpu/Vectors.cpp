//===- Vectors.cpp - sums over maps and vectors without a map --------------===//

#include "compiler/kernels/schedule/cpu/CpuSchedules.h"
#include "compiler/kernels/schedule/cpu/Tiles.h"

using namespace Halide;
using namespace resnetc::kernels;

namespace {
/// All of it in registers, inside `where`.
void scheduleSum(MapSum &sum, const LoopLevel &where) {
  Var v = sum.total.args()[0];
  sum.parts.compute_at(where).store_in(MemoryType::Register).vectorize(v).unroll(sum.j);
  sum.parts.update().reorder({v, sum.j, sum.pixels.x, sum.pixels.y}).vectorize(v).unroll(sum.j);
  sum.total.compute_at(where).store_in(MemoryType::Register).vectorize(v);
  sum.total.update().reorder({v, sum.each.x}).vectorize(v).unroll(sum.each.x);
}
} // namespace

namespace {
/// Tasks are images, or channel blocks of images where there are few of them. Returns the loop over blocks, inside of
/// which sums are computed.
Var orderByMaps(Func &func, const Coordinates &at, const std::vector<Var> &inner, LoopOrder order) {
  std::vector<VarOrRVar> loops(inner.begin(), inner.end());
  loops.insert(loops.end(), {at.c, at.n});
  func.reorder(loops);
  if (order == LoopOrder::Rows)
    func.parallel(at.n);
  if (order != LoopOrder::Channels)
    return at.c;
  Var task("task");
  func.fuse(at.c, at.n, task).parallel(task);
  return task;
}
} // namespace

void resnetc::kernels::scheduleImageSums(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule) {
  const Coordinates &at = algorithm.at;
  bool hasMap = algorithm.alongside.defined();
  Func sums = hasMap ? algorithm.alongside : algorithm.output;
  Var map = orderByMaps(sums, at, {at.v, at.x}, schedule.order);
  sums.vectorize(at.v).unroll(at.x);
  for (MapSum &sum : algorithm.sums)
    scheduleSum(sum, LoopLevel(sums, map));
  for (Func &helper : algorithm.helpers)
    helper.compute_at(sums, map).store_in(MemoryType::Register).vectorize(at.v);
  if (!hasMap)
    return;
  // The map's values may overwrite what the sums read: they come second, while that is in a cache.
  map = orderByMaps(algorithm.output, at, {at.v, at.x, at.y}, schedule.order);
  algorithm.output.vectorize(at.v).compute_with(sums, map);
}

void resnetc::kernels::schedulePerMap(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule) {
  const Coordinates &at = algorithm.at;
  Func &output = algorithm.output;
  std::vector<Var> inner = at.blocked ? std::vector<Var>{at.v, at.x, at.y} : std::vector<Var>{at.x, at.y};
  Var map = orderByMaps(output, at, inner, schedule.order);
  if (at.blocked)
    output.vectorize(at.v);
  for (MapSum &sum : algorithm.sums)
    scheduleSum(sum, LoopLevel(output, map));
  for (Func &helper : algorithm.helpers) {
    helper.compute_at(output, map).store_in(MemoryType::Register);
    if (at.blocked)
      helper.vectorize(at.v).update().reorder({at.v, helper.rvars()[0], helper.rvars()[1]}).vectorize(at.v);
  }
}

void resnetc::kernels::scheduleChannels(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule) {
  const Coordinates &at = algorithm.at;
  Func &output = algorithm.output;
  output.vectorize(at.v);
  if (!algorithm.helpers.empty()) { // a sum over the channels themselves
    for (Func &helper : algorithm.helpers) {
      helper.compute_root().store_in(MemoryType::Stack);
      if (helper.dimensions() == 1)
        helper.vectorize(at.v).update().reorder({at.v, helper.rvars()[0]}).vectorize(at.v);
    }
    return;
  }
  if (output.dimensions() == 3)
    output.reorder({at.v, at.x, at.c}).unroll(at.x);
  if (schedule.order != LoopOrder::Serial)
    output.parallel(at.c);
  if (!algorithm.reduction.defined())
    return;
  Func reduction = algorithm.reduction;
  reduction.compute_at(output, at.c).store_in(MemoryType::Register).vectorize(at.v);
  reduction.update().reorder({at.v, algorithm.window.x}).vectorize(at.v);
  for (MapSum &sum : algorithm.sums)
    scheduleSum(sum, LoopLevel(reduction, algorithm.window.x));
}

void resnetc::kernels::scheduleTranspose(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule) {
  Func &output = algorithm.output;
  std::vector<Var> all = output.args(); // v, t, ci, kx, ky, cb, ct
  Var task("task");
  output.vectorize(all[0]).unroll(all[1]).fuse(all[5], all[6], task);
  if (schedule.order != LoopOrder::Serial)
    output.parallel(task);
}

void resnetc::kernels::scheduleFlat(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule) {
  Func &output = algorithm.output;
  Var i = output.args()[0], o("o"), task("task");
  constexpr int lanes = 16;
  int64_t floats = spec.output.channels, vectors = (floats + lanes - 1) / lanes;
  output.split(i, o, i, lanes, blockTail(floats, lanes))
      .split(o, task, o, int(schedule.channelTiles), blockTail(vectors, schedule.channelTiles))
      .vectorize(i);
  if (schedule.order != LoopOrder::Serial)
    output.parallel(task);
  for (Func &helper : algorithm.helpers)
    helper.compute_at(output, i);
  if (algorithm.reduction.defined())
    algorithm.reduction.compute_at(output, i).store_in(MemoryType::Register);
}
