//===- GradientBorder.h - zeros that a gradient reads around dy -----------===//

#ifndef RESNETC_COMPILER_KERNELS_GRADIENTBORDER_H
#define RESNETC_COMPILER_KERNELS_GRADIENTBORDER_H

#include <cstdint>

namespace resnetc::kernels {

/// The border that a convolution's dy must have along one axis for Conv2dInputGradient; `in` and `out` are the forward
/// map's extents.
int64_t gradientBorder(int64_t in, int64_t out, int64_t window, int64_t stride, int64_t pad, int64_t dilation);

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_GRADIENTBORDER_H
