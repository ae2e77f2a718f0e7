//===- FitTrainingMemory.cpp - a training step in so many bytes -----------===//
//
// choose-recompute counts live bytes; what counts is the arena that plan-memory makes of
// them, in which blocks may not lie perfectly. So the plan is made, measured, and made
// again with the budget moved by what was missing or left.
//
//===----------------------------------------------------------------------===//

#include "compiler/passes/plan/Passes.h"

using namespace mlir;
using namespace resnetc;
using namespace resnetc::plan;

namespace {
constexpr int maxAttempts = 6;

ProgramOp programOf(ModuleOp module) { return *module.getOps<ProgramOp>().begin(); }

/// What is there beside the workspace: the state and the caller's batch.
int64_t outsideBytes(ProgramOp program) {
  int64_t bytes = 0;
  for (Operation &op : program.getBody().front())
    if (isa<StateOp, LabelsOp, SecondLabelsOp, InputOp>(op))
      bytes += cast<BufferType>(op.getResult(0).getType()).getBytes();
  return bytes;
}

void replaceBody(ModuleOp module, ModuleOp with) { module.getBodyRegion().takeBody(with.getBodyRegion()); }
} // namespace

LogicalResult resnetc::plan::fitTrainingMemory(ModuleOp module, int64_t memory, const TrainingPlanOptions &options,
                                               PassRunner run) {
  auto runWith = [&](ModuleOp plan, int64_t budget) {
    TrainingPlanOptions withBudget = options;
    withBudget.budget = budget;
    return run(plan, [&](OpPassManager &manager) { addTrainingPlanPasses(manager, withBudget); });
  };
  if (!memory)
    return runWith(module, 0);
  int64_t limit = memory - outsideBytes(programOf(module));
  if (limit <= 0)
    return programOf(module).emitError() << "cannot train in " << memory << " bytes: state and one batch alone take "
                                         << outsideBytes(programOf(module));
  OwningOpRef<ModuleOp> best;
  int64_t bestBudget = 0, budget = 0; // 0: without any limit
  for (int attempt = 0; attempt < maxAttempts; ++attempt) {
    OwningOpRef<ModuleOp> plan = module.clone();
    if (failed(runWith(*plan, budget)))
      return failure();
    int64_t arena = *programOf(*plan).getWorkspace();
    if (arena <= limit && (!best || budget > bestBudget)) {
      best = std::move(plan);
      bestBudget = budget;
    }
    if (arena <= limit && (budget == 0 || limit - arena < limit / 50))
      break;
    int64_t next = budget == 0 ? limit : budget + (limit - arena);
    if (next == budget || (best && next <= bestBudget))
      break;
    budget = next;
  }
  if (!best)
    return programOf(module).emitError() << "no plan of the training step was found within " << memory << " bytes";
  replaceBody(module, *best);
  return success();
}
