//===- Winograd.cpp - row by row through an image ---------------------------===//

#include "compiler/kernels/schedule/cpu/CpuSchedules.h"

using namespace Halide;
using namespace resnetc::kernels;

/// Tasks are images. Rows of transformed inputs slide down a folded buffer of four on the stack; a tile of products is
/// summed in registers, one of the four kinds after the other.
void resnetc::kernels::scheduleWinograd(Algorithm &algorithm, const KernelSpec &spec, const Schedule &s) {
  const Coordinates &at = algorithm.at;
  Func &output = algorithm.output, products = algorithm.reduction, rows = algorithm.helpers[0];
  Var b("b"), xo("xo"), xi("xi"), yo("yo"), yi("yi"), ct("ct");
  int rowsAtOnce = s.pixelsY;
  output.split(at.x, xo, xi, int(s.pixelsX), TailStrategy::RoundUp)
      .split(at.y, yo, yi, rowsAtOnce, TailStrategy::RoundUp)
      .split(at.c, ct, b, int(s.blocks), TailStrategy::RoundUp)
      .reorder({at.v, b, xi, yi, xo, ct, yo, at.n})
      .vectorize(at.v)
      .unroll(b)
      .unroll(xi)
      .unroll(yi);
  if (s.order != LoopOrder::Serial)
    output.parallel(at.n);

  std::vector<Var> p = products.args(); // v, m, t, y, c, n
  RVar cio("cio"), cii("cii");
  products.compute_at(output, xo).store_in(MemoryType::Register).reorder({p[0], p[4], p[2], p[3], p[1]});
  products.vectorize(p[0]).unroll(p[4]).unroll(p[2]).unroll(p[3]).unroll(p[1]);
  products.update()
      .split(algorithm.window.x, cio, cii, int(s.unroll))
      .reorder({p[0], p[4], p[2], p[3], cii, cio, algorithm.window.y, algorithm.window.z, p[1]})
      .vectorize(p[0])
      .unroll(p[4])
      .unroll(p[2])
      .unroll(p[3])
      .unroll(cii)
      .unroll(p[1]);

  std::vector<Var> r = rows.args(); // ci, m, t, cb, y, n
  constexpr int keptRows = 4;
  rows.store_at(output, at.n)
      .compute_at(output, yo)
      .store_in(MemoryType::Stack)
      .fold_storage(r[4], keptRows)
      .vectorize(r[0])
      .reorder({r[0], r[1], r[2], r[3], r[4]})
      .unroll(r[1]);
  if (algorithm.first.defined())
    algorithm.first.compute_at(output, at.v);
}
