//===- Pipeline.cpp - the compiler as named phases -------------------------===//

#include "compiler/Pipeline.h"
#include "compiler/lower/AstToRn.h"
#include "compiler/lower/RnToPlan.h"
#include "compiler/passes/rn/Passes.h"
#include "mlir/Pass/PassManager.h"

namespace resnetc {
namespace {

/// Runs what `add` puts into a pass manager that obeys --mlir-print-ir-… and --mlir-timing.
template <typename Add> llvm::LogicalResult runPasses(mlir::ModuleOp module, Add add) {
  mlir::PassManager manager(module->getName());
  if (failed(mlir::applyPassManagerCLOptions(manager)))
    return llvm::failure();
  mlir::applyDefaultTimingPassManagerCLOptions(manager);
  add(manager);
  return manager.run(module);
}

} // namespace

mlir::OwningOpRef<mlir::ModuleOp> makeRn(const dsl::Network &network, const llvm::SourceMgr &sources,
                                         mlir::MLIRContext &context) {
  return lowerToRn(network, sources, context);
}

llvm::LogicalResult optimiseRn(mlir::ModuleOp module) {
  return runPasses(module, [](mlir::OpPassManager &manager) { rn::addRnPasses(manager); });
}

llvm::LogicalResult makePlan(mlir::ModuleOp module, const plan::PlanOptions &options) {
  return runPasses(module, [&](mlir::OpPassManager &manager) { plan::addPlanPasses(manager, options); });
}

llvm::LogicalResult optimiseTraining(mlir::ModuleOp module, const rn::TrainingOptions &options) {
  return runPasses(module, [&](mlir::OpPassManager &manager) { rn::addTrainingPasses(manager, options); });
}

llvm::LogicalResult makeTrainingPlan(mlir::ModuleOp module, int64_t memory, const plan::TrainingPlanOptions &options) {
  auto lowering = [&](mlir::OpPassManager &manager) {
    manager.addPass(lower::createRnToTrainingPlan({options.batch}));
  };
  if (failed(runPasses(module, lowering)))
    return llvm::failure();
  return plan::fitTrainingMemory(module, memory, options,
                                 [](mlir::ModuleOp plan, auto add) { return runPasses(plan, add); });
}

} // namespace resnetc
