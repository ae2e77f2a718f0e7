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

/// In the order of arguments. Whatever is no image tensor is a number of bytes: a weight of inference, or in training
/// also a buffer of dense floats.
enum class OperandRole {
  Input,
  Other,
  Filter,
  Bias,
  Residual,
  Scale,
  Shift,
  Partials,     ///< sums of the images, or of chunks of them
  Statistics,   ///< vec(4): mean, biased variance, scale, shift
  Coefficients, ///< vec(5): dgamma, dbeta, a, b, c
  Saved,        ///< an op's output, for its gradient
  Labels,       ///< int32 [batch]
  SecondLabels, ///< int32 [batch]: of a mixup's other images
  Gamma,
  Beta,
  Parameters,
  Gradients,
  Momentum, ///< the first moment of AdamW
  SecondMoment,
  Hyper,    ///< float [8], see KernelSpec.h
  Counters, ///< int32 [8], see KernelSpec.h
  RunningMean,
  RunningVariance,
  Output,
  Second,
  Third
};

llvm::StringRef toString(OperandRole role);

/// One buffer argument: an activation (`tensor`, for `batch` images) or a weight of `bytes` bytes.
struct KernelOperand {
  OperandRole role;
  std::optional<TensorSpec> tensor;
  int64_t bytes = 0; ///< of a weight; of an activation with all images
  /// Of what is read: this output may be the same memory, element on element.
  std::optional<OperandRole> overlap = std::nullopt;
  bool mayOverlapSecond = false; ///< so may the second output instead

  bool isWeight() const { return !tensor; }
  bool isWritten() const { return role >= OperandRole::Output; }
  bool mayOverlap() const { return overlap.has_value(); }
  bool mayOverlap(const KernelOperand &output) const {
    return overlap && (output.role == *overlap || (mayOverlapSecond && output.role == OperandRole::Second));
  }
};

/// The arguments of a kernel in the order in which it is called.
llvm::SmallVector<KernelOperand, 8> operandsOf(const KernelSpec &spec);

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_KERNELOPERANDS_H
