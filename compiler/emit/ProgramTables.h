//===- ProgramTables.h - one program of the plan as steps -----------------===//
//
// Inside of PlanTables.cpp: programs apart from model and packs.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_EMIT_PROGRAMTABLES_H
#define RESNETC_COMPILER_EMIT_PROGRAMTABLES_H

#include "compiler/emit/PlanTables.h"
#include "compiler/ir/plan/Plan.h"
#include "llvm/ADT/StringMap.h"

namespace resnetc::emit {

/// Kernel symbols to their indices in PlanTables::kernels.
using KernelTable = llvm::StringMap<uint32_t>;

/// An error about an op of the plan.
llvm::Error tableError(mlir::Operation *op, const llvm::Twine &what);

/// Appends the module's kernels that are not yet there.
llvm::Expected<KernelTable> addKernels(mlir::ModuleOp module, PlanTables &tables);

/// Fills the program's table and appends its labels, which name the program as `index`.
llvm::Error writeProgram(plan::ProgramOp program, const KernelTable &kernels, uint32_t index, ProgramTable &table,
                         std::vector<StepLabel> &labels);

} // namespace resnetc::emit

#endif // RESNETC_COMPILER_EMIT_PROGRAMTABLES_H
