//===- Arguments.h - what an application can get wrong --------------------===//
//
// Everything that an application can get wrong is asked once, before the first step; kernels are compiled without
// assertions.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_CORE_ARGUMENTS_H
#define RESNETC_RUNTIME_CORE_ARGUMENTS_H

#include "runtime/core/Api.h"

namespace resnetc::rt {

inline constexpr size_t arenaAlignment = 64;

inline bool isAligned(const void *pointer, size_t alignment) {
  return reinterpret_cast<uintptr_t>(pointer) % alignment == 0;
}

/// Memory of `bytes` at `pointer` can be a workspace, weights or a state.
inline bool isArena(const void *pointer, uint64_t bytes) {
  return (pointer || !bytes) && isAligned(pointer, arenaAlignment);
}

inline size_t elementBytes(uint32_t element) {
  switch (element) {
  case RESNETC_U8:
    return 1;
  case RESNETC_F64:
  case RESNETC_I64:
    return 8;
  default:
    return 4;
  }
}

inline uint64_t imageElements(const resnetc_tensor_shape &shape) {
  uint64_t elements = 1;
  for (uint32_t i = 0; i < shape.rank && i < 4; ++i)
    elements *= shape.extents[i];
  return elements;
}

inline size_t imageBytes(const resnetc_tensor_shape &shape) {
  return elementBytes(shape.element) * imageElements(shape);
}

/// n images at `pointer` are an array that can be: not null, aligned as C aligns its elements, inside the address
/// space.
inline bool isArray(const void *pointer, const resnetc_tensor_shape &shape, size_t n) {
  size_t bytes;
  return pointer && isAligned(pointer, elementBytes(shape.element)) &&
         !__builtin_mul_overflow(imageBytes(shape), n, &bytes) && bytes <= PTRDIFF_MAX;
}

inline int checkAbi(const resnetc_model_info *info, const resnetc_context *context = nullptr) {
  if (!info)
    return RESNETC_ERROR_ARGUMENT;
  if (info->abi_version != RESNETC_ABI_VERSION || info->struct_bytes != sizeof(resnetc_model_info))
    return RESNETC_ERROR_ABI;
  if (context && context->abi_version != RESNETC_ABI_VERSION)
    return RESNETC_ERROR_ABI;
  return RESNETC_OK;
}

inline bool isOnHost(const resnetc_model_info &info) {
  return info.weights_memory == RESNETC_MEMORY_HOST && info.workspace_memory == RESNETC_MEMORY_HOST &&
         info.input_memory == RESNETC_MEMORY_HOST && info.output_memory == RESNETC_MEMORY_HOST;
}

} // namespace resnetc::rt

#endif // RESNETC_RUNTIME_CORE_ARGUMENTS_H
