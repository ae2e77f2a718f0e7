//===- InPlace.cpp - results overwrite operands that die ------------------===//

#include "compiler/kernels/KernelOperands.h"
#include "compiler/passes/plan/Passes.h"
#include "llvm/ADT/DenseMap.h"

namespace resnetc::plan {
#define GEN_PASS_DEF_INPLACE
#include "compiler/passes/plan/Passes.h.inc"
} // namespace resnetc::plan

using namespace mlir;
using namespace resnetc;
using namespace resnetc::plan;

namespace {
struct InPlace : resnetc::plan::impl::InPlaceBase<InPlace> {
  using InPlaceBase::InPlaceBase;
  llvm::DenseMap<Operation *, int64_t> position;

  void runOnOperation() override {
    for (ProgramOp program : getOperation().getOps<ProgramOp>()) {
      position.clear();
      program.walk<WalkOrder::PreOrder>([&](Operation *op) { position[op] = position.size(); });
      program.walk<WalkOrder::PreOrder>([&](CallOp call) { overwriteInputs(call); });
    }
  }

  /// Each output over the first input that its kernel lets it overwrite.
  void overwriteInputs(CallOp call) {
    auto operands = kernels::operandsOf(call.getSpec());
    for (auto [index, output] : llvm::enumerate(operands))
      for (auto [inputIndex, input] : llvm::enumerate(operands))
        if (output.isWritten() && !input.isWritten() && input.mayOverlap(output) &&
            overwrite(call, call.getOperand(inputIndex), call.getOperand(index)))
          break;
  }

  bool overwrite(CallOp call, Value input, Value output) {
    // Not through plan.image: a buffer of the whole batch is read again after the loop.
    if (input == output || input.getType() != output.getType() || !input.getDefiningOp<BufferOp>() ||
        !output.getDefiningOp<BufferOp>())
      return false;
    bool dies = llvm::all_of(input.getUses(), [&](OpOperand &use) {
      return use.getOwner() == call ? use.get() == input && isOnlyUseIn(call, input)
                                    : position[use.getOwner()] < position[call];
    });
    bool isBorn = llvm::all_of(output.getUsers(), [&](Operation *user) { return position[user] >= position[call]; });
    if (!dies || !isBorn)
      return false;
    Operation *buffer = output.getDefiningOp();
    output.replaceAllUsesWith(input);
    buffer->erase();
    return true;
  }

  static bool isOnlyUseIn(CallOp call, Value value) { return llvm::count(call.getOperands(), value) == 1; }
};
} // namespace
