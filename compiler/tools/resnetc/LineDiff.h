//===- LineDiff.h - where two texts differ, for people ---------------------===//

#ifndef RESNETC_COMPILER_TOOLS_RESNETC_LINEDIFF_H
#define RESNETC_COMPILER_TOOLS_RESNETC_LINEDIFF_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace resnetc::tool {

/// Prints the first places where two texts differ as `diff -U0` does, and how many more there are.
void printLineDiff(llvm::StringRef before, llvm::StringRef after, llvm::raw_ostream &os);

} // namespace resnetc::tool

#endif // RESNETC_COMPILER_TOOLS_RESNETC_LINEDIFF_H
