//===- LowerBatchNorm.cpp - batch norms of a training step become calls ---===//
//
// Forward: sums of each image, the batch's statistics of them, one pass that
// normalises. Backward: sums of each image, coefficients of them, one pass.
//
//===----------------------------------------------------------------------===//

#include "compiler/lower/ProgramBuilder.h"

using namespace mlir;
using namespace resnetc;
using namespace resnetc::lower;
using kernels::KernelSpec;
using Kernel = kernels::KernelOp;

LogicalResult ProgramBuilder::lowerBatchNormTrain(rn::BatchNormTrainOp op) {
  Type x = op.getInput().getType();
  Value input = buffers.lookup(op.getInput());
  int64_t channels = paddedChannels(tensorSpec(x));
  FailureOr<Value> gamma = parameterVector(op.getGamma()), beta = parameterVector(op.getBeta());
  Value partials = scratch(2 * batch * channels), statistics = scratch(4 * channels);
  if (failed(call(*op, denseSpec(Kernel::BatchNormPartials, x), input, partials)))
    return failure();
  KernelSpec combine = denseSpec(Kernel::BatchNormCombine, x);
  combine.epsilon = op.getEps().convertToDouble();
  if (failed(call(*op, combine, {partials, *gamma, *beta, training->counters}, statistics)))
    return failure();
  buffers[op.getMean()] = view(statistics, 0, channels);
  buffers[op.getVariance()] = view(statistics, 4 * channels, channels);
  statisticsOf[op.getMean()] = statistics;
  return applyBatchNorm(*op, op.getInput(), op.getResidual(), statistics, op.getActivation(), op.getResult());
}

LogicalResult ProgramBuilder::applyBatchNorm(Operation &op, Value input, Value residual, Value statistics,
                                             rn::ActivationAttr activation, Value result) {
  KernelSpec apply = trainingSpec(Kernel::BatchNormApply, input.getType(), result.getType());
  apply.epilogue.activation = kernelActivation(activation);
  SmallVector<Value> inputs = {buffers.lookup(input)};
  if (residual) {
    apply.epilogue.residual = true;
    apply.residual = tensorSpec(residual.getType());
    inputs.push_back(buffers.lookup(residual));
  }
  inputs.push_back(statistics);
  return call(op, apply, inputs, destination(result));
}

/// With frozen statistics: mean, variance, scale and shift of what was learnt before, once for forward and backward.
FailureOr<Value> ProgramBuilder::frozenStatistics(Operation &op, Type x, Value mean, Value variance, Value gamma,
                                                  Value beta, double epsilon) {
  if (Value found = statisticsOf.lookup(mean))
    return found;
  int64_t channels = paddedChannels(tensorSpec(x));
  KernelSpec combine = denseSpec(Kernel::BatchNormCombine, x);
  combine.epsilon = epsilon;
  combine.frozen = true;
  Value statistics = scratch(4 * channels);
  SmallVector<Value> inputs;
  for (Value vector : {mean, variance, gamma, beta}) {
    FailureOr<Value> piece = parameterVector(vector);
    inputs.push_back(*piece);
  }
  if (failed(call(op, combine, inputs, statistics)))
    return failure();
  return statisticsOf[mean] = statistics;
}

LogicalResult ProgramBuilder::lowerFrozenBatchNorm(rn::BatchNormOp op) {
  FailureOr<Value> statistics = frozenStatistics(*op, op.getInput().getType(), op.getMean(), op.getVariance(),
                                                 op.getGamma(), op.getBeta(), op.getEps().convertToDouble());
  if (failed(statistics))
    return failure();
  return applyBatchNorm(*op, op.getInput(), Value(), *statistics,
                        rn::ActivationAttr::get(op.getContext(), rn::Activation::None), op.getResult());
}

LogicalResult ProgramBuilder::lowerUpdateStatistics(rn::UpdateStatisticsOp op) {
  Type x = op.getX().getType();
  KernelSpec spec = denseSpec(Kernel::UpdateStatistics, x);
  spec.momentum = op.getMomentum().convertToDouble();
  Value mean = pieceOf(training->state, op.getMeanName()), variance = pieceOf(training->state, op.getVarianceName());
  return call(*op, spec, {statisticsOf.lookup(op.getMean()), training->counters, mean, variance}, {mean, variance});
}

LogicalResult ProgramBuilder::lowerBatchNormGradient(rn::BatchNormGradientOp op) {
  Type x = op.getX().getType();
  int64_t channels = paddedChannels(tensorSpec(x));
  Value statistics = statisticsOf.lookup(op.getMean());
  Value input = buffers.lookup(op.getX()), dy = buffers.lookup(op.getDy());
  kernels::Activation mask = kernelActivation(op.getActivation());
  Value output = op.getOutput() ? buffers.lookup(op.getOutput()) : Value();

  // dy' = dy * f', its sums, and dy' itself where somebody else wants it.
  KernelSpec sums = denseSpec(Kernel::BatchNormGradientPartials, op.getDy().getType());
  sums.other = tensorSpec(x);
  sums.epilogue.activation = mask;
  Value partials = scratch(2 * batch * channels);
  SmallVector<Value> inputs = {dy, input, statistics}, outputs;
  if (output) {
    sums.saved = tensorSpec(op.getOutput().getType());
    inputs.push_back(output);
  }
  bool isStored = bool(op.getMaskedDy());
  if (isStored) {
    sums.output = tensorSpec(op.getMaskedDy().getType());
    outputs.push_back(destination(op.getMaskedDy()));
  }
  outputs.push_back(partials);
  if (failed(call(*op, sums, inputs, outputs)))
    return failure();

  KernelSpec combine = denseSpec(Kernel::BatchNormGradientCombine, x);
  combine.epsilon = op.getEps().convertToDouble();
  combine.frozen = op.getFrozen();
  FailureOr<Value> gamma = parameterVector(op.getGamma());
  Value coefficients = scratch(5 * channels);
  if (failed(call(*op, combine, {partials, statistics, *gamma, training->counters}, coefficients)))
    return failure();
  buffers[op.getDgamma()] = view(coefficients, 0, channels);
  buffers[op.getDbeta()] = view(coefficients, 4 * channels, channels);

  KernelSpec apply = trainingSpec(Kernel::BatchNormGradientApply, op.getDy().getType(), op.getDx().getType());
  apply.other = tensorSpec(x);
  inputs = {isStored ? outputs.front() : dy, input};
  if (op.getResidual()) {
    apply.epilogue.residual = true;
    apply.residual = tensorSpec(op.getResidual().getType());
    inputs.push_back(buffers.lookup(op.getResidual()));
  }
  inputs.push_back(coefficients);
  if (isStored)
    apply.input = tensorSpec(op.getMaskedDy().getType());
  else if (output) {
    apply.epilogue.activation = mask;
    apply.saved = tensorSpec(op.getOutput().getType());
    inputs.push_back(output);
  }
  inputs.push_back(training->counters);
  return call(*op, apply, inputs, destination(op.getDx()));
}
