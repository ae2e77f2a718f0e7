//===- FuseBatchNorm.cpp - a batch norm adds the skip and activates -------===//

#include "compiler/passes/rn/Passes.h"
#include "mlir/IR/PatternMatch.h"

namespace resnetc::rn {
#define GEN_PASS_DEF_FUSEBATCHNORM
#include "compiler/passes/rn/Passes.h.inc"

namespace {

using mlir::Operation;
using mlir::Value;

/// The batch norm that made `value` for one reader alone and stores it as it is.
BatchNormTrainOp fusable(Value value) {
  auto norm = value.getDefiningOp<BatchNormTrainOp>();
  return norm && value.hasOneUse() && norm.getActivation().isNone() ? norm : BatchNormTrainOp();
}

/// The statistics' readers that stand before `place`, if they can all go behind it: those without results.
mlir::FailureOr<llvm::SmallVector<Operation *>> readersBefore(BatchNormTrainOp norm, Operation *place) {
  llvm::SmallVector<Operation *> readers;
  for (Value statistic : {norm.getMean(), norm.getVariance()})
    for (Operation *user : statistic.getUsers())
      if (user->isBeforeInBlock(place) && !llvm::is_contained(readers, user)) {
        if (user->getNumResults())
          return mlir::failure();
        readers.push_back(user);
      }
  return readers;
}

/// `norm` with these parts takes the place of `last`, which reads it.
void replace(mlir::IRRewriter &rewriter, BatchNormTrainOp norm, Operation *last, Value residual,
             ActivationAttr activation) {
  auto readers = readersBefore(norm, last);
  if (failed(readers))
    return;
  rewriter.setInsertionPoint(last);
  auto fused =
      BatchNormTrainOp::create(rewriter, rewriter.getFusedLoc({norm.getLoc(), last->getLoc()}),
                               last->getResult(0).getType(), norm.getMean().getType(), norm.getVariance().getType(),
                               norm.getInput(), norm.getGamma(), norm.getBeta(), residual, activation, norm.getEps());
  for (Operation *reader : *readers)
    reader->moveAfter(fused);
  rewriter.replaceAllUsesWith(norm.getMean(), fused.getMean());
  rewriter.replaceAllUsesWith(norm.getVariance(), fused.getVariance());
  rewriter.replaceOp(last, fused.getResult());
  rewriter.eraseOp(norm);
}

struct FuseBatchNorm : impl::FuseBatchNormBase<FuseBatchNorm> {
  void runOnOperation() override {
    mlir::IRRewriter rewriter(&getContext());
    getOperation().walk([&](Operation *op) {
      if (auto add = mlir::dyn_cast<AddOp>(op))
        fuseAdd(rewriter, add);
      else if (auto activation = mlir::dyn_cast<ActivationOp>(op))
        fuseActivation(rewriter, activation);
    });
  }

  static void fuseAdd(mlir::IRRewriter &rewriter, AddOp add) {
    if (add.hasAffine() || !add.getActivation().isNone())
      return;
    for (auto [side, other] : {std::pair(add.getBody(), add.getSkip()), {add.getSkip(), add.getBody()}})
      if (auto norm = fusable(side); norm && !norm.getResidual())
        return replace(rewriter, norm, add, other, norm.getActivation());
  }

  static void fuseActivation(mlir::IRRewriter &rewriter, ActivationOp activation) {
    if (auto norm = fusable(activation.getInput()))
      replace(rewriter, norm, activation, norm.getResidual(), activation.getActivation());
  }
};

} // namespace
} // namespace resnetc::rn
