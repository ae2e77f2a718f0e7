//===- Shapes.cpp - gradient rules of ops that only move values -----------===//

#include "compiler/ir/rn/Rn.h"

using namespace mlir;
using namespace resnetc::rn;

using Gradients = SmallVector<Value>;

Gradients FlattenOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients, const llvm::BitVector &) {
  return {UnflattenOp::create(builder, getLoc(), getInput().getType(), resultGradients[0])};
}

Gradients UnflattenOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients, const llvm::BitVector &) {
  return {FlattenOp::create(builder, getLoc(), getInput().getType(), resultGradients[0])};
}

/// Each part gets its channels back.
Gradients ConcatOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients, const llvm::BitVector &wanted) {
  Gradients gradients(getNumOperands());
  int64_t first = 0;
  for (auto [index, input] : llvm::enumerate(getInputs())) {
    if (wanted[index])
      gradients[index] = ChannelSliceOp::create(builder, getLoc(), input.getType(), resultGradients[0], first);
    first += channels(input.getType());
  }
  return gradients;
}

Gradients PadShortcutOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients, const llvm::BitVector &) {
  return {PadShortcutGradientOp::create(builder, getLoc(), getInput().getType(), resultGradients[0], getStrides())};
}

/// One element stands for all channels.
Gradients BroadcastOp::differentiate(OpBuilder &builder, ArrayRef<Value> resultGradients, const llvm::BitVector &) {
  return {SumChannelsOp::create(builder, getLoc(), getInput().getType(), resultGradients[0])};
}
