//===- Norms.cpp - gradient rules of normalisations -----------------------===//

#include "compiler/ir/rn/Rn.h"

using namespace mlir;
using namespace resnetc::rn;

using Gradients = SmallVector<Value>;

/// Gradients of x, gamma and beta by one op. Mean and variance are part of it, not operands that have gradients.
static Gradients normGradients(OpBuilder &builder, Operation *op, Value dy, ValueRange statistics, APFloat eps,
                               bool frozen) {
  Value x = op->getOperand(0), gamma = op->getOperand(1);
  auto all = BatchNormGradientOp::create(builder, op->getLoc(), x.getType(), gamma.getType(), gamma.getType(),
                                         /*masked_dy=*/Type(), dy, x, gamma, statistics[0], statistics[1],
                                         /*output=*/Value(), /*residual=*/Value(),
                                         ActivationAttr::get(op->getContext(), Activation::None), eps, frozen);
  Gradients gradients = {all.getDx(), all.getDgamma(), all.getDbeta()};
  gradients.resize(op->getNumOperands());
  return gradients;
}

/// Through the batch's own statistics.
Gradients BatchNormTrainOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients,
                                          const llvm::BitVector &) {
  if (getResidual() || !getActivation().isNone() || resultGradients[1] || resultGradients[2])
    return {};
  return normGradients(builder, *this, resultGradients[0], {getMean(), getVariance()}, getEps(), /*frozen=*/false);
}

/// Running statistics are constants.
Gradients BatchNormOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients, const llvm::BitVector &) {
  return normGradients(builder, *this, resultGradients[0], {getMean(), getVariance()}, getEps(), /*frozen=*/true);
}

/// The normalised values are what gamma multiplies.
Gradients LayerNormOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients,
                                     const llvm::BitVector &wanted) {
  Gradients gradients(getNumOperands());
  Value dy = resultGradients[0];
  auto both = LayerNormGradientOp::create(builder, getLoc(), getInput().getType(), getInput().getType(), dy, getInput(),
                                          getGamma(), getEps());
  gradients[0] = both.getDx();
  if (wanted[1])
    gradients[1] = ChannelSumOp::create(builder, getLoc(), getGamma().getType(), dy, both.getNormalized());
  if (wanted[2])
    gradients[2] = ChannelSumOp::create(builder, getLoc(), getBeta().getType(), dy, /*x=*/Value());
  return gradients;
}
