//===- Jpeg.cpp - decodes JPEG by libjpeg ----------------------------------===//
//
// libjpeg reports an error by a jump out of its functions. Nothing with a destructor lives between the setjmp and it.
//
//===----------------------------------------------------------------------===//

#include "runtime/data/Picture.h"
#include <csetjmp>
#include <cstdio>

#include <jpeglib.h>

using namespace llvm;

namespace resnetc::data {

namespace {

struct Decoder {
  jpeg_decompress_struct jpeg;
  jpeg_error_mgr errors;
  std::jmp_buf failed;
  char words[JMSG_LENGTH_MAX];
};

void fail(j_common_ptr jpeg) {
  Decoder *decoder = static_cast<Decoder *>(jpeg->client_data);
  jpeg->err->format_message(jpeg, decoder->words);
  std::longjmp(decoder->failed, 1);
}

/// Warnings mean data that is not there: libjpeg would go on with grey.
void failOnWarning(j_common_ptr jpeg, int level) {
  if (level < 0)
    fail(jpeg);
}

/// False with `decoder.words` set. `picture` belongs to the caller, so that a jump leaks nothing.
bool decode(Decoder &decoder, StringRef bytes, Picture &picture) {
  jpeg_decompress_struct &jpeg = decoder.jpeg;
  if (setjmp(decoder.failed))
    return false;
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  picture.height = jpeg.image_height;
  picture.width = jpeg.image_width;
  if (picture.height * picture.width > maximumPixels) {
    std::snprintf(decoder.words, sizeof decoder.words, "the picture of %u x %u pixels is too large", jpeg.image_width,
                  jpeg.image_height);
    return false;
  }
  jpeg.out_color_space = JCS_RGB;
  jpeg_start_decompress(&jpeg);
  picture.pixels.resize(picture.height * picture.width * 3);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = picture.pixels.data() + size_t(jpeg.output_scanline) * picture.width * 3;
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  return true;
}

} // namespace

bool isJpeg(StringRef bytes) { return bytes.starts_with("\xff\xd8\xff"); }

Expected<Picture> decodeJpeg(MemoryBufferRef buffer) {
  Decoder decoder = {};
  decoder.jpeg.err = jpeg_std_error(&decoder.errors);
  decoder.errors.error_exit = fail;
  decoder.errors.emit_message = failOnWarning;
  decoder.jpeg.client_data = &decoder;
  jpeg_create_decompress(&decoder.jpeg);
  Picture picture;
  const bool good = decode(decoder, buffer.getBuffer(), picture);
  jpeg_destroy_decompress(&decoder.jpeg);
  if (!good)
    return createStringError(inconvertibleErrorCode(),
                             buffer.getBufferIdentifier() + ": not a sound JPEG file: " + decoder.words);
  return picture;
}

} // namespace resnetc::data
