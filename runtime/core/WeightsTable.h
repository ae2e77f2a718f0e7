//===- WeightsTable.h - the layout of a weights file ----------------------===//
//
// What the runtime, which reads .rnw files, and the compiler, which writes them, must agree on beside the FlatBuffers
// schema (runtime/abi/resnetc/weights.fbs).
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_CORE_WEIGHTSTABLE_H
#define RESNETC_RUNTIME_CORE_WEIGHTSTABLE_H

#include "resnetc/weights_generated.h"
#include <cstddef>
#include <cstdint>

namespace resnetc::weights {

/// The first 16 bytes of a file, little-endian. The FlatBuffer follows at once.
struct Prelude {
  char magic[8];
  uint32_t version;
  uint32_t tableBytes; ///< of the FlatBuffer
};
static_assert(sizeof(Prelude) == 16, "the FlatBuffer behind it stays 8-byte aligned");

inline constexpr char fileMagic[8] = {'r', 'e', 's', 'n', 'e', 't', 'c', 'W'};
inline constexpr uint32_t fileVersion = 2;
inline constexpr uint64_t dataAlignment = 4096;     ///< of the data in the file: a page, so that it can be mapped
inline constexpr uint64_t tensorAlignment = 64;     ///< of each tensor in the data
inline constexpr uint32_t maxRank = 8;              ///< of a tensor
inline constexpr uint32_t maxTensors = 1u << 20;    ///< also of class names
inline constexpr const char *packedName = "packed"; ///< the one tensor of a packed file: u8[bytes]

/// Where the data begins.
inline constexpr uint64_t dataOffset(uint64_t tableBytes) {
  return (sizeof(Prelude) + tableBytes + dataAlignment - 1) / dataAlignment * dataAlignment;
}

/// Bytes of one element, 0 for an element that is none.
inline constexpr uint64_t elementBytes(Element element) {
  switch (element) {
  case Element::U8:
    return 1;
  case Element::F32:
    return 4;
  case Element::F64:
  case Element::I64:
    return 8;
  }
  return 0;
}

/// "f32" as in the lines that the schema hash is taken of.
inline constexpr const char *elementName(Element element) {
  switch (element) {
  case Element::U8:
    return "u8";
  case Element::F32:
    return "f32";
  case Element::F64:
    return "f64";
  case Element::I64:
    return "i64";
  }
  return "?";
}

} // namespace resnetc::weights

#endif // RESNETC_RUNTIME_CORE_WEIGHTSTABLE_H
