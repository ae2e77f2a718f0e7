//===- InsertBorders.cpp - zeros around a map before it is written --------===//

#include "compiler/passes/plan/Passes.h"
#include "llvm/ADT/DenseSet.h"

namespace resnetc::plan {
#define GEN_PASS_DEF_INSERTBORDERS
#include "compiler/passes/plan/Passes.h.inc"
} // namespace resnetc::plan

using namespace mlir;
using namespace resnetc::plan;

namespace {
struct InsertBorders : resnetc::plan::impl::InsertBordersBase<InsertBorders> {
  using InsertBordersBase::InsertBordersBase;

  void runOnOperation() override {
    for (ProgramOp program : getOperation().getOps<ProgramOp>()) {
      llvm::DenseSet<Value> written; // buffers, seen through plan.image: a loop writes all images of one
      program.walk<WalkOrder::PreOrder>([&](Operation *op) {
        if (auto border = dyn_cast<BorderOp>(op))
          written.insert(underlyingBuffer(border.getBuffer()));
        auto call = dyn_cast<CallOp>(op);
        if (!call)
          return;
        // Of the turns over blocks the first alone would need it.
        auto loop = call->getParentOfType<BlocksOp>();
        OpBuilder builder(loop ? loop.getOperation() : call.getOperation());
        for (Value output : call.getOutputs())
          if (written.insert(underlyingBuffer(output)).second && cast<BufferType>(output.getType()).getBorder() > 0)
            BorderOp::create(builder, call.getLoc(), output);
      });
    }
  }
};
} // namespace
