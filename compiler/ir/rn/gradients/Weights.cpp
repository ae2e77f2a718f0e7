//===- Weights.cpp - gradient rules of layers with weight matrices --------===//

#include "compiler/ir/rn/Rn.h"

using namespace mlir;
using namespace resnetc::rn;

using Gradients = SmallVector<Value>;

// Gradients of parameters come first: then the layer's input is free for what comes next.

/// y = conv(x, w) + b: the adjoint in x, the adjoint in w, a sum. Epilogues come after differentiation.
Gradients Conv2dOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients, const llvm::BitVector &wanted) {
  if (getResidual() || getScale() || !getActivation().isNone())
    return {};
  Gradients gradients(getNumOperands());
  Value dy = resultGradients[0];
  if (wanted[1])
    gradients[1] = Conv2dFilterGradientOp::create(builder, getLoc(), getFilter().getType(), getInput(), dy,
                                                  getStrides(), getPads(), getDilations(), getGroups());
  if (getBias() && wanted[2])
    gradients[2] = ChannelSumOp::create(builder, getLoc(), getBias().getType(), dy, /*x=*/Value());
  if (wanted[0])
    gradients[0] =
        Conv2dInputGradientOp::create(builder, getLoc(), getInput().getType(), dy, getFilter(), /*residual=*/Value(),
                                      getStrides(), getPads(), getDilations(), getGroups());
  return gradients;
}

/// y = w x + b
Gradients LinearOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients, const llvm::BitVector &wanted) {
  if (!getActivation().isNone())
    return {};
  Gradients gradients(getNumOperands());
  Value dy = resultGradients[0];
  if (wanted[1])
    gradients[1] = LinearWeightGradientOp::create(builder, getLoc(), getWeight().getType(), getInput(), dy);
  if (getBias() && wanted[2])
    gradients[2] = ChannelSumOp::create(builder, getLoc(), getBias().getType(), dy, /*x=*/Value());
  if (wanted[0])
    gradients[0] = LinearInputGradientOp::create(builder, getLoc(), getInput().getType(), dy, getWeight(),
                                                 /*residual=*/Value());
  return gradients;
}
