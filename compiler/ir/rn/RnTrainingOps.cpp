//===- RnTrainingOps.cpp - verifiers of the training ops ------------------===//
//
// A gradient op is checked as the layer whose gradient it is: what the layer makes
// of x must be dy.
//
//===----------------------------------------------------------------------===//

#include "compiler/ir/rn/RnShapes.h"
#include "compiler/ir/rn/RnVerify.h"
#include <cmath>

using namespace mlir;
using namespace resnetc::rn;

/// A gradient has the extents of what it is the gradient of.
static LogicalResult verifyGradient(Operation *op, Type gradient, ArrayRef<int64_t> layer) {
  if (imageShape(gradient) == layer)
    return success();
  return op->emitOpError() << "is given a gradient of " << text(imageShape(gradient)) << " for a layer that makes "
                           << text(layer);
}

/// All of one shape and order.
static LogicalResult verifyAllLike(Operation *op, Type first, std::initializer_list<Value> others) {
  for (Value other : others)
    if (other && failed(verifySameShape(op, first, other.getType())))
      return failure();
  return success();
}

//===-- the ends of a step -----------------------------------------------------===//

LogicalResult CrossEntropyOp::verify() {
  int64_t classes = channels(getLogits().getType());
  double smoothing = getSmoothing().convertToDouble();
  if (!(smoothing >= 0 && smoothing <= 1))
    return emitOpError("smoothing must be within 0..1");
  if (auto weights = getClassWeights()) {
    if (static_cast<int64_t>(weights->size()) != classes)
      return emitOpError() << "has " << weights->size() << " class weights for " << classes << " classes";
    if (!llvm::all_of(*weights, [](double weight) { return std::isfinite(weight) && weight >= 0; }))
      return emitOpError("class weights must be finite and not negative");
  }
  if (failed(verifyShape(*this, getLosses().getType(), {1})))
    return failure();
  return verifySameShape(*this, getLogits().getType(), getGradient().getType());
}

LogicalResult UpdateStatisticsOp::verify() {
  double momentum = getMomentum().convertToDouble();
  if (!(momentum >= 0 && momentum <= 1))
    return emitOpError("momentum must be within 0..1");
  int64_t count = channels(getX().getType());
  if (failed(verifyPerChannel(*this, "mean", getMean(), count)))
    return failure();
  return verifyPerChannel(*this, "variance", getVariance(), count);
}

//===-- batch norm -------------------------------------------------------------===//

LogicalResult BatchNormTrainOp::verify() {
  int64_t count = channels(getInput().getType());
  for (auto [name, value] : {std::pair<StringRef, Value>{"gamma", getGamma()},
                             {"beta", getBeta()},
                             {"mean", getMean()},
                             {"variance", getVariance()}})
    if (failed(verifyPerChannel(*this, name, value, count)))
      return failure();
  if (failed(verifyEps(*this, getEps())))
    return failure();
  return verifyAllLike(*this, getInput().getType(), {getResidual(), getResult()});
}

LogicalResult BatchNormGradientOp::verify() {
  int64_t count = channels(getX().getType());
  for (auto [name, value] : {std::pair<StringRef, Value>{"gamma", getGamma()},
                             {"mean", getMean()},
                             {"variance", getVariance()},
                             {"dgamma", getDgamma()},
                             {"dbeta", getDbeta()}})
    if (failed(verifyPerChannel(*this, name, value, count)))
      return failure();
  if (static_cast<bool>(getOutput()) == getActivation().isNone())
    return emitOpError("masked and an activation belong together");
  if (!isRecoverable(getActivation()))
    return emitOpError() << "cannot tell the derivative of " << stringifyActivation(getActivation().getFunction())
                         << " from its result";
  if (getMaskedDy() && !getOutput())
    return emitOpError("has a fourth result only if it is masked");
  if (failed(verifyEps(*this, getEps())))
    return failure();
  return verifyAllLike(*this, getX().getType(), {getDy(), getOutput(), getResidual(), getDx(), getMaskedDy()});
}

//===-- convolutions and linear layers -----------------------------------------===//

LogicalResult Conv2dInputGradientOp::verify() {
  auto layer =
      convolvedShape(*this, getDx().getType(), getFilter(), getStrides(), getPads(), getDilations(), getGroups());
  if (failed(layer) || failed(verifyGradient(*this, getDy().getType(), *layer)))
    return failure();
  return verifyAllLike(*this, getDx().getType(), {getResidual()});
}

LogicalResult Conv2dFilterGradientOp::verify() {
  auto layer =
      convolvedShape(*this, getX().getType(), getDfilter(), getStrides(), getPads(), getDilations(), getGroups());
  return failed(layer) ? failure() : verifyGradient(*this, getDy().getType(), *layer);
}

static LogicalResult verifyMatrix(Operation *op, StringRef name, Value matrix, Value x, Value dy) {
  auto shape = cast<RankedTensorType>(matrix.getType()).getShape();
  if (shape[0] == channels(dy.getType()) && shape[1] == channels(x.getType()))
    return success();
  return op->emitOpError() << name << " is " << text(shape) << " between " << channels(x.getType()) << " and "
                           << channels(dy.getType()) << " features";
}

