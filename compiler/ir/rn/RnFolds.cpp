//===- RnFolds.cpp - ops that say nothing, or say it twice ----------------===//

#include "compiler/ir/rn/Rn.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace resnetc::rn;

/// A value that is already max(., 0).
static bool isRelu(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  if (auto epilogue = dyn_cast<EpilogueOp>(op))
    return (value == epilogue.getFirst() ? epilogue.getActivation() : epilogue.getAffineActivation()) ==
           Activation::Relu;
  if (auto linear = dyn_cast<LinearOp>(op))
    return linear.getActivation() == Activation::Relu;
  if (auto affine = dyn_cast<AffineOp>(op))
    return affine.getActivation() == Activation::Relu;
  return isa<ReluOp>(op);
}

/// relu(relu(x)) = relu(x)
OpFoldResult ReluOp::fold(FoldAdaptor) {
  return isRelu(getInput()) && getInput().getType() == getType() ? getInput() : Value();
}

/// A vector is flat.
OpFoldResult FlattenOp::fold(FoldAdaptor) { return getInput().getType() == getType() ? getInput() : Value(); }

/// No stride and no new channels: the identity.
OpFoldResult PadShortcutOp::fold(FoldAdaptor) { return getInput().getType() == getType() ? getInput() : Value(); }

/// to_layout(x) = x where the layouts agree.
OpFoldResult ToLayoutOp::fold(FoldAdaptor) { return getInput().getType() == getType() ? getInput() : Value(); }

/// to_layout(to_layout(x)) = to_layout(x)
LogicalResult ToLayoutOp::canonicalize(ToLayoutOp op, PatternRewriter &rewriter) {
  auto inner = op.getInput().getDefiningOp<ToLayoutOp>();
  if (!inner)
    return failure();
  rewriter.replaceOpWithNewOp<ToLayoutOp>(op, op.getType(), inner.getInput());
  return success();
}
