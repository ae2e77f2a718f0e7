//===- RnShapes.h - the shapes that rn ops make ---------------------------===//

#ifndef RESNETC_COMPILER_IR_RN_RNSHAPES_H
#define RESNETC_COMPILER_IR_RN_RNSHAPES_H

#include "mlir/Support/LLVM.h"
#include <cstdint>
#include <optional>

namespace resnetc::rn {

/// Height, width.
using Pair = llvm::ArrayRef<int64_t>;

/// How many windows fit into `extent` with `pad` on both sides: (extent + 2 pad - dilation (window - 1) - 1) / stride
/// + 1. None if not even one does. Arguments are within maxExtent and positive (pad: not negative).
std::optional<int64_t> windowCount(int64_t extent, int64_t window, int64_t stride, int64_t pad, int64_t dilation = 1);

/// {channels, height, width} of a windowed op over a map of the extents `image`; none if a window does not fit.
std::optional<llvm::SmallVector<int64_t, 3>> windowedShape(llvm::ArrayRef<int64_t> image, int64_t channels, Pair window,
                                                           Pair strides, Pair pads, Pair dilations);

/// Option A: every stride-th pixel of a map, rounded up.
llvm::SmallVector<int64_t, 3> subsampledShape(llvm::ArrayRef<int64_t> image, int64_t channels, Pair strides);

} // namespace resnetc::rn

#endif // RESNETC_COMPILER_IR_RN_RNSHAPES_H
