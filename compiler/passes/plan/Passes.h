//===- Passes.h - the passes over plan ------------------------------------===//

#ifndef RESNETC_COMPILER_PASSES_PLAN_PASSES_H
#define RESNETC_COMPILER_PASSES_PLAN_PASSES_H

#include "compiler/ir/plan/Plan.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"

namespace resnetc::plan {

#define GEN_PASS_DECL
#include "compiler/passes/plan/Passes.h.inc"

/// What the driver may choose.
struct PlanOptions {
  llvm::SmallVector<int64_t> batches = {1}; ///< batch sizes to make programs for; 1 is always one
  int64_t cacheBytes = 4 << 20;             ///< segment-images
  bool rollBlocks = true;                   ///< off: every block has its own steps, for comparisons
  bool printMemoryMap = false;              ///< plan-memory, to stderr
};

/// From rn (after the rn passes) to a plan that can be emitted, in order: rn-to-plan, segment-images, dedup-kernels,
/// in-place, roll-blocks, insert-borders, plan-memory, elide-borders. For a pass manager over ModuleOp.
struct TrainingPlanOptions {
  int64_t batch = 0;           ///< images of a full step; 0: the train section's
  int64_t budget = 0;          ///< choose-recompute; 0: no limit
  bool printMemoryMap = false; ///< plan-memory, to stderr
};

/// The passes behind rn-to-training-plan.
void addTrainingPlanPasses(mlir::OpPassManager &manager, const TrainingPlanOptions &options = {});

/// Runs them so that state, workspace and one batch of images and labels together take at most `memory` bytes: with as
/// little computed again as that needs. 0: no limit. Errors say what is needed at least. `run` runs the passes that are
/// added to it.
using PassRunner =
    llvm::function_ref<mlir::LogicalResult(mlir::ModuleOp, llvm::function_ref<void(mlir::OpPassManager &)>)>;
mlir::LogicalResult fitTrainingMemory(mlir::ModuleOp module, int64_t memory, const TrainingPlanOptions &options,
                                      PassRunner run);

void addPlanPasses(mlir::OpPassManager &manager, const PlanOptions &options = {});

/// Makes rn-to-plan, each pass above and --plan-pipeline known to rn-opt.
void registerPlanPasses();

} // namespace resnetc::plan

#endif // RESNETC_COMPILER_PASSES_PLAN_PASSES_H
