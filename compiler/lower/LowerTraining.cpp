//===- LowerTraining.cpp - ops of a training step become calls -------------===//
//
// What ProgramBuilder does for layers, for the ops that only training has. Per-channel
// numbers are dense buffers or views of them; a gradient of a parameter is computed
// where the optimizer wants it.
//
//===----------------------------------------------------------------------===//

#include "compiler/kernels/FilterTile.h"
#include "compiler/lower/ProgramBuilder.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace resnetc;
using namespace resnetc::lower;
using kernels::KernelSpec;
using Kernel = kernels::KernelOp;

namespace {
/// The single op that keeps this value as a parameter's gradient, or null.
rn::GradientOfOp gradientUser(Value value) {
  return value.hasOneUse() ? dyn_cast<rn::GradientOfOp>(*value.user_begin()) : rn::GradientOfOp();
}
} // namespace

Value ProgramBuilder::scratch(int64_t floats) {
  return plan::BufferOp::create(builder, builder.getUnknownLoc(), plan::denseType(builder.getContext(), floats),
                                IntegerAttr());
}

Value ProgramBuilder::view(Value buffer, int64_t offset, int64_t floats) {
  return plan::ViewOp::create(builder, builder.getUnknownLoc(), plan::denseType(builder.getContext(), floats), buffer,
                              offset);
}

/// The piece of `whole` (state or gradients) that belongs to a named tensor.
Value ProgramBuilder::pieceOf(Value whole, StringRef tensor) {
  plan::PackOp pack = training->layout->find(tensor);
  return view(whole, pack.getOffset(), pack.getPackedBytes() / 4);
}

Value ProgramBuilder::gradientDestination(Value result, int64_t floats) {
  rn::GradientOfOp user = gradientUser(result);
  return buffers[result] = user ? pieceOf(training->gradients, user.getName()) : scratch(floats);
}

LogicalResult ProgramBuilder::call(Operation &op, const KernelSpec &spec, ValueRange inputs, ValueRange outputs) {
  if (llvm::Error error = spec.verify())
    return op.emitOpError() << "no kernel can do this: " << llvm::toString(std::move(error));
  addCall(op, spec, inputs, outputs);
  return success();
}

KernelSpec ProgramBuilder::trainingSpec(Kernel kernel, Type input, Type output) {
  KernelSpec spec;
  spec.op = kernel;
  spec.batch = batch;
  spec.input = tensorSpec(input);
  spec.output = tensorSpec(output);
  return spec;
}

/// A kernel whose results are numbers a channel of its input.
KernelSpec ProgramBuilder::denseSpec(Kernel kernel, Type input) {
  KernelSpec spec = trainingSpec(kernel, input, input);
  spec.output = kernels::TensorSpec();
  return spec;
}

FailureOr<Value> ProgramBuilder::parameterVector(Value parameter) {
  return weight(weights.vector(parameter, cast<RankedTensorType>(parameter.getType()).getDimSize(0)));
}

//===-- convolutions -------------------------------------------------------===//

/// dx from dy and the filter, whose channels are exchanged first.
LogicalResult ProgramBuilder::lowerInputGradient(Operation &op, KernelSpec forward, Value dy, Value filter,
                                                 Value residual, Value dx) {
  KernelSpec spec = forward;
  spec.op = Kernel::Conv2dInputGradient;
  spec.input = tensorSpec(dy.getType());
  spec.output = tensorSpec(dx.getType());
  spec.filterTile = kernels::chooseFilterTile(spec);
  KernelSpec transpose = spec;
  transpose.op = Kernel::TransposeFilter;
  transpose.forwardTile = forward.filterTile;
  transpose.batch = 1;
  transpose.input.border = transpose.output.border = 0; // equal filters, equal kernels
  FailureOr<Value> packed = weight(weights.filter(filter, forward));
  if (failed(packed))
    return failure();
  Value transposed = scratch(spec.filterBytes() / 4);
  if (failed(call(op, transpose, *packed, transposed)))
    return failure();
  SmallVector<Value> inputs = {buffers.lookup(dy), transposed};
  if (residual) {
    spec.epilogue.residual = true;
    spec.residual = tensorSpec(residual.getType());
    inputs.push_back(buffers.lookup(residual));
  }
  spec.winograd = kernels::chooseWinograd(spec);
  return call(op, spec, inputs, destination(dx));
}

