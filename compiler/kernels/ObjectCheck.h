//===- ObjectCheck.h - what a kernel's object may ask for ------------------===//

#ifndef RESNETC_COMPILER_KERNELS_OBJECTCHECK_H
#define RESNETC_COMPILER_KERNELS_OBJECTCHECK_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace resnetc::kernels {

/// The object at `path` defines `entry`, and all that it needs from elsewhere is the parallel loop and functions of
/// <string.h> and <math.h>: above all no halide_malloc, so that inference allocates nothing.
llvm::Error checkObject(llvm::StringRef path, llvm::StringRef entry);

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_OBJECTCHECK_H
