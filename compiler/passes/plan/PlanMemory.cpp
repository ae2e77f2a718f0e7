//===- PlanMemory.cpp - offsets of all buffers in one arena a program -----===//

#include "compiler/passes/plan/MemoryPlanner.h"
#include "compiler/passes/plan/Passes.h"
#include "llvm/ADT/DenseMap.h"

namespace resnetc::plan {
#define GEN_PASS_DEF_PLANMEMORY
#include "compiler/passes/plan/Passes.h.inc"
} // namespace resnetc::plan

using namespace mlir;
using namespace resnetc::plan;

namespace {
/// When an op runs: ops are numbered in program order, a loop from its own number to its last op's.
struct Times {
  llvm::DenseMap<Operation *, int64_t> begin, end;

  explicit Times(ProgramOp program) {
    int64_t time = 0;
    program.walk([&](Operation *op, const WalkStage &stage) {
      if (stage.isBeforeAllRegions())
        begin[op] = time++;
      if (stage.isAfterAllRegions())
        end[op] = time - 1;
    });
  }
};

/// The op as which a use of the buffer counts. A border is written once for all turns of plan.blocks, so it must not
/// lie in bytes that something else has in between.
Operation *useOf(BufferOp buffer, Operation *user) {
  auto loop = user->getParentOfType<BlocksOp>();
  return loop && buffer.getType().getBorder() > 0 ? loop.getOperation() : user;
}

/// Loops around an op, inside its program.
int depthOf(Operation *op) {
  int depth = 0;
  while (!isa<ProgramOp>(op = op->getParentOp()))
    ++depth;
  return depth;
}

/// The ops that touch the buffer, also through its views.
void collectUses(BufferOp buffer, Value value, SmallVectorImpl<Operation *> &uses) {
  for (Operation *user : value.getUsers())
    if (auto view = dyn_cast<ViewOp>(user))
      collectUses(buffer, view, uses);
    else
      uses.push_back(useOf(buffer, user));
}

/// First and last time that a buffer is touched.
std::pair<int64_t, int64_t> lifeOf(BufferOp buffer, const Times &times) {
  SmallVector<Operation *> uses;
  collectUses(buffer, buffer, uses);
  if (uses.empty())
    return {times.begin.lookup(buffer), times.begin.lookup(buffer)};
  // In one turn of a loop a buffer that is used nowhere else is written before it is read, so its life is within the
  // turn. One that is touched outside too, or image by image, holds its bytes for the whole loop.
  for (;;) {
    bool isInOneTurn = llvm::all_of(
        uses, [&](Operation *use) { return use->getBlock() == uses.front()->getBlock() && !isa<ImageOp>(use); });
    if (isInOneTurn)
      break;
    int deepest = 0;
    for (Operation *use : uses)
      deepest = std::max(deepest, depthOf(use));
    for (Operation *&use : uses)
      if (depthOf(use) == deepest)
        use = use->getParentOp();
  }
  int64_t first = std::numeric_limits<int64_t>::max(), last = -1;
  for (Operation *use : uses) {
    first = std::min(first, times.begin.lookup(use));
    last = std::max(last, times.end.lookup(use));
  }
  return {first, last};
}

struct PlanMemory : resnetc::plan::impl::PlanMemoryBase<PlanMemory> {
  using PlanMemoryBase::PlanMemoryBase;

  void runOnOperation() override {
    for (ProgramOp program : getOperation().getOps<ProgramOp>())
      if (failed(planProgram(program)))
        return signalPassFailure();
  }

  LogicalResult planProgram(ProgramOp program) {
    MemoryPlanner planner(alignment);
    Times times(program);
    auto buffers = llvm::to_vector(program.getBody().getOps<BufferOp>());
    for (BufferOp buffer : buffers) {
      auto [first, last] = lifeOf(buffer, times);
      planner.addBlock(buffer.getType().getBytes(), first, last);
    }
    planner.plan();
    if (!planner.isSound())
      return program.emitError() << "internal error: buffers that live at one time overlap";
    for (auto [index, buffer] : llvm::enumerate(buffers))
      buffer.setOffset(planner.offset(index));
    program.setWorkspace(planner.arenaBytes());
    if (!program.getBody().getOps<StepResultsOp>().empty()) // of a training step people want to know
      program->setAttr("live_peak", Builder(program).getI64IntegerAttr(planner.lowerBound()));
    if (printMap) {
      llvm::errs() << program.getSymName() << ": ";
      planner.print(llvm::errs());
    }
    return success();
  }
};
} // namespace
