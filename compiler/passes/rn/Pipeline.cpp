//===- Pipeline.cpp - the passes over rn, in their order ------------------===//

#include "compiler/passes/rn/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

void resnetc::rn::addRnPasses(mlir::OpPassManager &manager) {
  auto &network = manager.nest<NetworkOp>();
  network.addPass(createElideDropout());
  network.addPass(createFoldBatchNorm());
  network.addPass(createFlattenResiduals());
  network.addPass(createFuseSkipAdd());
  network.addPass(createFuseActivation());
  network.addPass(mlir::createCanonicalizerPass());
  network.addPass(mlir::createCSEPass());
  network.addPass(createSelectLayout());
}

void resnetc::rn::addTrainingPasses(mlir::OpPassManager &manager, const TrainingOptions &options) {
  auto &network = manager.nest<NetworkOp>();
  network.addPass(createFlattenResiduals());
  network.addPass(mlir::createCanonicalizerPass());
  PrepareTrainingOptions prepare;
  prepare.freezeBatchNorm = options.freezeBatchNorm;
  prepare.batch = options.batch;
  prepare.frozen.assign(options.frozen.begin(), options.frozen.end());
  prepare.probes = options.probes;
  network.addPass(createPrepareTraining(prepare));
  network.addPass(createDifferentiate());
  network.addPass(mlir::createCSEPass());
  network.addPass(createFuseBatchNorm());
  network.addPass(createFuseActivationGradient());
  network.addPass(createFuseGradientSum());
  // The forward pass: what is differentiated may be fused as in inference.
  network.addPass(createFuseSkipAdd());
  network.addPass(createFuseActivation());
  network.addPass(createSelectLayout());
}

namespace {
struct TrainingPipelineOptions : mlir::PassPipelineOptions<TrainingPipelineOptions> {
  Option<bool> freezeBatchNorm{*this, "freeze-batch-norm", llvm::cl::desc("batch norms use their running statistics")};
  Option<int64_t> batch{*this, "batch", llvm::cl::desc("images a step"), llvm::cl::init(0)};
  ListOption<std::string> frozen{*this, "frozen", llvm::cl::desc("prefixes of names that are not trained")};
  Option<bool> probes{*this, "probes", llvm::cl::desc("measure each residual's branch, skip and gradient")};
};
} // namespace

void resnetc::rn::registerRnPipeline() {
  mlir::PassPipelineRegistration<>("rn-pipeline", "every pass over rn, in order", addRnPasses);
  mlir::PassPipelineRegistration<TrainingPipelineOptions>(
      "rn-training-pipeline", "every pass over rn for a training step, in order",
      [](mlir::OpPassManager &manager, const TrainingPipelineOptions &options) {
        addTrainingPasses(manager,
                          {options.freezeBatchNorm, options.batch,
                           std::vector<std::string>(options.frozen.begin(), options.frozen.end()), options.probes});
      });
}
