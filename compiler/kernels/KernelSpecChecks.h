//===- KernelSpecChecks.h - what the verification of kernels shares --------===//
//
// Internal to KernelSpec*.cpp. All sizes saturate, so that hostile extents are refused
// instead of wrapping around.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_KERNELS_KERNELSPECCHECKS_H
#define RESNETC_COMPILER_KERNELS_KERNELSPECCHECKS_H

#include "compiler/kernels/KernelSpec.h"
#include "llvm/Support/MathExtras.h"
#include <initializer_list>
#include <limits>

namespace resnetc::kernels::checks {
inline constexpr int64_t maxSize = std::numeric_limits<int64_t>::max();
/// Halide indexes with 32-bit integers: no buffer of a kernel may have more elements.
inline constexpr int64_t maxElements = std::numeric_limits<int32_t>::max();
inline constexpr int64_t maxFilterTile = 8;

/// Product of extents, saturating; nonsense (an extent below 0) counts as too much.
inline int64_t product(std::initializer_list<int64_t> factors) {
  int64_t result = 1;
  for (int64_t factor : factors) {
    if (factor < 0)
      return maxSize;
    if (llvm::MulOverflow(result, factor, result))
      return maxSize;
  }
  return result;
}

inline int64_t sum(std::initializer_list<int64_t> terms) {
  int64_t result = 0;
  for (int64_t term : terms)
    if (llvm::AddOverflow(result, term, result))
      return maxSize;
  return result;
}

inline int64_t withBorder(int64_t extent, int64_t border) { return sum({extent, border, border}); }

template <typename... Args> llvm::Error failure(const char *format, Args &&...args) {
  return llvm::createStringError(std::errc::invalid_argument, format, std::forward<Args>(args)...);
}

inline llvm::Error verifyTensor(const char *name, const TensorSpec &tensor, int64_t batch) {
  for (int64_t extent : {tensor.channels, tensor.height, tensor.width})
    if (extent < 1 || extent > maxElements)
      return failure("%s: extents must lie in [1, 2^31)", name);
  if (tensor.border < 0 || tensor.border > maxElements)
    return failure("%s: border must lie in [0, 2^31)", name);
  if (product({batch, tensor.elementsPerImage()}) > maxElements)
    return failure("%s: %s with batch %lld has 2^31 elements or more", name, tensor.str().c_str(), (long long)batch);
  return llvm::Error::success();
}

/// The tensors of a kernel may differ in nothing but their border.
inline llvm::Error verifyTwin(const char *name, const TensorSpec &twin, const TensorSpec &output, int64_t batch) {
  if (llvm::Error error = verifyTensor(name, twin, batch))
    return error;
  TensorSpec expected = output;
  expected.border = twin.border;
  if (!(expected == twin))
    return failure("%s: %s may differ from the output %s only in its border", name, twin.str().c_str(),
                   output.str().c_str());
  return llvm::Error::success();
}

/// The windows of all outputs along one axis lie inside `extent` plus `before` (and as much behind).
inline llvm::Error verifyWindow(const char *axis, int64_t in, int64_t out, int64_t window, int64_t dilation,
                                int64_t stride, int64_t pad, int64_t margin) {
  for (int64_t value : {window, stride, dilation})
    if (value < 1 || value > maxElements)
      return failure("window, stride and dilation must be at least 1 along the %s", axis);
  if (pad < 0 || pad > margin)
    return failure("pad along the %s is %lld, there are %lld zeros", axis, (long long)pad, (long long)margin);
  int64_t last = sum(
      {product({out - 1, stride}), product({window - 1, dilation}), 1, -pad}); // one past the last pixel that is read
  if (last > sum({in, margin}))
    return failure("windows reach pixel %lld along the %s of a map of %lld with %lld zeros behind it",
                   (long long)(last - 1), axis, (long long)in, (long long)margin);
  return llvm::Error::success();
}

inline bool sameMap(const TensorSpec &a, const TensorSpec &b) { return a.height == b.height && a.width == b.width; }
inline bool isVector(const TensorSpec &tensor) { return tensor.height == 1 && tensor.width == 1; }

/// Fields that came with training are set only where the op has them.
llvm::Error verifyTrainingFields(const KernelSpec &spec);
/// The ops of a training step (KernelSpecTraining.cpp): all that verify() asks of them.
llvm::Error verifyTraining(const KernelSpec &spec);
/// Where KernelSpec::winograd is set, it can be.
llvm::Error verifyWinograd(const KernelSpec &spec);
/// Shape, groups, tile and windows of a convolution.
llvm::Error verifyConv2d(const KernelSpec &spec);
/// Epilogue, residual and second output agree.
llvm::Error verifyEpilogue(const KernelSpec &spec);

} // namespace resnetc::kernels::checks

#endif // RESNETC_COMPILER_KERNELS_KERNELSPECCHECKS_H
