//===- RnShapes.cpp -------------------------------------------------------===//

#include "compiler/ir/rn/RnShapes.h"
#include "llvm/Support/MathExtras.h"

namespace resnetc::rn {

std::optional<int64_t> windowCount(int64_t extent, int64_t window, int64_t stride, int64_t pad, int64_t dilation) {
  int64_t room = extent + 2 * pad - dilation * (window - 1) - 1;
  if (room < 0)
    return std::nullopt;
  return room / stride + 1;
}

std::optional<llvm::SmallVector<int64_t, 3>> windowedShape(llvm::ArrayRef<int64_t> image, int64_t channels, Pair window,
                                                           Pair strides, Pair pads, Pair dilations) {
  llvm::SmallVector<int64_t, 3> shape = {channels};
  for (int axis : {0, 1}) {
    auto count = windowCount(image[axis + 1], window[axis], strides[axis], pads[axis], dilations[axis]);
    if (!count)
      return std::nullopt;
    shape.push_back(*count);
  }
  return shape;
}

llvm::SmallVector<int64_t, 3> subsampledShape(llvm::ArrayRef<int64_t> image, int64_t channels, Pair strides) {
  return {channels, llvm::divideCeilSigned(image[1], strides[0]), llvm::divideCeilSigned(image[2], strides[1])};
}

} // namespace resnetc::rn