LogicalResult ProgramBuilder::lowerFilterGradient(Operation &op, KernelSpec forward, Value x, Value dy, Value dfilter) {
  KernelSpec spec = forward;
  spec.op = Kernel::Conv2dFilterGradient;
  spec.other = tensorSpec(dy.getType());
  spec.partials = kernels::choosePartials(spec);
  spec.winograd = kernels::chooseWinograd(spec);
  int64_t floats = forward.filterBytes() / 4;
  spec.output = plan::denseType(builder.getContext(), spec.partials * floats).getTensor();
  Value destination = gradientDestination(dfilter, floats);
  Value partials = spec.partials == 1 ? destination : scratch(spec.partials * floats);
  if (failed(call(op, spec, {buffers.lookup(x), buffers.lookup(dy)}, partials)))
    return failure();
  return spec.partials == 1 ? success() : sumPartials(op, partials, destination);
}

/// Pieces of one size behind each other, summed in their order; of one piece, a copy.
LogicalResult ProgramBuilder::sumPartials(Operation &op, Value partials, Value destination) {
  KernelSpec spec;
  spec.op = Kernel::SumPartials;
  spec.input = cast<plan::BufferType>(partials.getType()).getTensor();
  spec.output = cast<plan::BufferType>(destination.getType()).getTensor();
  return call(op, spec, partials, destination);
}

LogicalResult ProgramBuilder::lowerGradientOf(rn::GradientOfOp op) {
  Value made = buffers.lookup(op.getGradient());
  if (auto piece = made.getDefiningOp<plan::ViewOp>(); piece && piece.getBuffer() == training->gradients)
    return success();
  return sumPartials(*op, made, pieceOf(training->gradients, op.getName()));
}

LogicalResult ProgramBuilder::lowerChannelSum(rn::ChannelSumOp op) {
  Type dy = op.getDy().getType();
  int64_t channels = paddedChannels(tensorSpec(dy));
  KernelSpec spec = denseSpec(Kernel::ChannelSum, dy);
  SmallVector<Value> inputs = {buffers.lookup(op.getDy())};
  if (op.getX()) {
    spec.other = tensorSpec(op.getX().getType());
    inputs.push_back(buffers.lookup(op.getX()));
  }
  return call(*op, spec, inputs, gradientDestination(op.getResult(), channels));
}

/// Squares are summed by channel, then over the blocks of channels, then over their lanes.
LogicalResult ProgramBuilder::lowerProbe(rn::ProbeOp op) {
  Type type = op.getValue().getType();
  Value value = buffers.lookup(op.getValue());
  int64_t channels = paddedChannels(tensorSpec(type));
  KernelSpec squares = denseSpec(Kernel::ChannelSum, type);
  squares.other = squares.input;
  Value sums = scratch(channels);
  if (failed(call(*op, squares, {value, value}, sums)))
    return failure();
  if (channels > kernels::channelBlock) {
    Value block = scratch(kernels::channelBlock);
    if (failed(sumPartials(*op, sums, block)))
      return failure();
    sums = block;
  }
  KernelSpec lanes;
  lanes.op = Kernel::SumChannels;
  lanes.input = plan::denseType(builder.getContext(), kernels::channelBlock).getTensor();
  lanes.output = plan::denseType(builder.getContext(), 1).getTensor();
  int64_t row = training->probeRows.lookup(op) * kernels::channelBlock;
  return call(*op, lanes, sums, view(training->probes, 4 * row, kernels::channelBlock));
}

//===-- the loss -----------------------------------------------------------===//