LogicalResult LinearInputGradientOp::verify() {
  if (failed(verifyMatrix(*this, "weight", getWeight(), getDx(), getDy())))
    return failure();
  return verifyAllLike(*this, getDx().getType(), {getResidual()});
}
LogicalResult LinearWeightGradientOp::verify() { return verifyMatrix(*this, "dweight", getDweight(), getX(), getDy()); }

//===-- parameters of one value a channel --------------------------------------===//

LogicalResult ChannelSumOp::verify() {
  if (failed(verifyPerChannel(*this, "result", getResult(), channels(getDy().getType()))))
    return failure();
  return verifyAllLike(*this, getDy().getType(), {getX()});
}

LogicalResult SumChannelsOp::verify() {
  if (int64_t elements = getType().getDimSize(0); elements != 1)
    return emitOpError() << "makes one element, not " << elements;
  return success();
}

//===-- layers without parameters ----------------------------------------------===//

LogicalResult ActivationGradientOp::verify() {
  if (getOfOutput() && !isRecoverable(getActivation()))
    return emitOpError() << "cannot tell the derivative of " << stringifyActivation(getActivation().getFunction())
                         << " from its result";
  return verifyAllLike(*this, getDy().getType(), {getSaved(), getDx()});
}

template <typename Pool> static LogicalResult verifyPoolGradient(Pool op) {
  auto layer = pooledShape(op, op.getDx().getType(), op.getKernel(), op.getStrides(), op.getPads(), op.getCeil());
  if (failed(layer) || failed(verifyGradient(op, op.getDy().getType(), *layer)))
    return failure();
  return verifySameOrder(op, op.getDy().getType(), op.getDx().getType());
}
LogicalResult AvgPool2dGradientOp::verify() { return verifyPoolGradient(*this); }
LogicalResult MaxPool2dGradientOp::verify() {
  if (failed(verifyPoolGradient(*this)) || failed(verifyAllLike(*this, getDx().getType(), {getX()})))
    return failure();
  return verifyAllLike(*this, getDy().getType(), {getY()});
}

LogicalResult GlobalAvgPoolGradientOp::verify() {
  return verifyGradient(*this, getDy().getType(), {channels(getDx().getType())});
}
LogicalResult GlobalMaxPoolGradientOp::verify() {
  if (failed(verifyGradient(*this, getDy().getType(), {channels(getDx().getType())})) ||
      failed(verifyAllLike(*this, getDx().getType(), {getX()})))
    return failure();
  return verifyAllLike(*this, getDy().getType(), {getY()});
}

LogicalResult GateGradientOp::verify() {
  auto image = imageShape(getX().getType()), gate = imageShape(getDgate().getType());
  bool isPixel = gate.front() == image.front() && llvm::all_of(gate.drop_front(), [](int64_t e) { return e == 1; });
  if (!isPixel && gate != image)
    return emitOpError() << "makes the gradient of a gate of " << text(gate) << "; it must be " << text(image)
                         << ", or one pixel of " << image.front() << " channels";
  return verifyAllLike(*this, getX().getType(), {getDy()});
}

LogicalResult ChannelSliceOp::verify() {
  auto from = imageShape(getInput().getType()), to = imageShape(getType());
  int64_t first = getFirst();
  if (from.drop_front() != to.drop_front())
    return emitOpError() << "keeps the pixels, cannot make " << text(to) << " of " << text(from);
  if (first < 0 || first > from[0] - to[0])
    return emitOpError() << "takes " << to[0] << " channels from " << first << " on, the input has " << from[0];
  return verifySameOrder(*this, getInput().getType(), getType());
}

LogicalResult PadShortcutGradientOp::verify() {
  auto image = imageShape(getDx().getType());
  if (failed(verifyPair(*this, "strides", getStrides(), 1)))
    return failure();
  if (channels(getDy().getType()) < image[0])
    return emitOpError() << "is given a gradient of " << channels(getDy().getType()) << " channels for a layer of "
                         << image[0];
  return verifyGradient(*this, getDy().getType(), subsampledShape(image, channels(getDy().getType()), getStrides()));
}

LogicalResult UnflattenOp::verify() {
  int64_t elements = 1;
  for (int64_t extent : imageShape(getType())) // bounded by isActivation
    elements *= extent;
  return verifyGradient(*this, getInput().getType(), {elements});
}

LogicalResult LayerNormGradientOp::verify() {
  if (failed(verifyPerChannel(*this, "gamma", getGamma(), channels(getX().getType()))) ||
      failed(verifyEps(*this, getEps())))
    return failure();
  return verifyAllLike(*this, getX().getType(), {getDy(), getDx(), getNormalized()});
}

LogicalResult SoftmaxGradientOp::verify() { return verifyAllLike(*this, getDy().getType(), {getY(), getDx()}); }

LogicalResult RandomDropOp::verify() {
  if (failed(verifyDropRate(*this, getRate())))
    return failure();
  return verifySameShape(*this, getInput().getType(), getType());
}
