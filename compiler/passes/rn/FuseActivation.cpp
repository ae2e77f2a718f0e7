//===- FuseActivation.cpp - activations and affine ops become epilogues ---===//

#include "compiler/passes/rn/Passes.h"
#include "mlir/IR/PatternMatch.h"

namespace resnetc::rn {
#define GEN_PASS_DEF_FUSEACTIVATION
#include "compiler/passes/rn/Passes.h.inc"

namespace {

/// Lets the op that makes `value` apply a function to it; false if it cannot, or applies one already.
bool apply(ActivationAttr function, mlir::Value value) {
  mlir::Operation *op = value.getDefiningOp();
  if (auto epilogue = mlir::dyn_cast_if_present<EpilogueOp>(op)) {
    if (value == epilogue.getSecond())
      return epilogue.getAffineActivation().isNone() && (epilogue.setAffineActivationAttr(function), true);
    // `second` is made of `first`: the function would change both.
    return !epilogue.hasAffine() && epilogue.getActivation().isNone() && (epilogue.setActivationAttr(function), true);
  }
  if (auto linear = mlir::dyn_cast_if_present<LinearOp>(op))
    return linear.getActivation().isNone() && (linear.setActivationAttr(function), true);
  if (auto affine = mlir::dyn_cast_if_present<AffineOp>(op))
    return affine.getActivation().isNone() && (affine.setActivationAttr(function), true);
  return false;
}

/// Moves the arithmetic that makes a parameter in front of `before`.
void hoistParameter(mlir::Value value, mlir::Operation *before) {
  mlir::Operation *op = value.getDefiningOp();
  if (!op || op->getBlock() != before->getBlock() || op->isBeforeInBlock(before))
    return;
  for (mlir::Value operand : op->getOperands())
    hoistParameter(operand, before);
  op->moveBefore(before);
}

mlir::Operation *withAffine(mlir::IRRewriter &rewriter, mlir::Operation *op, mlir::TypeRange types, AffineOp affine) {
  rewriter.setInsertionPoint(op);
  mlir::Location both = rewriter.getFusedLoc({op->getLoc(), affine.getLoc()});
  if (auto conv = mlir::dyn_cast<Conv2dOp>(op))
    return Conv2dOp::create(rewriter, both, types, conv.getInput(), conv.getFilter(), conv.getBias(),
                            conv.getResidual(), affine.getScale(), affine.getShift(), conv.getStridesAttr(),
                            conv.getPadsAttr(), conv.getDilationsAttr(), conv.getGroupsAttr(), conv.getActivationAttr(),
                            affine.getActivationAttr(), conv.getBlockAttr());
  auto add = mlir::cast<AddOp>(op);
  return AddOp::create(rewriter, both, types, add.getBody(), add.getSkip(), affine.getScale(), affine.getShift(),
                       add.getActivationAttr(), affine.getActivationAttr(), add.getBlockAttr());
}

struct FuseActivation : impl::FuseActivationBase<FuseActivation> {
  void runOnOperation() override {
    mlir::IRRewriter rewriter(&getContext());
    getOperation().walk([&](mlir::Operation *op) {
      if (auto activation = mlir::dyn_cast<ActivationOp>(op))
        fuseActivation(rewriter, activation);
      else if (auto affine = mlir::dyn_cast<AffineOp>(op))
        fuseAffine(rewriter, affine);
    });
  }

  static void fuseActivation(mlir::IRRewriter &rewriter, ActivationOp op) {
    mlir::Value input = op.getInput();
    if (!input.hasOneUse() || input.getType() != op.getType() || !apply(op.getActivation(), input))
      return;
    mlir::Operation *producer = input.getDefiningOp();
    producer->setLoc(rewriter.getFusedLoc({producer->getLoc(), op.getLoc()}));
    rewriter.replaceOp(op, input);
  }

  static void fuseAffine(mlir::IRRewriter &rewriter, AffineOp affine) {
    mlir::Value input = affine.getInput();
    auto producer = input.getDefiningOp<EpilogueOp>();
    if (!producer || producer.hasAffine() || producer->getBlock() != affine->getBlock())
      return;
    hoistParameter(affine.getScale(), producer);
    hoistParameter(affine.getShift(), producer);
    llvm::SmallVector<mlir::Type, 2> types;
    bool keepFirst = !input.hasOneUse();
    if (keepFirst)
      types.push_back(input.getType());
    types.push_back(affine.getType());
    mlir::Operation *fused = withAffine(rewriter, producer, types, affine);
    rewriter.replaceOp(affine, fused->getResult(keepFirst ? 1 : 0));
    if (keepFirst)
      rewriter.replaceAllUsesWith(input, fused->getResult(0));
    rewriter.eraseOp(producer);
  }
};

} // namespace
} // namespace resnetc::rn
