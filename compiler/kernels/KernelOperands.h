//===- KernelOperands.h - the buffer arguments of a kernel ----------------===//
//
// The order of arguments that KernelSpec.h promises, as data, for everyone who passes
// or checks them.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_KERNELS_KERNELOPERANDS_H
#define RESNETC_COMPILER_KERNELS_KERNELOPERANDS_H

#include "compiler/kernels/KernelSpec.h"

namespace resnetc::kernels {

enum class OperandRole { Input, Other, Filter, Bias, Residual, Scale, Shift, Output, Second };

llvm::StringRef toString(OperandRole role);

/// One buffer argument: an activation (`tensor`, for `batch` images) or a weight of `bytes` bytes.
struct KernelOperand {
  OperandRole role;
  std::optional<TensorSpec> tensor;
  int64_t bytes = 0; ///< of a weight; of an activation with all images

  bool isWeight() const { return !tensor; }
  bool isWritten() const { return role == OperandRole::Output || role == OperandRole::Second; }
};

/// The arguments of a kernel in the order in which it is called.
llvm::SmallVector<KernelOperand, 8> operandsOf(const KernelSpec &spec);

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_KERNELOPERANDS_H
