//===- FuseSkipAdd.cpp - the last convolution of a body adds the skip -----===//

#include "compiler/passes/rn/Passes.h"
#include "mlir/IR/PatternMatch.h"

namespace resnetc::rn {
#define GEN_PASS_DEF_FUSESKIPADD
#include "compiler/passes/rn/Passes.h.inc"

namespace {

/// The convolution that made `value` for one reader alone and whose epilogue has room for a residual.
Conv2dOp fusable(mlir::Value value) {
  auto conv = value.getDefiningOp<Conv2dOp>();
  if (!conv || !value.hasOneUse() || conv.getResidual() || conv.hasAffine() || !conv.getActivation().isNone())
    return {};
  return conv;
}

/// Takes the place of the add, where the skip is known: the shortcut's convolution comes before the body.
void fuse(mlir::IRRewriter &rewriter, AddOp add, Conv2dOp conv, mlir::Value residual) {
  rewriter.setInsertionPoint(add);
  mlir::Location both = rewriter.getFusedLoc({conv.getLoc(), add.getLoc()});
  auto fused = Conv2dOp::create(rewriter, both, add->getResultTypes(), conv.getInput(), conv.getFilter(),
                                conv.getBias(), residual, add.getScale(), add.getShift(), conv.getStridesAttr(),
                                conv.getPadsAttr(), conv.getDilationsAttr(), conv.getGroupsAttr(),
                                add.getActivationAttr(), add.getAffineActivationAttr(), add.getBlockAttr());
  rewriter.replaceOp(add, fused);
  rewriter.eraseOp(conv);
}

struct FuseSkipAdd : impl::FuseSkipAddBase<FuseSkipAdd> {
  void runOnOperation() override {
    mlir::IRRewriter rewriter(&getContext());
    getOperation().walk([&](AddOp add) {
      if (Conv2dOp conv = fusable(add.getBody()))
        fuse(rewriter, add, conv, add.getSkip());
      else if (Conv2dOp conv = fusable(add.getSkip()))
        fuse(rewriter, add, conv, add.getBody());
    });
  }
};

} // namespace
} // namespace resnetc::rn
