//===- Picture.h - PNG and JPEG pictures -----------------------------------===//

#ifndef RESNETC_COMPILER_DATA_PICTURE_H
#define RESNETC_COMPILER_DATA_PICTURE_H

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <cstdint>
#include <vector>

namespace resnetc::data {

/// Pixels as rows of red, green, blue.
struct Picture {
  int64_t height = 0, width = 0;
  std::vector<uint8_t> pixels; ///< height x width x 3
};

/// No decoder allocates for more than this many pixels, whatever a file says.
inline constexpr int64_t maximumPixels = int64_t(1) << 26;

/// By how it begins.
bool isPng(llvm::StringRef bytes);
bool isJpeg(llvm::StringRef bytes);

/// Grey becomes three equal channels; transparent pixels lie on white. The error is in the decoder's words.
llvm::Expected<Picture> decodePng(llvm::MemoryBufferRef buffer);
llvm::Expected<Picture> decodeJpeg(llvm::MemoryBufferRef buffer);

/// To height x width as classifiers are evaluated: a picture of that size stays as it is; else it is scaled so that
/// its centre of 7/8 covers the target, and cut to it (torchvision's Resize(256), CenterCrop(224)). Scaling down
/// averages: a triangle filter as wide as the scale, as Pillow's bilinear one.
Picture fitPicture(const Picture &picture, int64_t height, int64_t width);

/// One value a pixel: ITU-R 601 luma, rounded as Pillow does.
uint8_t luma(const uint8_t *rgb);

} // namespace resnetc::data

#endif // RESNETC_COMPILER_DATA_PICTURE_H
