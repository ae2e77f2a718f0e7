//===- Ready.h - a built model is loaded and given weights -----------------===//

#ifndef RESNETC_COMPILER_TOOLS_RESNETC_READY_H
#define RESNETC_COMPILER_TOOLS_RESNETC_READY_H

#include "compiler/tools/resnetc/Build.h"
#include "compiler/tools/resnetc/Measure.h"

namespace resnetc::tool {

/// Loads the object into this process and packs the weights file's tensors; an empty path gives small random weights,
/// which serve for measuring only.
llvm::Expected<ReadyModel> makeReady(const BuiltModel &built, llvm::StringRef weightsPath);

} // namespace resnetc::tool

#endif // RESNETC_COMPILER_TOOLS_RESNETC_READY_H
