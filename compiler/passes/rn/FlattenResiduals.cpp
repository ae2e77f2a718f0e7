//===- FlattenResiduals.cpp - residual regions become a sequence ----------===//

#include "compiler/passes/rn/Passes.h"
#include "mlir/IR/PatternMatch.h"

namespace resnetc::rn {
#define GEN_PASS_DEF_FLATTENRESIDUALS
#include "compiler/passes/rn/Passes.h.inc"

namespace {

/// Moves the ops of a branch in front of `residual` and returns what it yielded.
mlir::Value inlineBranch(mlir::IRRewriter &rewriter, ResidualOp residual, mlir::Region &branch) {
  mlir::Block &block = branch.front();
  auto yield = mlir::cast<YieldOp>(block.getTerminator());
  mlir::Value result = yield.getValue();
  if (result == block.getArgument(0))
    result = residual.getInput();
  rewriter.eraseOp(yield);
  rewriter.inlineBlockBefore(&block, residual, residual.getInput());
  return result;
}

struct FlattenResiduals : impl::FlattenResidualsBase<FlattenResiduals> {
  void runOnOperation() override {
    mlir::IRRewriter rewriter(&getContext());
    // Post-order: the residuals inside a body are flat before it is inlined.
    getOperation().walk([&](ResidualOp residual) {
      mlir::Value skip = inlineBranch(rewriter, residual, residual.getShortcut());
      mlir::Value body = inlineBranch(rewriter, residual, residual.getBody());
      rewriter.setInsertionPoint(residual);
      auto none = ActivationAttr::get(&getContext(), Activation::None);
      rewriter.replaceOpWithNewOp<AddOp>(residual, residual->getResultTypes(), body, skip, /*scale=*/nullptr,
                                         /*shift=*/nullptr, none, none, residual.getBlockAttr());
    });
  }
};

} // namespace
} // namespace resnetc::rn
