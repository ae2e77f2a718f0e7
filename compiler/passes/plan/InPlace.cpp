//===- InPlace.cpp - a skip-add overwrites the skip where it dies ---------===//

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

/// The operand that the kernel adds to its accumulator, null if it has none.
static Value residualOf(CallOp call) {
  for (auto [index, operand] : llvm::enumerate(kernels::operandsOf(call.getSpec())))
    if (operand.role == kernels::OperandRole::Residual)
      return call.getOperand(index);
  return {};
}

namespace {
struct InPlace : resnetc::plan::impl::InPlaceBase<InPlace> {
  using InPlaceBase::InPlaceBase;
  llvm::DenseMap<Operation *, int64_t> position;

  void runOnOperation() override {
    for (ProgramOp program : getOperation().getOps<ProgramOp>()) {
      position.clear();
      program.walk<WalkOrder::PreOrder>([&](Operation *op) { position[op] = position.size(); });
      program.walk<WalkOrder::PreOrder>([&](CallOp call) { overwriteResidual(call); });
    }
  }

  void overwriteResidual(CallOp call) {
    Value residual = residualOf(call), output = call.getOutputs().front();
    // Not through plan.image: a buffer of the whole batch is read again after the loop.
    if (!residual || residual == output || residual.getType() != output.getType() ||
        !residual.getDefiningOp<BufferOp>() || !output.getDefiningOp<BufferOp>())
      return;
    bool dies = llvm::all_of(residual.getUses(), [&](OpOperand &use) {
      return use.getOwner() == call ? use.get() == residual && isOnlyUseIn(call, residual)
                                    : position[use.getOwner()] < position[call];
    });
    bool isBorn = llvm::all_of(output.getUsers(), [&](Operation *user) { return position[user] >= position[call]; });
    if (!dies || !isBorn)
      return;
    Operation *buffer = output.getDefiningOp();
    output.replaceAllUsesWith(residual);
    buffer->erase();
  }

  static bool isOnlyUseIn(CallOp call, Value value) { return llvm::count(call.getOperands(), value) == 1; }
};
} // namespace
