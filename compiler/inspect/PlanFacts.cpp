//===- PlanFacts.cpp - what the plan made of each layer --------------------===//

#include "compiler/inspect/PlanFacts.h"
#include "llvm/ADT/STLExtras.h"

namespace resnetc::inspect {
namespace {

/// The names that lowering put around places in the text; a pass that fuses ops fuses their locations.
void collectLayers(mlir::Location location, std::vector<std::string> &layers) {
  if (auto name = mlir::dyn_cast<mlir::NameLoc>(location)) {
    if (!llvm::is_contained(layers, name.getName().getValue()))
      layers.push_back(name.getName().str());
  } else if (auto fused = mlir::dyn_cast<mlir::FusedLoc>(location))
    for (mlir::Location part : fused.getLocations())
      collectLayers(part, layers);
}

CallFacts callFacts(plan::CallOp call) {
  CallFacts facts;
  collectLayers(call.getLoc(), facts.layers);
  facts.kernel = call.getSpec();
  for (mlir::Value output : call.getOutputs())
    facts.outputBytes += mlir::cast<plan::BufferType>(plan::underlyingBuffer(output).getType()).getBytes();
  facts.output = mlir::cast<plan::BufferType>(call.getOutputs().front().getType()).getTensor();
  return facts;
}

} // namespace

PlanFacts planFacts(mlir::ModuleOp plan) {
  PlanFacts facts;
  facts.kernels = llvm::range_size(plan.getOps<plan::KernelOp>());
  facts.packedBytes = (*plan.getOps<plan::ModelOp>().begin()).getPackedBytes();
  plan::ProgramOp program = *plan.getOps<plan::ProgramOp>().begin();
  facts.batch = program.getBatch();
  facts.workspaceBytes = program.getWorkspace().value_or(0);
  program.walk([&](plan::CallOp call) { facts.calls.push_back(callFacts(call)); });
  return facts;
}

} // namespace resnetc::inspect
