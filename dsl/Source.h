//===- Source.h - files and places in them --------------------------------===//

#ifndef RESNETC_DSL_SOURCE_H
#define RESNETC_DSL_SOURCE_H

#include "llvm/Support/SMLoc.h"
#include "llvm/Support/SourceMgr.h"

namespace resnetc::dsl {

/// A place in a file: a pointer into a buffer of the llvm::SourceMgr that owns all files of a run.
struct Location {
  llvm::SMLoc begin, end; ///< end may equal begin

  bool isValid() const { return begin.isValid(); }
};

/// From the begin of `first` to the end of `last`, which stand in the same file.
inline Location join(Location first, Location last) { return {first.begin, last.end}; }

} // namespace resnetc::dsl

#endif // RESNETC_DSL_SOURCE_H
