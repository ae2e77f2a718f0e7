//===- RnVerify.cpp -------------------------------------------------------===//

#include "compiler/ir/rn/RnVerify.h"
#include "compiler/ir/rn/RnShapes.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace mlir;

namespace resnetc::rn {

std::string text(ArrayRef<int64_t> shape) {
  std::string result;
  llvm::raw_string_ostream os(result);
  llvm::interleave(shape, os, "x");
  return result;
}

LogicalResult verifyShape(Operation *op, Type result, ArrayRef<int64_t> expected) {
  if (imageShape(result) == expected)
    return success();
  return op->emitOpError() << "makes " << text(expected) << ", but the result type says " << text(imageShape(result));
}

LogicalResult verifyPerChannel(Operation *op, StringRef name, Value parameter, int64_t channels) {
  if (!parameter)
    return success();
  int64_t elements = cast<RankedTensorType>(parameter.getType()).getDimSize(0);
  if (elements == channels)
    return success();
  auto error = op->emitOpError() << name << " has " << elements << " elements for " << channels << " channels";
  if (Operation *made = parameter.getDefiningOp(); made && made != op)
    error.attachNote(made->getLoc()) << name << " is made here";
  return error;
}

LogicalResult verifySameOrder(Operation *op, Type a, Type b) {
  if (hasLayout(a) != hasLayout(b))
    return op->emitOpError("one of input and result has a layout and the other has none");
  if (getLayout(a).getOrder() != getLayout(b).getOrder())
    return op->emitOpError() << "changes the layout from " << stringifyOrder(getLayout(a).getOrder()) << " to "
                             << stringifyOrder(getLayout(b).getOrder()) << ", which only rn.to_layout may do";
  return success();
}

LogicalResult verifySameShape(Operation *op, Type input, Type result) {
  if (failed(verifySameOrder(op, input, result)))
    return failure();
  return verifyShape(op, result, imageShape(input));
}

LogicalResult verifyPair(Operation *op, StringRef name, ArrayRef<int64_t> pair, int64_t low) {
  if (pair.size() != 2)
    return op->emitOpError() << name << " needs 2 numbers (height, width), has " << pair.size();
  for (int64_t value : pair)
    if (value < low || value > maxExtent)
      return op->emitOpError() << name << " must be within " << low << ".." << maxExtent << ", is " << value;
  return success();
}

LogicalResult verifyPads(Operation *op, ArrayRef<int64_t> pads) {
  if (pads.size() != 4)
    return verifyPair(op, "pads", pads, 0);
  for (ArrayRef<int64_t> pair : {pads.take_front(2), pads.drop_front(2)})
    if (failed(verifyPair(op, "pads", pair, 0)))
      return failure();
  return success();
}

LogicalResult verifyEps(Operation *op, llvm::APFloat eps) {
  double value = eps.convertToDouble();
  if (!std::isfinite(value) || value < 0)
    return op->emitOpError("eps must be finite and not negative");
  return success();
}

FailureOr<SmallVector<int64_t, 3>> convolvedShape(Operation *op, Type input, Value filter, ArrayRef<int64_t> strides,
                                                  ArrayRef<int64_t> pads, ArrayRef<int64_t> dilations, int64_t groups) {
  if (failed(verifyPair(op, "strides", strides, 1)) || failed(verifyPads(op, pads)) ||
      failed(verifyPair(op, "dilations", dilations, 1)))
    return failure();
  auto shape = cast<RankedTensorType>(filter.getType()).getShape();
  int64_t inputChannels = channels(input);
  if (groups < 1 || inputChannels % groups || shape[0] % groups)
    return op->emitOpError() << "cannot part " << inputChannels << " input and " << shape[0] << " output channels into "
                             << groups << " groups";
  if (shape[1] != inputChannels / groups) {
    auto error = op->emitOpError() << "filter takes " << shape[1] << " channels, the input has "
                                   << inputChannels / groups << (groups > 1 ? " in each group" : "");
    if (Operation *made = filter.getDefiningOp(); made && made != op)
      error.attachNote(made->getLoc()) << "the filter is made here";
    return error;
  }
  auto window = filterWindow(filter.getType());
  auto expected = windowedShape(imageShape(input), shape[0], window, strides, pads, dilations);
  if (!expected)
    return op->emitOpError() << "window " << text(window) << " with dilation " << text(dilations)
                             << " does not fit into a map of " << text(imageShape(input).drop_front()) << " with pads "
                             << text(pads);
  return *expected;
}

FailureOr<SmallVector<int64_t, 3>> pooledShape(Operation *op, Type input, ArrayRef<int64_t> kernel,
                                               ArrayRef<int64_t> strides, ArrayRef<int64_t> pads, bool ceil) {
  if (failed(verifyPair(op, "kernel", kernel, 1)) || failed(verifyPair(op, "strides", strides, 1)) ||
      failed(verifyPads(op, pads)))
    return failure();
  for (auto [index, pad] : llvm::enumerate(pads))
    if (int64_t extent = kernel[index % 2]; 2 * pad > extent)
      return op->emitOpError() << "pads must be at most half the kernel, but " << pad << " is more than half of "
                               << extent;
  auto image = imageShape(input);
  auto expected = windowedShape(image, image[0], kernel, strides, pads, {1, 1}, ceil);
  if (!expected)
    return op->emitOpError() << "window " << text(kernel) << " does not fit into a map of " << text(image.drop_front())
                             << " with pads " << text(pads);
  return *expected;
}

LogicalResult verifyDropRate(Operation *op, llvm::APFloat rate) {
  double value = rate.convertToDouble();
  if (!(value >= 0 && value < 1))
    return op->emitOpError("rate must be at least 0 and below 1");
  return success();
}

} // namespace resnetc::rn
