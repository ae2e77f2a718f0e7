//===- Passes.h - the passes over rn --------------------------------------===//

#ifndef RESNETC_COMPILER_PASSES_RN_PASSES_H
#define RESNETC_COMPILER_PASSES_RN_PASSES_H

#include "compiler/ir/rn/Rn.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"
#include <string>
#include <vector>

namespace resnetc::rn {

#define GEN_PASS_DECL
#include "compiler/passes/rn/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/passes/rn/Passes.h.inc"

/// Adds the passes over rn in their order to a pass manager over ModuleOp: what AstToRn makes
/// becomes what RnToPlan reads.
void addRnPasses(mlir::OpPassManager &manager);

struct TrainingOptions {
  bool freezeBatchNorm = false; ///< running statistics instead of the batch's own
  int64_t batch = 0;            ///< images a step; 0: what the train section says
  /// Prefixes of names, up to a '.': parameters that are not trained and batch norms that keep their statistics.
  std::vector<std::string> frozen = {};
  bool probes = false; ///< sums of squares of each residual's branch, skip and gradient
};

/// Adds the passes that make a training step of what AstToRn makes: forward, losses and gradients.
void addTrainingPasses(mlir::OpPassManager &manager, const TrainingOptions &options = {});

/// Makes addRnPasses() known as --rn-pipeline, addTrainingPasses() as --rn-training-pipeline.
void registerRnPipeline();

} // namespace resnetc::rn

#endif // RESNETC_COMPILER_PASSES_RN_PASSES_H
