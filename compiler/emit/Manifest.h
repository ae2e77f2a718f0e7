//===- Manifest.h - what is in an object, for people and machines ----------===//

#ifndef RESNETC_COMPILER_EMIT_MANIFEST_H
#define RESNETC_COMPILER_EMIT_MANIFEST_H

#include "compiler/emit/PlanTables.h"
#include "llvm/ADT/ArrayRef.h"

namespace resnetc::emit {

/// One kernel of an object.
struct EmittedKernel {
  uint32_t index = 0;   ///< into PlanTables::kernels
  std::string target;   ///< "x86-64-v4"
  std::string schedule; ///< what it was compiled with
  uint64_t bytes = 0;   ///< of its object, before linking
  bool cached = false;  ///< not in the manifest, which does not depend on the cache
};

/// JSON: the network's shapes and sizes, its kernels, and for each step's label the layer, the kernel and its costs:
/// what a profile's labels mean.
std::string manifestText(const PlanTables &tables, llvm::ArrayRef<EmittedKernel> kernels);

} // namespace resnetc::emit

#endif // RESNETC_COMPILER_EMIT_MANIFEST_H
