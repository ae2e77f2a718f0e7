//===- NamedTensors.cpp - shapes and hashes of named tensors ---------------===//

#include "runtime/weights/NamedTensors.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace resnetc::weights {

std::string shapeText(ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t extent : shape)
    text += (text.empty() ? "" : "x") + std::to_string(extent);
  return text.empty() ? "scalar" : text;
}

uint64_t schemaHash(const NamedTensors &tensors) {
  std::string lines;
  raw_string_ostream os(lines);
  for (const auto &[name, tensor] : tensors) {
    os << name << " f32 ";
    interleave(significantExtents(tensor.shape), os, "x");
    os << "\n";
  }
  return xxh3_64bits(lines);
}

} // namespace resnetc::weights
