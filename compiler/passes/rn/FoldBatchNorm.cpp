//===- FoldBatchNorm.cpp - batch norms go into the filters before them ----===//

#include "compiler/passes/rn/Passes.h"
#include "mlir/IR/PatternMatch.h"

namespace resnetc::rn {
#define GEN_PASS_DEF_FOLDBATCHNORM
#include "compiler/passes/rn/Passes.h.inc"

namespace {

/// A filter takes one batch norm: weights are packed as filter x scale (resnetc_pack_step), so a second one in a row
/// becomes the kernel's affine.
bool isUnscaled(mlir::Value filter) { return !filter.getDefiningOp<ScaleFilterOp>(); }

/// A convolution whose accumulator goes straight to its one result (a bias may be added).
bool isPlain(Conv2dOp conv) {
  return !conv.getResidual() && !conv.hasAffine() && conv.getActivation().isNone() && isUnscaled(conv.getFilter());
}

struct Fold {
  mlir::IRRewriter rewriter;
  BatchNormOp norm;

  mlir::Value scale() {
    return BnScaleOp::create(rewriter, norm.getLoc(), norm.getGamma(), norm.getVariance(), norm.getEpsAttr());
  }
  mlir::Value shift(mlir::Value scale, mlir::Value bias) {
    return BnShiftOp::create(rewriter, norm.getLoc(), norm.getBeta(), norm.getMean(), scale, bias);
  }
  mlir::Value scaled(mlir::Value filter, mlir::Value scale) {
    return ScaleFilterOp::create(rewriter, norm.getLoc(), filter, scale);
  }

  mlir::Location withNorm(mlir::Location producer) { return rewriter.getFusedLoc({producer, norm.getLoc()}); }

  void intoConv(Conv2dOp conv) {
    mlir::Value factor = scale();
    mlir::Value filter = scaled(conv.getFilter(), factor), bias = shift(factor, conv.getBias());
    auto folded =
        Conv2dOp::create(rewriter, withNorm(conv.getLoc()), norm->getResultTypes(), conv.getInput(), filter, bias,
                         /*residual=*/nullptr, /*scale=*/nullptr, /*shift=*/nullptr, conv.getStridesAttr(),
                         conv.getPadsAttr(), conv.getDilationsAttr(), conv.getGroupsAttr(), conv.getActivationAttr(),
                         conv.getAffineActivationAttr(), conv.getBlockAttr());
    rewriter.replaceOp(norm, folded);
    rewriter.eraseOp(conv);
  }
  void intoLinear(LinearOp linear) {
    mlir::Value factor = scale();
    mlir::Value weight = scaled(linear.getWeight(), factor), bias = shift(factor, linear.getBias());
    rewriter
        .replaceOpWithNewOp<LinearOp>(norm, norm.getType(), linear.getInput(), weight, bias, linear.getActivation())
        ->setLoc(withNorm(linear.getLoc()));
    rewriter.eraseOp(linear);
  }
  void intoAffine() {
    mlir::Value factor = scale();
    mlir::Value summand = shift(factor, /*bias=*/nullptr);
    rewriter.replaceOpWithNewOp<AffineOp>(norm, norm.getType(), norm.getInput(), factor, summand,
                                          ActivationAttr::get(norm.getContext(), Activation::None));
  }
};

struct FoldBatchNorm : impl::FoldBatchNormBase<FoldBatchNorm> {
  void runOnOperation() override {
    getOperation().walk([&](BatchNormOp norm) {
      Fold fold{mlir::IRRewriter(norm), norm};
      mlir::Operation *input = norm.getInput().getDefiningOp();
      bool alone = norm.getInput().hasOneUse();
      if (auto conv = mlir::dyn_cast_if_present<Conv2dOp>(input); conv && alone && isPlain(conv))
        return fold.intoConv(conv);
      if (auto linear = mlir::dyn_cast_if_present<LinearOp>(input);
          linear && alone && linear.getActivation().isNone() && isUnscaled(linear.getWeight()))
        return fold.intoLinear(linear);
      fold.intoAffine();
    });
  }
};

} // namespace
} // namespace resnetc::rn
