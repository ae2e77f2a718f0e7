//===- InputShape.h - what files are compared with -------------------------===//
//
// Inside of the library: a network's input for readers of files, and how they say what is wrong.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_DATA_INPUTSHAPE_H
#define RESNETC_RUNTIME_DATA_INPUTSHAPE_H

#include "resnetc/abi.h"
#include "runtime/data/Picture.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/Twine.h"
#include <string>

namespace resnetc::data {

/// "FILE: words".
inline llvm::Error fileError(llvm::StringRef file, const llvm::Twine &words) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), file + ": " + words);
}

/// "1x28x28".
std::string shapeText(llvm::ArrayRef<int64_t> shape);

/// The input of one image.
struct InputShape {
  uint32_t element; ///< RESNETC_U8 or RESNETC_F32
  std::vector<int64_t> shape;
  uint64_t elements, bytes; ///< of one image

  explicit InputShape(const resnetc_tensor_shape &input);
  std::string text() const; ///< "u8[1x28x28]"
};

/// Success if such images, [C, H, W] or another shape, can be fed: of the input's shape, or, where the input is a
/// vector or leaves out extents of 1, of as many elements. Bytes serve f32 inputs, too.
llvm::Error checkImageShape(llvm::StringRef file, uint32_t element, llvm::ArrayRef<int64_t> shape,
                            const InputShape &input);

/// Bytes as the input's elements: as they are, or f32 in [0, 1].
void writeElements(const uint8_t *bytes, const InputShape &input, uint8_t *image);

/// Fits a picture to the input and writes its planes; the error says that the input is none for pictures.
llvm::Error writePicture(llvm::StringRef file, const Picture &picture, const InputShape &input, uint8_t *image);

/// Success if pictures can be fitted to the input: [1 or 3, H, W].
llvm::Error checkPictureInput(llvm::StringRef file, const InputShape &input);

} // namespace resnetc::data

#endif // RESNETC_RUNTIME_DATA_INPUTSHAPE_H
