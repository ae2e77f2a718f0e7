//===- RnShapes.h - the shapes that rn ops make ---------------------------===//

#ifndef RESNETC_COMPILER_IR_RN_RNSHAPES_H
#define RESNETC_COMPILER_IR_RN_RNSHAPES_H

#include "mlir/Support/LLVM.h"
#include <array>
#include <cstdint>
#include <optional>

namespace resnetc::rn {

/// Height, width.
using Pair = llvm::ArrayRef<int64_t>;

/// {top, left, bottom, right} of `pads`: these four, or height and width for both sides.
std::array<int64_t, 4> padsOfSides(llvm::ArrayRef<int64_t> pads);

/// How many windows fit into `extent` with padding before and after it: (extent + before + after - dilation (window -
/// 1)
/// - 1) / stride + 1, with `ceil` one more that stands out over the end if it begins before the padding there. None if
/// not even one fits. Arguments are within maxExtent and positive (paddings: not negative).
std::optional<int64_t> windowCount(int64_t extent, int64_t window, int64_t stride, int64_t before, int64_t after,
                                   int64_t dilation, bool ceil);

/// {channels, height, width} of a windowed op over a map of the extents `image`; none if a window does not fit.
std::optional<llvm::SmallVector<int64_t, 3>> windowedShape(llvm::ArrayRef<int64_t> image, int64_t channels, Pair window,
                                                           Pair strides, llvm::ArrayRef<int64_t> pads, Pair dilations,
                                                           bool ceil = false);

/// Option A: every stride-th pixel of a map, rounded up. A vector stays one.
llvm::SmallVector<int64_t, 3> subsampledShape(llvm::ArrayRef<int64_t> image, int64_t channels, Pair strides);

} // namespace resnetc::rn

#endif // RESNETC_COMPILER_IR_RN_RNSHAPES_H
