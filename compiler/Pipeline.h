//===- Pipeline.h - the compiler as named phases ---------------------------===//
//
//   model.rn -> named layers -> rn -> rn, fused and laid out -> plan -> tables -> object
//                                └──> rn of a training step  -> plan ───┘
//
// The table of contents: each phase is one call, and each result can be printed.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_PIPELINE_H
#define RESNETC_COMPILER_PIPELINE_H

#include "compiler/emit/Emit.h"
#include "compiler/passes/plan/Passes.h"
#include "compiler/passes/rn/Passes.h"
#include "dsl/Network.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace resnetc {

/// Named layers to rn: what is computed. Null after an error, which the context's handler has heard.
mlir::OwningOpRef<mlir::ModuleOp> makeRn(const dsl::Network &network, const llvm::SourceMgr &sources,
                                         mlir::MLIRContext &context);

/// Folds batch norms, flattens residuals, fuses epilogues and selects layouts.
llvm::LogicalResult optimiseRn(mlir::ModuleOp module);

/// rn to plan: how it runs, with every kernel, operand and offset decided.
llvm::LogicalResult makePlan(mlir::ModuleOp module, const plan::PlanOptions &options);

/// The network's training step: differentiates, fuses and selects layouts.
llvm::LogicalResult optimiseTraining(mlir::ModuleOp module, const rn::TrainingOptions &options);

/// A training step's rn to plan, within `memory` bytes (0: no limit).
llvm::LogicalResult makeTrainingPlan(mlir::ModuleOp module, int64_t memory, const plan::TrainingPlanOptions &options);

/// The plan as the tables that an object holds; the training step's beside them.
using emit::addTraining;
using emit::buildTables;

/// Tables to an object without weights.
using emit::emitModel;

} // namespace resnetc

#endif // RESNETC_COMPILER_PIPELINE_H
