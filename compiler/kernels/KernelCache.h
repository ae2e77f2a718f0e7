//===- KernelCache.h - compiled kernels on disk ----------------------------===//

#ifndef RESNETC_COMPILER_KERNELS_KERNELCACHE_H
#define RESNETC_COMPILER_KERNELS_KERNELCACHE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>
#include <string>

namespace resnetc::kernels {

/// Files <directory>/kernels/<key>.o with a checksum behind the object's bytes. Several processes may use one cache: a
/// file appears complete or not at all. A damaged file counts as absent. A cache that cannot be written is no error:
/// it only does not help.
class KernelCache {
public:
  /// An empty directory: nothing is ever found or kept.
  explicit KernelCache(llvm::StringRef directory);

  /// The object, marked as used now; null if it is not there.
  std::unique_ptr<llvm::MemoryBuffer> find(llvm::StringRef key) const;
  void insert(llvm::StringRef key, llvm::StringRef object) const;
  /// Removes the least recently used objects until `limitBytes` are left, and what crashed writers left behind.
  void evict(uint64_t limitBytes) const;

private:
  std::string fileOf(llvm::StringRef key) const;
  std::string folder;
};

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_KERNELCACHE_H
