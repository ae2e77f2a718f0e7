//===- Images.cpp - a file as a network's input ----------------------------===//

#include "runtime/data/Images.h"
#include "runtime/data/InputShape.h"
#include "runtime/data/Npy.h"
#include "runtime/data/Picture.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace resnetc::data {

namespace {

NpyElement elementOf(const InputShape &input) { return input.element == RESNETC_U8 ? NpyElement::U8 : NpyElement::F32; }

Expected<Images> fromNpy(MemoryBufferRef buffer, const InputShape &input) {
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
  if (shape != ArrayRef(input.shape) || array->element != elementOf(input))
    return fileError(file, "it holds " + elementText(array->element) + "[" + shapeText(array->shape) +
                               "], the network's input is " + input.text());
  if (count == 0)
    return fileError(file, "it holds no image");
  return Images{size_t(count), std::move(array->bytes)};
}

Expected<Images> fromRaw(MemoryBufferRef buffer, const InputShape &input) {
  const StringRef bytes = buffer.getBuffer();
  if (bytes.empty() || bytes.size() % input.bytes)
    return fileError(buffer.getBufferIdentifier(), "neither .npy, PNG nor JPEG, and its " + Twine(bytes.size()) +
                                                       " bytes are no multiple of the " + Twine(input.bytes) +
                                                       " of an input " + input.text());
  return Images{bytes.size() / input.bytes, {bytes.bytes_begin(), bytes.bytes_end()}};
}

} // namespace

Expected<Images> readImages(StringRef path, const resnetc_tensor_shape &shape) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file)
    return fileError(path, file.getError().message());
  const MemoryBufferRef buffer = **file;
  const InputShape input(shape);
  if (isNpy(buffer.getBuffer()))
    return fromNpy(buffer, input);
  if (!isPng(buffer.getBuffer()) && !isJpeg(buffer.getBuffer()))
    return fromRaw(buffer, input);
  Expected<Picture> picture = isPng(buffer.getBuffer()) ? decodePng(buffer) : decodeJpeg(buffer);
  if (!picture)
    return picture.takeError();
  Images images{1, std::vector<uint8_t>(input.bytes)};
  if (Error error = writePicture(path, *picture, input, images.bytes.data()))
    return error;
  return images;
}

} // namespace resnetc::data
