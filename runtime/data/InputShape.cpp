//===- InputShape.cpp - what files are compared with -----------------------===//

#include "runtime/data/InputShape.h"
#include "llvm/ADT/STLExtras.h"
#include <cstring>

using namespace llvm;

namespace resnetc::data {

std::string shapeText(ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t extent : shape)
    text += (text.empty() ? "" : "x") + std::to_string(extent);
  return text;
}

static StringRef elementText(uint32_t element) { return element == RESNETC_U8 ? "u8" : "f32"; }

InputShape::InputShape(const resnetc_tensor_shape &input)
    : element(input.element), shape(input.extents, input.extents + input.rank), elements(1) {
  for (int64_t extent : shape)
    elements *= extent;
  bytes = elements * (element == RESNETC_U8 ? 1 : sizeof(float));
}

std::string InputShape::text() const { return elementText(element).str() + "[" + shapeText(shape) + "]"; }

/// Without extents of 1, which change no element's place.
static SmallVector<int64_t> withoutOnes(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> result(shape);
  llvm::erase(result, 1);
  return result;
}

Error checkImageShape(StringRef file, uint32_t element, ArrayRef<int64_t> shape, const InputShape &input) {
  uint64_t elements = 1;
  for (int64_t extent : shape)
    elements *= extent;
  const bool sameShape =
      withoutOnes(shape) == withoutOnes(input.shape) || (input.shape.size() == 1 && elements == input.elements);
  const bool sameElement = element == input.element || element == RESNETC_U8;
  if (sameShape && sameElement)
    return Error::success();
  std::string wanted = elementText(element).str() + "[";
  for (size_t i = 0; i < shape.size(); ++i)
    wanted += (i ? ", " : "") + std::to_string(shape[i]);
  return fileError(file, "its images are " + elementText(element) + "[" + shapeText(shape) +
                             "], the network's input is " + input.text() + "; write '" + wanted +
                             "]' for the input in the network's file, or give data of the input's size");
}

void writeElements(const uint8_t *bytes, const InputShape &input, uint8_t *image) {
  if (input.element == RESNETC_U8) {
    std::memcpy(image, bytes, input.elements);
    return;
  }
  for (uint64_t i = 0; i < input.elements; ++i) {
    const float value = bytes[i] / 255.0f;
    std::memcpy(image + i * sizeof value, &value, sizeof value);
  }
}

Error checkPictureInput(StringRef file, const InputShape &input) {
  if (input.shape.size() == 3 && (input.shape[0] == 1 || input.shape[0] == 3))
    return Error::success();
  return fileError(file, "a picture has 1 or 3 channels, the network's input is " + input.text());
}

Error writePicture(StringRef file, const Picture &picture, const InputShape &input, uint8_t *image) {
  if (Error error = checkPictureInput(file, input))
    return error;
  const int64_t channels = input.shape[0], height = input.shape[1], width = input.shape[2];
  const Picture fitted = fitPicture(picture, height, width);
  std::vector<uint8_t> planes(channels * height * width);
  for (int64_t i = 0; i < height * width; ++i)
    for (int64_t c = 0; c < channels; ++c)
      planes[c * height * width + i] = channels == 1 ? luma(&fitted.pixels[i * 3]) : fitted.pixels[i * 3 + c];
  writeElements(planes.data(), input, image);
  return Error::success();
}

} // namespace resnetc::data
