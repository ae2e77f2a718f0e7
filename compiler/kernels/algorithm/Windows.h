//===- Windows.h - how much of a window counts ------------------------------===//

#ifndef RESNETC_COMPILER_KERNELS_ALGORITHM_WINDOWS_H
#define RESNETC_COMPILER_KERNELS_ALGORITHM_WINDOWS_H

#include "Halide.h"

namespace resnetc::kernels {

/// How many positions of the windows along one axis lie on the map.
inline Halide::Expr countInside(const Halide::Expr &index, int64_t window, int64_t stride, int64_t pad,
                                int64_t extent) {
  Halide::Expr first = index * int(stride) - int(pad);
  return min(first + int(window), int(extent)) - max(first, 0);
}

/// How many of them count where padding does: all, or those that do not stand out over the padding behind the map.
inline Halide::Expr countPadded(const Halide::Expr &index, int64_t window, int64_t stride, int64_t pad, int64_t extent,
                                int64_t padEnd) {
  if (padEnd < 0)
    return int(window);
  return min(int(window), int(extent + padEnd + pad) - index * int(stride));
}

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_ALGORITHM_WINDOWS_H
