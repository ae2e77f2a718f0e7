//===- AtomicFile.h - a file is whole or not there -------------------------===//

#ifndef RESNETC_COMPILER_WEIGHTS_ATOMICFILE_H
#define RESNETC_COMPILER_WEIGHTS_ATOMICFILE_H

#include "runtime/weights/FileOperations.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace resnetc::weights {

/// Writes beside `path`, syncs to the disk, renames and syncs the folder: a reader (or a process that has mapped the
/// old file) never sees a half-written one, also after a crash or a loss of power; after success the new one is there
/// for good. The error names the path.
llvm::Error writeFileAtomically(llvm::StringRef path, llvm::function_ref<void(llvm::raw_pwrite_stream &)> write,
                                FileOperations &files = systemFiles());

/// Removes what killed processes left half-written beside `path`: nobody else may write it now.
void removeTemporaries(llvm::StringRef path);

} // namespace resnetc::weights

#endif // RESNETC_COMPILER_WEIGHTS_ATOMICFILE_H
