//===- Print.h - an inspection as text or JSON -----------------------------===//

#ifndef RESNETC_COMPILER_INSPECT_PRINT_H
#define RESNETC_COMPILER_INSPECT_PRINT_H

#include "compiler/inspect/Inspection.h"
#include "llvm/Support/JSON.h"

namespace resnetc::inspect {

/// A table with a line for each layer, and totals. With `all`, repeated blocks are not folded.
void printTable(const Inspection &inspection, bool all, llvm::raw_ostream &os);

/// All layers, none folded, in the order of the text; numbers in bytes, multiply-adds and pixels.
llvm::json::Object toJson(const Inspection &inspection);

} // namespace resnetc::inspect

#endif // RESNETC_COMPILER_INSPECT_PRINT_H
