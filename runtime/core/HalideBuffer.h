//===- HalideBuffer.h - halide_buffer_t as kernels read it ----------------===//
//
// Kernels are compiled with every extent and stride a constant and without assertions: they read `host` alone. The
// struct has Halide's layout (test/unit/runtime compares it with HalideRuntime.h), so that the runtime builds without
// Halide.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_CORE_HALIDEBUFFER_H
#define RESNETC_RUNTIME_CORE_HALIDEBUFFER_H

#include <cstdint>

namespace resnetc::rt {

struct HalideBuffer {
  uint64_t device;
  const void *deviceInterface;
  uint8_t *host;
  uint64_t flags;
  uint32_t type;
  int32_t dimensions;
  void *dim;
  void *padding;
};

} // namespace resnetc::rt

#endif // RESNETC_RUNTIME_CORE_HALIDEBUFFER_H
