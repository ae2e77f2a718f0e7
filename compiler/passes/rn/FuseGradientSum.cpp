//===- FuseGradientSum.cpp - gradients of inputs add what else is sent ----===//

#include "compiler/passes/rn/Passes.h"
#include "mlir/IR/PatternMatch.h"

namespace resnetc::rn {
#define GEN_PASS_DEF_FUSEGRADIENTSUM
#include "compiler/passes/rn/Passes.h.inc"

namespace {

using mlir::Operation;
using mlir::Value;

/// The op that made `value` for the sum alone and has room for a summand.
template <typename Op> Op fusable(Value value) {
  auto op = value.getDefiningOp<Op>();
  return op && value.hasOneUse() && !op.getResidual() ? op : Op();
}

/// With `residual` and its operands, where the sum stands. Null if `value` is of another op.
Operation *withResidual(mlir::IRRewriter &rewriter, AddOp sum, Value value, Value residual) {
  rewriter.setInsertionPoint(sum);
  if (auto conv = fusable<Conv2dInputGradientOp>(value))
    return Conv2dInputGradientOp::create(rewriter, conv.getLoc(), sum.getOutputs()[0].getType(), conv.getDy(),
                                         conv.getFilter(), residual, conv.getStrides(), conv.getPads(),
                                         conv.getDilations(), conv.getGroups());
  if (auto linear = fusable<LinearInputGradientOp>(value))
    return LinearInputGradientOp::create(rewriter, linear.getLoc(), sum.getOutputs()[0].getType(), linear.getDy(),
                                         linear.getWeight(), residual);
  return nullptr;
}

/// True if a is made behind b.
bool isLater(Value a, Value b) {
  Operation *first = b.getDefiningOp(), *second = a.getDefiningOp();
  return !first || (second && first->isBeforeInBlock(second));
}

/// A batch norm's dx adds `residual`, which must be there before it: its other results have readers before the sum.
bool addToBatchNorm(mlir::IRRewriter &rewriter, AddOp sum, Value value, Value residual) {
  auto norm = fusable<BatchNormGradientOp>(value);
  if (!norm || value != norm.getDx() || !isLater(value, residual))
    return false;
  rewriter.modifyOpInPlace(norm, [&] { norm.getResidualMutable().assign(residual); });
  rewriter.replaceOp(sum, norm.getDx());
  return true;
}

struct FuseGradientSum : impl::FuseGradientSumBase<FuseGradientSum> {
  void runOnOperation() override {
    mlir::IRRewriter rewriter(&getContext());
    getOperation().walk([&](AddOp sum) {
      if (sum.hasAffine() || !sum.getActivation().isNone() || sum.getBody() == sum.getSkip())
        return;
      // The later one, so that what it reads need not be kept for longer.
      Value later = sum.getBody(), earlier = sum.getSkip();
      if (isLater(earlier, later))
        std::swap(later, earlier);
      for (auto [side, other] : {std::pair(later, earlier), {earlier, later}}) {
        if (addToBatchNorm(rewriter, sum, side, other))
          return;
        if (Operation *fused = withResidual(rewriter, sum, side, other)) {
          rewriter.replaceOp(sum, fused->getResults());
          rewriter.eraseOp(side.getDefiningOp());
          return;
        }
      }
    });
  }
};

} // namespace
} // namespace resnetc::rn
