//===- Pipeline.cpp - the passes over plan in their order -----------------===//

#include "compiler/lower/RnToPlan.h"
#include "compiler/passes/plan/Passes.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;
using namespace resnetc;

namespace {
namespace registration {
using namespace resnetc::plan;
#define GEN_PASS_REGISTRATION
#include "compiler/passes/plan/Passes.h.inc"
} // namespace registration

struct PipelineOptions : PassPipelineOptions<PipelineOptions> {
  ListOption<int64_t> batches{*this, "batches", llvm::cl::desc("batch sizes that programs are made for")};
  Option<int64_t> cacheBytes{*this, "cache-bytes", llvm::cl::desc("see segment-images"),
                             llvm::cl::init(plan::PlanOptions().cacheBytes)};
  Option<bool> rollBlocks{*this, "roll-blocks", llvm::cl::desc("equal blocks become loops"),
                          llvm::cl::init(plan::PlanOptions().rollBlocks)};
};

struct TrainingPipelineOptions : PassPipelineOptions<TrainingPipelineOptions> {
  Option<int64_t> batch{*this, "batch", llvm::cl::desc("images of a full step"), llvm::cl::init(0)};
  Option<int64_t> budget{*this, "budget", llvm::cl::desc("see choose-recompute"), llvm::cl::init(0)};
};
} // namespace

void plan::addPlanPasses(OpPassManager &manager, const PlanOptions &options) {
  lower::RnToPlanOptions rnToPlan;
  rnToPlan.batches = options.batches;
  manager.addPass(lower::createRnToPlan(rnToPlan));
  manager.addPass(createSegmentImages({options.cacheBytes}));
  manager.addPass(createDedupKernels());
  manager.addPass(createInPlace());
  if (options.rollBlocks)
    manager.addPass(createRollBlocks());
  manager.addPass(createInsertBorders());
  manager.addPass(createPlanMemory({options.printMemoryMap}));
  manager.addPass(createElideBorders());
}

void plan::addTrainingPlanPasses(OpPassManager &manager, const TrainingPlanOptions &options) {
  manager.addPass(createChooseRecompute({options.budget}));
  manager.addPass(createDedupKernels());
  manager.addPass(createInPlace());
  manager.addPass(createInsertBorders());
  manager.addPass(createPlanMemory({options.printMemoryMap}));
  manager.addPass(createElideBorders());
}

void plan::registerPlanPasses() {
  registration::registerPlanPasses();
  lower::registerLowerPasses();
  PassPipelineRegistration<PipelineOptions>("plan-pipeline", "rn-to-plan and all passes over plan",
                                            [](OpPassManager &manager, const PipelineOptions &chosen) {
                                              PlanOptions options;
                                              options.batches.assign(chosen.batches.begin(), chosen.batches.end());
                                              options.cacheBytes = chosen.cacheBytes;
                                              options.rollBlocks = chosen.rollBlocks;
                                              addPlanPasses(manager, options);
                                            });
  PassPipelineRegistration<TrainingPipelineOptions>("training-plan-pipeline",
                                                    "rn-to-training-plan and the passes over a training plan",
                                                    [](OpPassManager &manager, const TrainingPipelineOptions &chosen) {
                                                      manager.addPass(lower::createRnToTrainingPlan({chosen.batch}));
                                                      TrainingPlanOptions options;
                                                      options.budget = chosen.budget;
                                                      addTrainingPlanPasses(manager, options);
                                                    });
}
