//===- Npy.h - NumPy's file format -----------------------------------------===//

#ifndef RESNETC_COMPILER_DATA_NPY_H
#define RESNETC_COMPILER_DATA_NPY_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdint>
#include <vector>

namespace resnetc::data {

enum class NpyElement { F32, U8, I32, I64 };

llvm::StringRef elementText(NpyElement element); ///< "f32"
size_t elementBytes(NpyElement element);

/// A dense array in C's order.
struct NpyArray {
  NpyElement element = NpyElement::F32;
  std::vector<int64_t> shape; ///< outermost first
  std::vector<uint8_t> bytes;
};

/// Reads versions 1 to 3 with elements <f4, |u1, <i4 or <i8. The file is not trusted: the error says what is wrong with
/// it.
llvm::Expected<NpyArray> parseNpy(llvm::MemoryBufferRef buffer);

/// True if it begins as .npy files do.
bool isNpy(llvm::StringRef bytes);

/// Writes version 1, elements <f4.
void writeNpy(llvm::raw_ostream &os, llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<float> data);

} // namespace resnetc::data

#endif // RESNETC_COMPILER_DATA_NPY_H
