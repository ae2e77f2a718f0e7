//===- Checksum.h - XXH3, 64 bits -----------------------------------------===//
//
// The same function as llvm::xxh3_64bits, with which the compiler hashes: both are XXH3 with seed 0.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_CORE_CHECKSUM_H
#define RESNETC_RUNTIME_CORE_CHECKSUM_H

#include <cstddef>
#include <cstdint>

namespace resnetc::rt {

uint64_t checksum(const void *data, size_t bytes);

} // namespace resnetc::rt

#endif // RESNETC_RUNTIME_CORE_CHECKSUM_H