LogicalResult ProgramBuilder::lowerCrossEntropy(rn::CrossEntropyOp op) {
  KernelSpec spec = trainingSpec(Kernel::CrossEntropy, op.getLogits().getType(), op.getLosses().getType());
  spec.second = tensorSpec(op.getGradient().getType());
  spec.smoothing = op.getSmoothing().convertToDouble();
  if (auto classWeights = op.getClassWeights())
    spec.classWeights.assign(classWeights->begin(), classWeights->end());
  Value losses = destination(op.getLosses()), gradient = destination(op.getGradient());
  training->losses = losses;
  return call(*op, spec, {buffers.lookup(op.getLogits()), training->labels, training->secondLabels, training->counters},
              {losses, gradient});
}

//===-- the others ---------------------------------------------------------===//

/// Inputs are all operands that are activations, in the op's order; the first is `in`, the second `other`, the third
/// `saved`.
LogicalResult ProgramBuilder::lowerSimpleGradient(Operation &op, KernelSpec spec) {
  SmallVector<Value> inputs, outputs;
  for (auto [index, operand] : llvm::enumerate(op.getOperands())) {
    inputs.push_back(buffers.lookup(operand));
    if (index == 1)
      spec.other = tensorSpec(operand.getType());
    if (index == 2)
      spec.saved = tensorSpec(operand.getType());
  }
  for (Value result : op.getResults())
    outputs.push_back(destination(result));
  return call(op, spec, inputs, outputs);
}

/// A pool's gradient: the window of the forward pool.
template <typename Op> KernelSpec ProgramBuilder::poolGradientSpec(Kernel kernel, Op op) {
  KernelSpec spec = trainingSpec(kernel, op.getDy().getType(), op.getDx().getType());
  spec.windowHeight = op.getKernel()[0];
  spec.windowWidth = op.getKernel()[1];
  spec.strideHeight = op.getStrides()[0];
  spec.strideWidth = op.getStrides()[1];
  spec.padHeight = op.getPads()[0];
  spec.padWidth = op.getPads()[1];
  return spec;
}

