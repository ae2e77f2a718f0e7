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

/// First and last time that a buffer is touched.
std::pair<int64_t, int64_t> lifeOf(BufferOp buffer, const Times &times) {
  auto users = buffer->getUsers();
  if (users.empty())
    return {times.begin.lookup(buffer), times.begin.lookup(buffer)};
  // In one turn of a loop a buffer of one image is written before it is read, so its life is within the turn. One that
  // is touched outside too, or image by image, holds its bytes for the whole loop.
  Block *home = (*users.begin())->getBlock();
  bool isLocal = llvm::all_of(users, [&](Operation *user) { return user->getBlock() == home && !isa<ImageOp>(user); });
  int64_t first = std::numeric_limits<int64_t>::max(), last = -1;
  for (Operation *user : users) {
    Operation *span = isLocal || !isa<ImagesOp>(user->getParentOp()) ? user : user->getParentOp();
    first = std::min(first, times.begin.lookup(span));
    last = std::max(last, times.end.lookup(span));
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
    if (printMap) {
      llvm::errs() << program.getSymName() << ": ";
      planner.print(llvm::errs());
    }
    return success();
  }
};
} // namespace
