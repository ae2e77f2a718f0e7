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
  network.addPass(createSelectLayout());
}

void resnetc::rn::registerRnPipeline() {
  mlir::PassPipelineRegistration<>("rn-pipeline", "every pass over rn, in order", addRnPasses);
}
