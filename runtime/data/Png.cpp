//===- Png.cpp - decodes PNG by libpng -------------------------------------===//

#include "runtime/data/Picture.h"
#include <png.h>

using namespace llvm;

namespace resnetc::data {

bool isPng(StringRef bytes) { return bytes.starts_with("\x89PNG\r\n\x1a\n"); }

Expected<Picture> decodePng(MemoryBufferRef buffer) {
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  auto fail = [&](const Twine &words) {
    Error error = createStringError(inconvertibleErrorCode(), buffer.getBufferIdentifier() + ": " + words);
    png_image_free(&image);
    return error;
  };
  if (!png_image_begin_read_from_memory(&image, buffer.getBufferStart(), buffer.getBufferSize()))
    return fail("not a sound PNG file: " + Twine(image.message));
  const int64_t pixels = int64_t(image.width) * image.height;
  if (pixels > maximumPixels)
    return fail("the picture of " + Twine(image.width) + " x " + Twine(image.height) + " pixels is too large");
  image.format = PNG_FORMAT_RGB;
  Picture picture;
  picture.height = image.height;
  picture.width = image.width;
  picture.pixels.resize(pixels * 3);
  const png_color white = {255, 255, 255};
  if (!png_image_finish_read(&image, &white, picture.pixels.data(), /*row_stride=*/0, /*colormap=*/nullptr))
    return fail("damaged or truncated: " + Twine(image.message));
  return picture;
}

} // namespace resnetc::data
