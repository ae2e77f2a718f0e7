//===- FuseActivationGradient.cpp - batch norms mask their own gradient ---===//

#include "compiler/passes/rn/Passes.h"
#include "mlir/IR/PatternMatch.h"

namespace resnetc::rn {
#define GEN_PASS_DEF_FUSEACTIVATIONGRADIENT
#include "compiler/passes/rn/Passes.h.inc"

namespace {

using mlir::Operation;

/// The first reader of the masked gradient, if that is a batch norm's backward pass (as its dy, without a mask).
BatchNormGradientOp firstReader(ActivationGradientOp mask) {
  Operation *first = nullptr;
  for (Operation *user : mask->getUsers())
    if (!first || user->isBeforeInBlock(first))
      first = user;
  auto norm = mlir::dyn_cast_if_present<BatchNormGradientOp>(first);
  bool isPlain = norm && !norm.getOutput() && norm.getDy() == mask.getDx() && norm.getX() != mask.getDx();
  return isPlain ? norm : BatchNormGradientOp();
}

struct FuseActivationGradient : impl::FuseActivationGradientBase<FuseActivationGradient> {
  void runOnOperation() override {
    mlir::IRRewriter rewriter(&getContext());
    // The op behind a mask may be the one that goes.
    for (auto mask : llvm::to_vector(getOperation().getBody().getOps<ActivationGradientOp>())) {
      BatchNormGradientOp norm = mask.getOfOutput() ? firstReader(mask) : BatchNormGradientOp();
      if (!norm)
        continue;
      bool isShared = !mask->hasOneUse();
      rewriter.setInsertionPoint(norm);
      auto fused = BatchNormGradientOp::create(
          rewriter, rewriter.getFusedLoc({norm.getLoc(), mask.getLoc()}), norm.getDx().getType(),
          norm.getDgamma().getType(), norm.getDbeta().getType(), isShared ? mask.getDx().getType() : mlir::Type(),
          mask.getDy(), norm.getX(), norm.getGamma(), norm.getMean(), norm.getVariance(), mask.getSaved(),
          norm.getResidual(), mask.getActivation(), norm.getEps(), norm.getFrozen());
      rewriter.replaceOp(norm, {fused.getDx(), fused.getDgamma(), fused.getDbeta()});
      if (isShared)
        rewriter.replaceAllUsesWith(mask.getDx(), fused.getMaskedDy());
      rewriter.eraseOp(mask);
    }
  }
};

} // namespace
} // namespace resnetc::rn
