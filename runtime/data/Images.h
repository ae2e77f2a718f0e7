//===- Images.h - a file as a network's input ------------------------------===//

#ifndef RESNETC_COMPILER_DATA_IMAGES_H
#define RESNETC_COMPILER_DATA_IMAGES_H

#include "resnetc/abi.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <vector>

namespace resnetc::data {

/// Images as <name>_run takes them.
struct Images {
  size_t count = 0;
  std::vector<uint8_t> bytes; ///< count x input extents, of the input's element, dense
};

/// Reads a file by how it begins:
///   .npy        one image or a batch of them, of the input's shape and element
///   PNG, JPEG   one picture, fitted to the input (see fitPicture); 1 or 3 channels; f32 inputs get values in [0, 1]
///   else        raw bytes: one or several images, dense
/// The error names both shapes, or the bytes that were wanted.
llvm::Expected<Images> readImages(llvm::StringRef path, const resnetc_tensor_shape &input);

} // namespace resnetc::data

#endif // RESNETC_COMPILER_DATA_IMAGES_H
