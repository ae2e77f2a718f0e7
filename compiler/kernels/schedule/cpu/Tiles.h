//===- Tiles.h - how ranges are cut ----------------------------------------===//

#ifndef RESNETC_COMPILER_KERNELS_SCHEDULE_CPU_TILES_H
#define RESNETC_COMPILER_KERNELS_SCHEDULE_CPU_TILES_H

#include "Halide.h"
#include "compiler/kernels/KernelSpec.h"

namespace resnetc::kernels {

/// The tail of a range that is cut into unrolled tiles. Shifting the last tile inwards is the fastest, but computes
/// outputs twice: forbidden where the output may overwrite the residual that it reads. And a gradient's tiles begin at
/// whole strides.
inline Halide::TailStrategy tileTail(const KernelSpec &spec, int64_t extent, int64_t tile) {
  if (extent % tile == 0)
    return Halide::TailStrategy::RoundUp;
  bool isStrided = spec.op == KernelOp::Conv2dInputGradient && (spec.strideHeight > 1 || spec.strideWidth > 1);
  return spec.residual || isStrided ? Halide::TailStrategy::GuardWithIf : Halide::TailStrategy::ShiftInwards;
}

/// The tail of a range of loops that are not unrolled: exact, whatever the sizes.
inline Halide::TailStrategy blockTail(int64_t extent, int64_t block) {
  return extent % block == 0 ? Halide::TailStrategy::RoundUp : Halide::TailStrategy::GuardWithIf;
}

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_SCHEDULE_CPU_TILES_H
