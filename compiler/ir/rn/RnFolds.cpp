//===- RnFolds.cpp - ops that say nothing, or say it twice ----------------===//

#include "compiler/ir/rn/Rn.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace resnetc::rn;

/// The function that a value went through last, or null.
static ActivationAttr lastActivation(Value value) {
  Operation *op = value.getDefiningOp();
  if (auto epilogue = dyn_cast_if_present<EpilogueOp>(op))
    return value == epilogue.getFirst() ? epilogue.getActivation() : epilogue.getAffineActivation();
  if (auto linear = dyn_cast_if_present<LinearOp>(op))
    return linear.getActivation();
  if (auto affine = dyn_cast_if_present<AffineOp>(op))
    return affine.getActivation();
  if (auto activation = dyn_cast_if_present<ActivationOp>(op))
    return activation.getActivation();
  return {};
}

/// f(f(x)) = f(x)
static bool isIdempotent(Activation function) {
  return function == Activation::Relu || function == Activation::Relu6 || function == Activation::HardTanh;
}

/// relu(relu(x)) = relu(x); none(x) = x
OpFoldResult ActivationOp::fold(FoldAdaptor) {
  if (getInput().getType() != getType())
    return {};
  Activation function = getActivation().getFunction();
  bool idle = getActivation().isNone() || (isIdempotent(function) && lastActivation(getInput()) == getActivation());
  return idle ? getInput() : Value();
}

/// A vector is flat.
OpFoldResult FlattenOp::fold(FoldAdaptor) { return getInput().getType() == getType() ? getInput() : Value(); }

/// One channel needs no more than the one element.
OpFoldResult BroadcastOp::fold(FoldAdaptor) { return getInput().getType() == getType() ? getInput() : Value(); }

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
