//===- NamedTensors.h - trained parameters by name -------------------------===//
//
// What every reader of weights makes and the writer of .rnw takes: f32 tensors in
// the natural order of names, which is that of a model's schema.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_WEIGHTS_NAMEDTENSORS_H
#define RESNETC_COMPILER_WEIGHTS_NAMEDTENSORS_H

#include "runtime/core/NaturalOrder.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace resnetc::weights {

/// Outermost extent first, as PyTorch stores it: filters are out x in x height x width, a scalar has no extent.
struct NamedTensor {
  std::vector<int64_t> shape;
  std::vector<float> data; ///< dense, innermost extent contiguous
};

/// In the order of the schema.
using NamedTensors = std::map<std::string, NamedTensor, NaturalLess>;

/// One tensor that a network wants.
struct SchemaEntry {
  std::string name;
  std::vector<int64_t> shape;
};

/// "64x64x3x3"; "scalar" without extents.
std::string shapeText(llvm::ArrayRef<int64_t> shape);

/// Without extents of 1 at the end, which change no element's place: a linear layer takes the weight of a 1x1
/// convolution, a learned factor a scalar.
inline llvm::ArrayRef<int64_t> significantExtents(llvm::ArrayRef<int64_t> shape) {
  while (!shape.empty() && shape.back() == 1)
    shape = shape.drop_back();
  return shape;
}

/// XXH3 of the lines "name f32 64x64x3x3\n" with the significant extents, names in natural order: what
/// files and objects compare.
uint64_t schemaHash(const NamedTensors &tensors);

/// Success if exactly the tensors of `schema` are there. Else the error lists, each with its shape, what is missing,
/// what is unexpected (with the nearest name of the schema), and where both shapes differ.
llvm::Error matchSchema(const NamedTensors &tensors, llvm::ArrayRef<SchemaEntry> schema, llvm::StringRef file,
                        llvm::StringRef network);

} // namespace resnetc::weights

#endif // RESNETC_COMPILER_WEIGHTS_NAMEDTENSORS_H
