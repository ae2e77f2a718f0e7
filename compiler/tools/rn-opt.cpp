//===- rn-opt.cpp - any pass over any IR, from text to text ---------------===//

#include "compiler/ir/plan/Plan.h"
#include "compiler/ir/rn/Rn.h"
#include "compiler/passes/plan/Passes.h"
#include "compiler/passes/rn/Passes.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<resnetc::rn::RnDialect, resnetc::plan::PlanDialect>();
  resnetc::rn::registerRnPasses();
  resnetc::rn::registerRnPipeline();
  resnetc::plan::registerPlanPasses();
  mlir::registerCanonicalizerPass();
  mlir::registerCSEPass();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "passes of the resnetc compiler\n", registry));
}
