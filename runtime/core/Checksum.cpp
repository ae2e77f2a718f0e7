//===- Checksum.cpp - XXH3, 64 bits ---------------------------------------===//

#include "runtime/core/Checksum.h"
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t resnetc::rt::checksum(const void *data, size_t bytes) { return XXH3_64bits(data, bytes); }
