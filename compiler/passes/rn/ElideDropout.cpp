//===- ElideDropout.cpp - what is the identity in inference goes ----------===//

#include "compiler/passes/rn/Passes.h"
#include "mlir/IR/PatternMatch.h"

namespace resnetc::rn {
#define GEN_PASS_DEF_ELIDEDROPOUT
#include "compiler/passes/rn/Passes.h.inc"

namespace {

struct ElideDropout : impl::ElideDropoutBase<ElideDropout> {
  void runOnOperation() override {
    mlir::IRRewriter rewriter(&getContext());
    getOperation().walk([&](mlir::Operation *op) {
      if (!mlir::isa<DropoutOp, DropPathOp>(op))
        return;
      mlir::Value input = op->getOperand(0), result = op->getResult(0);
      // Borders may differ once layouts are chosen: then the values are copied.
      if (input.getType() == result.getType())
        rewriter.replaceOp(op, input);
      else
        rewriter.replaceOpWithNewOp<ToLayoutOp>(op, result.getType(), input);
    });
  }
};

} // namespace
} // namespace resnetc::rn
