//===- Passes.h - the passes over rn --------------------------------------===//

#ifndef RESNETC_COMPILER_PASSES_RN_PASSES_H
#define RESNETC_COMPILER_PASSES_RN_PASSES_H

#include "compiler/ir/rn/Rn.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace resnetc::rn {

#define GEN_PASS_DECL
#include "compiler/passes/rn/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/passes/rn/Passes.h.inc"

/// Adds the passes over rn in their order to a pass manager over ModuleOp: what AstToRn makes
/// becomes what RnToPlan reads.
void addRnPasses(mlir::OpPassManager &manager);

/// Makes addRnPasses() known as --rn-pipeline.
struct TrainingOptions {
  bool freezeBatchNorm = false; ///< running statistics are constants
};

/// A network becomes its training step, laid out for rn-to-training-plan.
void addTrainingPasses(mlir::OpPassManager &manager, const TrainingOptions &options = {});

void registerRnPipeline();

} // namespace resnetc::rn

#endif // RESNETC_COMPILER_PASSES_RN_PASSES_H
