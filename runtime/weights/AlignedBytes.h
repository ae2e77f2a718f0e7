//===- AlignedBytes.h - memory as states, workspaces and packed weights must lie -------------===//

#ifndef RESNETC_RUNTIME_WEIGHTS_ALIGNEDBYTES_H
#define RESNETC_RUNTIME_WEIGHTS_ALIGNEDBYTES_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace resnetc {

/// Frees memory of operator new with alignment 64.
struct AlignedFree {
  void operator()(uint8_t *memory) const { ::operator delete[](memory, std::align_val_t(64)); }
};

/// Bytes at a multiple of 64. Not set to anything.
struct AlignedBytes {
  std::unique_ptr<uint8_t[], AlignedFree> memory;
  size_t size = 0;

  AlignedBytes() = default;
  explicit AlignedBytes(size_t size) : memory(new (std::align_val_t(64)) uint8_t[size ? size : 1]), size(size) {}
  uint8_t *data() const { return memory.get(); }
};

} // namespace resnetc

#endif // RESNETC_RUNTIME_WEIGHTS_ALIGNEDBYTES_H
