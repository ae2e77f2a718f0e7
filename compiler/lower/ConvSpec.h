//===- ConvSpec.h - a convolution's kernel, from types and geometry -------===//

#ifndef RESNETC_COMPILER_LOWER_CONVSPEC_H
#define RESNETC_COMPILER_LOWER_CONVSPEC_H

#include "compiler/ir/rn/Rn.h"
#include "compiler/kernels/KernelSpec.h"

namespace resnetc::lower {

/// How an activation lies in memory, as kernels see it. Without encoding: planar, no border.
kernels::TensorSpec tensorSpec(mlir::Type activation);

/// Both enums list the functions of the language in one order.
kernels::Activation kernelActivation(rn::ActivationAttr activation);

/// The forward convolution of these types, without epilogue. `op` has strides, pads, dilations and groups: rn.conv2d,
/// or one of its gradients.
template <typename Op>
kernels::KernelSpec conv2dSpec(Op op, int64_t batch, mlir::Type input, mlir::Type filter, mlir::Type output);
/// A linear layer: 1x1 on a map of one pixel.
kernels::KernelSpec linearSpec(int64_t batch, mlir::Type input, mlir::Type output);

namespace detail {
kernels::KernelSpec conv2dSpec(int64_t batch, mlir::Type input, mlir::Type filter, mlir::Type output,
                               llvm::ArrayRef<int64_t> strides, llvm::ArrayRef<int64_t> pads,
                               llvm::ArrayRef<int64_t> dilations, int64_t groups);
} // namespace detail

template <typename Op>
kernels::KernelSpec conv2dSpec(Op op, int64_t batch, mlir::Type input, mlir::Type filter, mlir::Type output) {
  return detail::conv2dSpec(batch, input, filter, output, op.getStrides(), op.getPads(), op.getDilations(),
                            op.getGroups());
}

} // namespace resnetc::lower

#endif // RESNETC_COMPILER_LOWER_CONVSPEC_H
