//===- Npy.h - NumPy's file format -----------------------------------------===//

#ifndef RESNETC_COMPILER_DATA_NPY_H
#define RESNETC_COMPILER_DATA_NPY_H

#include "resnetc/abi.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdint>
#include <vector>

namespace resnetc::data {

/// A dense array in C's order.
struct NpyArray {
  resnetc_element element = RESNETC_F32; ///< RESNETC_F32 or RESNETC_U8
  std::vector<int64_t> shape;            ///< outermost first
  std::vector<uint8_t> bytes;
};

/// Reads versions 1 to 3 with elements <f4 or |u1. The file is not trusted: the error says what is wrong with it.
llvm::Expected<NpyArray> parseNpy(llvm::MemoryBufferRef buffer);

/// True if it begins as .npy files do.
bool isNpy(llvm::StringRef bytes);

/// Writes version 1, elements <f4.
void writeNpy(llvm::raw_ostream &os, llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<float> data);

} // namespace resnetc::data

#endif // RESNETC_COMPILER_DATA_NPY_H
