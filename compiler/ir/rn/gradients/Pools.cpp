//===- Pools.cpp - gradient rules of pools --------------------------------===//

#include "compiler/ir/rn/Rn.h"

using namespace mlir;
using namespace resnetc::rn;

using Gradients = SmallVector<Value>;

Gradients MaxPool2dOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients, const llvm::BitVector &) {
  return {MaxPool2dGradientOp::create(builder, getLoc(), getInput().getType(), resultGradients[0], getInput(),
                                      getResult(), getKernel(), getStrides(), getPads(), getCeil())};
}

Gradients AvgPool2dOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients, const llvm::BitVector &) {
  return {AvgPool2dGradientOp::create(builder, getLoc(), getInput().getType(), resultGradients[0], getKernel(),
                                      getStrides(), getPads(), getCeil(), getCountIncludePad())};
}

Gradients GlobalAvgPoolOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients, const llvm::BitVector &) {
  return {GlobalAvgPoolGradientOp::create(builder, getLoc(), getInput().getType(), resultGradients[0])};
}

Gradients GlobalMaxPoolOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients, const llvm::BitVector &) {
  return {GlobalMaxPoolGradientOp::create(builder, getLoc(), getInput().getType(), resultGradients[0], getInput(),
                                          getResult())};
}