LogicalResult ProgramBuilder::lowerTraining(Operation &op) {
  auto simple = [&](Kernel kernel) {
    return trainingSpec(kernel, op.getOperand(0).getType(), op.getResult(0).getType());
  };
  return TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](rn::BatchNormTrainOp norm) { return lowerBatchNormTrain(norm); })
      .Case([&](rn::BatchNormOp norm) { return lowerFrozenBatchNorm(norm); })
      .Case([&](rn::UpdateStatisticsOp update) { return lowerUpdateStatistics(update); })
      .Case([&](rn::BatchNormGradientOp norm) { return lowerBatchNormGradient(norm); })
      .Case([&](rn::Conv2dInputGradientOp conv) {
        KernelSpec forward =
            conv2dSpec(conv, batch, conv.getDx().getType(), conv.getFilter().getType(), conv.getDy().getType());
        return lowerInputGradient(op, forward, conv.getDy(), conv.getFilter(), conv.getResidual(), conv.getDx());
      })
      .Case([&](rn::Conv2dFilterGradientOp conv) {
        KernelSpec forward =
            conv2dSpec(conv, batch, conv.getX().getType(), conv.getDfilter().getType(), conv.getDy().getType());
        return lowerFilterGradient(op, forward, conv.getX(), conv.getDy(), conv.getDfilter());
      })
      .Case([&](rn::LinearInputGradientOp linear) {
        KernelSpec forward = linearSpec(batch, linear.getDx().getType(), linear.getDy().getType());
        return lowerInputGradient(op, forward, linear.getDy(), linear.getWeight(), linear.getResidual(),
                                  linear.getDx());
      })
      .Case([&](rn::LinearWeightGradientOp linear) {
        KernelSpec forward = linearSpec(batch, linear.getX().getType(), linear.getDy().getType());
        return lowerFilterGradient(op, forward, linear.getX(), linear.getDy(), linear.getDweight());
      })
      .Case([&](rn::GradientOfOp gradient) { return lowerGradientOf(gradient); })
      .Case([&](rn::ChannelSumOp sum) { return lowerChannelSum(sum); })
      .Case([&](rn::ProbeOp probe) { return lowerProbe(probe); })
      .Case([&](rn::CrossEntropyOp loss) { return lowerCrossEntropy(loss); })
      .Case([&](rn::SumChannelsOp sum) {
        // The state holds the one number once a channel of its reader, and so does the gradient.
        Value vector = buffers.lookup(sum.getInput());
        int64_t floats = cast<plan::BufferType>(vector.getType()).getChannels();
        KernelSpec spec;
        spec.op = Kernel::SumChannels;
        int64_t channels = cast<RankedTensorType>(sum.getInput().getType()).getDimSize(0);
        spec.input = plan::denseType(builder.getContext(), floats).getTensor();
        spec.output = plan::denseType(builder.getContext(), channels).getTensor();
        return call(op, spec, vector, gradientDestination(sum.getResult(), floats));
      })
      .Case([&](rn::ActivationGradientOp gradient) {
        KernelSpec spec = simple(Kernel::ActivationGradient);
        spec.epilogue.activation = kernelActivation(gradient.getActivation());
        spec.ofOutput = gradient.getOfOutput();
        return lowerSimpleGradient(op, spec);
      })
      .Case([&](rn::MaxPool2dGradientOp pool) {
        return lowerSimpleGradient(op, poolGradientSpec(Kernel::MaxPool2dGradient, pool));
      })
      .Case([&](rn::AvgPool2dGradientOp pool) {
        KernelSpec spec = poolGradientSpec(Kernel::AvgPool2dGradient, pool);
        setPoolPadding(spec, spec.output, spec.input, pool.getPads(), pool.getCountIncludePad());
        return lowerSimpleGradient(op, spec);
      })
      .Case([&](rn::GlobalAvgPoolGradientOp) { return lowerSimpleGradient(op, simple(Kernel::GlobalAvgPoolGradient)); })
      .Case([&](rn::GlobalMaxPoolGradientOp) { return lowerSimpleGradient(op, simple(Kernel::GlobalMaxPoolGradient)); })
      .Case([&](rn::GateGradientOp gate) {
        KernelSpec spec = simple(Kernel::GateGradient);
        spec.complement = gate.getComplement();
        return lowerSimpleGradient(op, spec);
      })
      .Case([&](rn::ChannelSliceOp slice) {
        KernelSpec spec = simple(Kernel::ChannelSlice);
        spec.firstChannel = slice.getFirst();
        return lowerSimpleGradient(op, spec);
      })
      .Case([&](rn::PadShortcutGradientOp pad) {
        KernelSpec spec = simple(Kernel::PadShortcutGradient);
        spec.strideHeight = pad.getStrides()[0];
        spec.strideWidth = pad.getStrides()[1];
        return lowerSimpleGradient(op, spec);
      })
      .Case([&](rn::UnflattenOp) { return lowerSimpleGradient(op, simple(Kernel::Copy)); })
      .Case([&](rn::LayerNormGradientOp norm) { return lowerLayerNormGradient(norm); })
      .Case([&](rn::SoftmaxGradientOp) { return lowerSimpleGradient(op, simple(Kernel::SoftmaxGradient)); })
      .Case([&](rn::RandomDropOp drop) {
        KernelSpec spec = simple(Kernel::RandomDrop);
        spec.rate = drop.getRate().convertToDouble();
        spec.perImage = drop.getPerImage();
        spec.stream = drop.getStream();
        return call(op, spec, {buffers.lookup(drop.getInput()), training->counters}, destination(drop.getResult()));
      })
      .Default([](Operation *op) {
        return op->emitError() << "cannot be lowered to a kernel; run the rn passes before rn-to-plan";
      });
}

LogicalResult ProgramBuilder::lowerLayerNormGradient(rn::LayerNormGradientOp op) {
  KernelSpec spec = trainingSpec(Kernel::LayerNormGradient, op.getDy().getType(), op.getDx().getType());
  spec.other = tensorSpec(op.getX().getType());
  spec.second = tensorSpec(op.getNormalized().getType());
  spec.epsilon = op.getEps().convertToDouble();
  FailureOr<Value> gamma = parameterVector(op.getGamma());
  return call(*op, spec, {buffers.lookup(op.getDy()), buffers.lookup(op.getX()), *gamma},
              {destination(op.getDx()), destination(op.getNormalized())});
}
