//===- RnShapes.cpp -------------------------------------------------------===//

#include "compiler/ir/rn/RnShapes.h"
#include "llvm/Support/MathExtras.h"

namespace resnetc::rn {

std::array<int64_t, 4> padsOfSides(llvm::ArrayRef<int64_t> pads) {
  return pads.size() == 4 ? std::array<int64_t, 4>{pads[0], pads[1], pads[2], pads[3]}
                          : std::array<int64_t, 4>{pads[0], pads[1], pads[0], pads[1]};
}

std::optional<int64_t> windowCount(int64_t extent, int64_t window, int64_t stride, int64_t before, int64_t after,
                                   int64_t dilation, bool ceil) {
  int64_t room = extent + before + after - dilation * (window - 1) - 1 + (ceil ? stride - 1 : 0);
  if (room < 0)
    return std::nullopt;
  int64_t count = room / stride + 1;
  return ceil && (count - 1) * stride >= extent + before ? count - 1 : count;
}

std::optional<llvm::SmallVector<int64_t, 3>> windowedShape(llvm::ArrayRef<int64_t> image, int64_t channels, Pair window,
                                                           Pair strides, llvm::ArrayRef<int64_t> pads, Pair dilations,
                                                           bool ceil) {
  auto sides = padsOfSides(pads);
  llvm::SmallVector<int64_t, 3> shape = {channels};
  for (int axis : {0, 1}) {
    auto count =
        windowCount(image[axis + 1], window[axis], strides[axis], sides[axis], sides[axis + 2], dilations[axis], ceil);
    if (!count || *count == 0)
      return std::nullopt;
    shape.push_back(*count);
  }
  return shape;
}

llvm::SmallVector<int64_t, 3> subsampledShape(llvm::ArrayRef<int64_t> image, int64_t channels, Pair strides) {
  if (image.size() == 1)
    return {channels};
  return {channels, llvm::divideCeilSigned(image[1], strides[0]), llvm::divideCeilSigned(image[2], strides[1])};
}

} // namespace resnetc::rn
