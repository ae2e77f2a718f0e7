//===- Pointwise.cpp - gradient rules of layers element by element --------===//

#include "compiler/ir/rn/Rn.h"

using namespace mlir;
using namespace resnetc::rn;

using Gradients = SmallVector<Value>;

/// dy f'(x), by f(x) where that tells the derivative: the next layer keeps it anyway.
Gradients ActivationOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients, const llvm::BitVector &) {
  bool ofOutput = isRecoverable(getActivation());
  return {ActivationGradientOp::create(builder, getLoc(), getInput().getType(), resultGradients[0],
                                       ofOutput ? getResult() : getInput(), getActivation(), ofOutput)};
}

/// y = scale[c] x + shift[c]
Gradients AffineOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients, const llvm::BitVector &wanted) {
  if (!getActivation().isNone())
    return {};
  Gradients gradients(getNumOperands());
  Value dy = resultGradients[0];
  if (wanted[0]) {
    Value zero = FillOp::create(builder, getLoc(), getShift().getType(), APFloat(0.0));
    gradients[0] = AffineOp::create(builder, getLoc(), getInput().getType(), dy, getScale(), zero, getActivationAttr());
  }
  if (wanted[1])
    gradients[1] = ChannelSumOp::create(builder, getLoc(), getScale().getType(), dy, getInput());
  if (wanted[2])
    gradients[2] = ChannelSumOp::create(builder, getLoc(), getShift().getType(), dy, /*x=*/Value());
  return gradients;
}

/// The sum goes to both sides; fused epilogues come after differentiation.
Gradients AddOp::differentiate(OpBuilder &, ArrayRef<Value> resultGradients, const llvm::BitVector &) {
  if (getScale() || !getActivation().isNone())
    return {};
  return {resultGradients[0], resultGradients[0]};
}

/// y = x gate, or x (1 - gate)
Gradients MultiplyOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients,
                                    const llvm::BitVector &wanted) {
  Gradients gradients(2);
  Value dy = resultGradients[0];
  if (wanted[0])
    gradients[0] = MultiplyOp::create(builder, getLoc(), getInput().getType(), dy, getGate(), getComplement());
  if (wanted[1])
    gradients[1] = GateGradientOp::create(builder, getLoc(), getGate().getType(), dy, getInput(), getComplement());
  return gradients;
}

/// A linear function of dy: division by std, without the mean.
Gradients NormalizeOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients, const llvm::BitVector &) {
  SmallVector<double> zeros(getMean().size(), 0.0);
  return {NormalizeOp::create(builder, getLoc(), getInput().getType(), resultGradients[0],
                              builder.getDenseF64ArrayAttr(zeros), getStdAttr())};
}

Gradients SoftmaxOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients, const llvm::BitVector &) {
  return {SoftmaxGradientOp::create(builder, getLoc(), getInput().getType(), resultGradients[0], getResult())};
}

/// The same mask, the same factor.
Gradients RandomDropOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients, const llvm::BitVector &) {
  return {RandomDropOp::create(builder, getLoc(), getInput().getType(), resultGradients[0], getRateAttr(),
                               getStreamAttr(), getPerImageAttr())};
}
