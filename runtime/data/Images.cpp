//===- Images.cpp - a file as a network's input ----------------------------===//

#include "runtime/data/Images.h"
#include "runtime/data/Npy.h"
#include "runtime/data/Picture.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstring>

using namespace llvm;

namespace resnetc::data {

namespace {

Error fail(StringRef file, const Twine &words) {
  return createStringError(inconvertibleErrorCode(), file + ": " + words);
}

std::string shapeText(ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t extent : shape)
    text += (text.empty() ? "" : "x") + std::to_string(extent);
  return text;
}

StringRef elementText(uint32_t element) { return element == RESNETC_U8 ? "u8" : "f32"; }

/// The input of one image.
struct Input {
  uint32_t element;
  std::vector<int64_t> shape;
  uint64_t bytes; ///< of one image

  explicit Input(const resnetc_tensor_shape &input)
      : element(input.element), shape(input.extents, input.extents + input.rank),
        bytes(input.element == RESNETC_U8 ? 1 : sizeof(float)) {
    for (int64_t extent : shape)
      bytes *= extent;
  }
  std::string text() const { return elementText(element).str() + "[" + shapeText(shape) + "]"; }
};

Expected<Images> fromNpy(MemoryBufferRef buffer, const Input &input) {
  Expected<NpyArray> array = parseNpy(buffer);
  if (!array)
    return array.takeError();
  const StringRef file = buffer.getBufferIdentifier();
  ArrayRef<int64_t> shape = array->shape;
  int64_t count = 1;
  if (shape.size() == input.shape.size() + 1) {
    count = shape.front();
    shape = shape.drop_front();
  }
  if (shape != ArrayRef(input.shape) || array->element != input.element)
    return fail(file, "it holds " + elementText(array->element) + "[" + shapeText(array->shape) +
                          "], the network's input is " + input.text());
  if (count == 0)
    return fail(file, "it holds no image");
  return Images{size_t(count), std::move(array->bytes)};
}

Expected<Images> fromPicture(StringRef file, const Picture &picture, const Input &input) {
  if (input.shape.size() != 3 || (input.shape[0] != 1 && input.shape[0] != 3))
    return fail(file, "a picture has 1 or 3 channels, the network's input is " + input.text());
  const int64_t channels = input.shape[0], height = input.shape[1], width = input.shape[2];
  const Picture fitted = fitPicture(picture, height, width);
  std::vector<uint8_t> planes(channels * height * width);
  for (int64_t i = 0; i < height * width; ++i)
    for (int64_t c = 0; c < channels; ++c)
      planes[c * height * width + i] = channels == 1 ? luma(&fitted.pixels[i * 3]) : fitted.pixels[i * 3 + c];
  Images images{1, {}};
  if (input.element == RESNETC_U8) {
    images.bytes = std::move(planes);
    return images;
  }
  images.bytes.resize(planes.size() * sizeof(float));
  for (size_t i = 0; i < planes.size(); ++i) {
    const float value = planes[i] / 255.0f;
    std::memcpy(&images.bytes[i * sizeof value], &value, sizeof value);
  }
  return images;
}

Expected<Images> fromRaw(MemoryBufferRef buffer, const Input &input) {
  const StringRef bytes = buffer.getBuffer();
  if (bytes.empty() || bytes.size() % input.bytes)
    return fail(buffer.getBufferIdentifier(), "neither .npy, PNG nor JPEG, and its " + Twine(bytes.size()) +
                                                  " bytes are no multiple of the " + Twine(input.bytes) +
                                                  " of an input " + input.text());
  return Images{bytes.size() / input.bytes, {bytes.bytes_begin(), bytes.bytes_end()}};
}

} // namespace

Expected<Images> readImages(StringRef path, const resnetc_tensor_shape &shape) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file)
    return fail(path, file.getError().message());
  const MemoryBufferRef buffer = **file;
  const Input input(shape);
  if (isNpy(buffer.getBuffer()))
    return fromNpy(buffer, input);
  if (!isPng(buffer.getBuffer()) && !isJpeg(buffer.getBuffer()))
    return fromRaw(buffer, input);
  Expected<Picture> picture = isPng(buffer.getBuffer()) ? decodePng(buffer) : decodeJpeg(buffer);
  if (!picture)
    return picture.takeError();
  return fromPicture(path, *picture, input);
}

} // namespace resnetc::data
