//===- Direct.cpp - register tiles for convolutions ------------------------===//

#include "compiler/kernels/schedule/cpu/CpuSchedules.h"
#include "compiler/kernels/schedule/cpu/Tiles.h"
#include "llvm/Support/MathExtras.h"

using namespace Halide;
using namespace resnetc::kernels;

namespace {
/// Splits of the output's loops; inner to outer: tile, row block (`rows`), channel group (`group`).
struct Loops {
  Var b{"b"}, xi{"xi"}, yi{"yi"}, ni{"ni"};
  Var xo{"xo"}, yo{"yo"}, no{"no"}, ct{"ct"};
  Var rows{"rows"}, group{"group"}, task{"task"};
};

void splitOutput(Func &output, const Coordinates &at, const KernelSpec &spec, const Schedule &s, const Loops &l) {
  int64_t height = spec.output.height, width = spec.output.width;
  int64_t tiles = spec.output.channelBlocks() / s.blocks, tileRows = llvm::divideCeil(height, s.pixelsY);
  output.split(at.x, l.xo, l.xi, int(s.pixelsX), tileTail(spec, width, s.pixelsX))
      .split(at.y, l.yo, l.yi, int(s.pixelsY), tileTail(spec, height, s.pixelsY))
      .split(at.n, l.no, l.ni, int(s.images), TailStrategy::RoundUp)
      .split(at.c, l.ct, l.b, int(s.blocks), TailStrategy::RoundUp)
      .split(l.yo, l.rows, l.yo, int(s.rowBlock / s.pixelsY), blockTail(tileRows, s.rowBlock / s.pixelsY))
      .split(l.ct, l.group, l.ct, int(s.channelTiles), blockTail(tiles, s.channelTiles));
}

void orderOutput(Func &output, const Coordinates &at, const Schedule &s, const Loops &l) {
  if (s.order == LoopOrder::Rows) {
    output.reorder({at.v, l.b, l.xi, l.yi, l.ni, l.xo, l.yo, l.ct, l.group, l.rows, l.no});
    output.fuse(l.rows, l.no, l.task).parallel(l.task);
  } else {
    output.reorder({at.v, l.b, l.xi, l.yi, l.ni, l.xo, l.yo, l.ct, l.rows, l.no, l.group});
    if (s.order == LoopOrder::Channels)
      output.parallel(l.group);
  }
  output.vectorize(at.v).unroll(l.b).unroll(l.xi).unroll(l.yi).unroll(l.ni);
}

/// The accumulators: one tile, all of it in registers, also where the tile overhangs the map.
void scheduleAccumulators(Algorithm &algorithm, const Schedule &s, const Loops &l) {
  const Coordinates &at = algorithm.at;
  Func acc = algorithm.reduction;
  auto unrollTile = [&](Stage stage) { stage.vectorize(at.v).unroll(at.c).unroll(at.x).unroll(at.y).unroll(at.n); };
  acc.compute_at(algorithm.output, l.xo)
      .store_in(MemoryType::Register)
      .bound_extent(at.x, int(s.pixelsX))
      .bound_extent(at.y, int(s.pixelsY))
      .reorder(at.v, at.c, at.x, at.y, at.n);
  unrollTile(acc);

  RVar ci = algorithm.window[0], kx = algorithm.window[1], ky = algorithm.window[2], cb = algorithm.window[3];
  RVar cio("cio"), cii("cii");
  Stage update = acc.update();
  update.split(ci, cio, cii, int(s.unroll)).reorder({at.v, at.c, at.x, at.y, at.n, cii, cio, kx, ky, cb});
  unrollTile(update);
  update.unroll(cii);
  if (s.unrollWindow)
    update.unroll(kx);
}
} // namespace

void resnetc::kernels::scheduleDirect(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule) {
  if (spec.winograd)
    return scheduleWinograd(algorithm, spec, schedule);
  Loops loops;
  splitOutput(algorithm.output, algorithm.at, spec, schedule, loops);
  orderOutput(algorithm.output, algorithm.at, schedule, loops);
  scheduleAccumulators(algorithm, schedule, loops);
  if (algorithm.first.defined())
    algorithm.first.compute_at(algorithm.output, algorithm.at.v);
}
