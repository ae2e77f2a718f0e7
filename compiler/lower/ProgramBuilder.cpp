//===- ProgramBuilder.cpp - a network's ops become calls of one program ---===//

#include "compiler/lower/ProgramBuilder.h"
#include "compiler/ir/rn/RnShapes.h"
#include "compiler/kernels/FilterTile.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace resnetc;
using namespace resnetc::lower;
using kernels::KernelSpec;
using Kernel = kernels::KernelOp;

/// "layer1.0.conv1" of NameLoc("layer1.0.conv1", …), also of one that a pass fused with others.
static StringRef layerName(Location loc) {
  if (auto name = dyn_cast<NameLoc>(loc))
    return name.getName();
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      if (StringRef name = layerName(part); !name.empty())
        return name;
  return {};
}

plan::KernelOp KernelBuilder::add(Location loc, const KernelSpec &spec) {
  OpBuilder builder(last->getContext());
  builder.setInsertionPointAfter(last);
  StringRef stem = toString(spec.op);
  auto kernel = plan::KernelOp::create(builder, loc, (stem + "_" + Twine(counters[stem]++)).str(), spec.str());
  last = kernel;
  return kernel;
}

ProgramBuilder::ProgramBuilder(plan::ProgramOp program, KernelBuilder &kernels, WeightPacker &weights,
                               TrainingMemory *training)
    : program(program), kernels(kernels), weights(weights), training(training),
      builder(OpBuilder::atBlockEnd(&program.getBody().front())), batch(program.getBatch()) {}

LogicalResult ProgramBuilder::build(rn::NetworkOp network) {
  auto buffer = [&](Type type) { return plan::BufferType::get(type.getContext(), tensorSpec(type), batch); };
  BlockArgument input = network.getInput();
  buffers[input] = plan::InputOp::create(builder, input.getLoc(), buffer(input.getType()));
  if (!training) {
    returned = network.getOutput();
    output = plan::OutputOp::create(builder, returned.getLoc(), buffer(returned.getType()));
  }
  if (training && failed(lowerEntry(network)))
    return failure();
  for (Operation &op : network.getBody().front())
    if (!isa<rn::ParameterArithmeticOp>(op) && failed(lower(op)))
      return failure();
  return success();
}

/// An rn.to_layout that serves one rn.flatten alone: the flatten's copy reads any layout itself.
static bool isCopiedByFlatten(Operation &op) {
  return isa<rn::ToLayoutOp>(op) && op.hasOneUse() && isa<rn::FlattenOp>(*op.user_begin());
}

LogicalResult ProgramBuilder::lower(Operation &op) {
  for (Type type : op.getResultTypes())
    if (rn::isActivation(type) && !rn::hasLayout(type))
      return op.emitError() << "has no layout; rn-to-plan wants a network after select-layout";
  return TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](rn::Conv2dOp conv) { return lowerConv2d(conv); })
      .Case([&](rn::LinearOp linear) { return lowerLinear(linear); })
      .Case([&](rn::AddOp add) { return lowerAdd(add); })
      .Case([&](rn::NormalizeOp normalize) { return lowerNormalize(normalize); })
      .Case([&](rn::FlattenOp flatten) { return lowerFlatten(flatten); })
      .Case([&](rn::ReturnOp op) { return training ? success() : lowerReturn(op); })
      .Case([&](rn::MaxPool2dOp pool) {
        return lowerPool(op, Kernel::MaxPool2d, pool.getKernel(), pool.getStrides(), pool.getPads(), true);
      })
      .Case([&](rn::AvgPool2dOp pool) {
        return lowerPool(op, Kernel::AvgPool2d, pool.getKernel(), pool.getStrides(), pool.getPads(),
                         pool.getCountIncludePad());
      })
      .Case([&](rn::GlobalAvgPoolOp) { return emit(op, simple(Kernel::GlobalAvgPool, op)); })
      .Case([&](rn::SoftmaxOp) { return emit(op, simple(Kernel::Softmax, op)); })
      .Case([&](rn::ToLayoutOp) { return isCopiedByFlatten(op) ? success() : emit(op, simple(Kernel::Copy, op)); })
      .Case([&](rn::ActivationOp op) {
        Call call = simple(Kernel::Elementwise, *op);
        call.spec.epilogue.activation = kernelActivation(op.getActivation());
        return emit(*op, call);
      })
      .Case([&](rn::AffineOp affine) {
        Call call = simple(Kernel::Elementwise, op);
        call.scale = affine.getScale();
        call.shift = affine.getShift();
        call.spec.epilogue.affine = true;
        call.spec.epilogue.affineActivation = kernelActivation(affine.getActivation());
        return emit(op, call);
      })
      .Case([&](rn::PadShortcutOp pad) {
        Call call = simple(Kernel::PadShortcut, op);
        call.spec.strideHeight = pad.getStrides()[0];
        call.spec.strideWidth = pad.getStrides()[1];
        return emit(op, call);
      })
      .Case([&](rn::GlobalMaxPoolOp) { return emit(op, simple(Kernel::GlobalMaxPool, op)); })
      .Case([&](rn::MultiplyOp multiply) { return lowerMultiply(multiply); })
      .Case([&](rn::ConcatOp concat) { return lowerConcat(concat); })
      .Case([&](rn::LayerNormOp norm) {
        Call call = simple(Kernel::LayerNorm, op);
        call.spec.epsilon = norm.getEps().convertToDouble();
        call.spec.epilogue.affine = true;
        call.scale = norm.getGamma();
        call.shift = norm.getBeta();
        return emit(op, call);
      })
      .Default([&](Operation *op) {
        if (training)
          return lowerTraining(*op);
        return LogicalResult(op->emitError() << "cannot be lowered to a kernel; run the rn passes before rn-to-plan");
      });
}

/// A kernel from the op's first operand to its results, without more.
ProgramBuilder::Call ProgramBuilder::simple(Kernel kernel, Operation &op) {
  Call call;
  call.spec.op = kernel;
  call.spec.batch = batch;
  call.spec.input = tensorSpec(op.getOperand(0).getType());
  call.spec.output = tensorSpec(op.getResult(0).getType());
  call.input = op.getOperand(0);
  call.results = op.getResults();
  return call;
}

/// What rn.conv2d and rn.add have in common: activation, affine, a second result.
void ProgramBuilder::addEpilogue(Call &call, rn::EpilogueOp op) {
  kernels::Epilogue &epilogue = call.spec.epilogue;
  epilogue.bias = bool(call.bias);
  epilogue.residual = bool(call.residual);
  if (call.residual)
    call.spec.residual = tensorSpec(call.residual.getType());
  epilogue.activation = kernelActivation(op.getActivation());
  epilogue.affine = op.hasAffine();
  if (op.hasAffine())
    epilogue.affineActivation = kernelActivation(op.getAffineActivation());
  epilogue.keepFirst = op.hasAffine() && op.getFirst();
  if (epilogue.keepFirst)
    call.spec.second = tensorSpec(op.getSecond().getType());
  call.scale = op.getScale();
  call.shift = op.getShift();
}

LogicalResult ProgramBuilder::lowerConv2d(rn::Conv2dOp op) {
  Call call = simple(Kernel::Conv2d, *op);
  call.spec = conv2dSpec(op, batch, op.getInput().getType(), op.getFilter().getType(), op.getOutputs()[0].getType());
  call.filter = op.getFilter();
  call.bias = op.getBias();
  call.residual = op.getResidual();
  addEpilogue(call, cast<rn::EpilogueOp>(op.getOperation()));
  call.spec.winograd = training && kernels::chooseWinograd(call.spec);
  return emit(*op, call);
}

LogicalResult ProgramBuilder::lowerLinear(rn::LinearOp op) {
  Call call = simple(Kernel::Conv2d, *op);
  call.spec = linearSpec(batch, op.getInput().getType(), op.getType());
  call.filter = op.getWeight();
  call.bias = op.getBias();
  call.spec.epilogue.bias = bool(call.bias);
  call.spec.epilogue.activation = kernelActivation(op.getActivation());
  return emit(*op, call);
}

LogicalResult ProgramBuilder::lowerAdd(rn::AddOp op) {
  Call call = simple(Kernel::Elementwise, *op);
  call.residual = op.getSkip();
  addEpilogue(call, cast<rn::EpilogueOp>(op.getOperation()));
  return emit(*op, call);
}

LogicalResult ProgramBuilder::lowerPool(Operation &op, Kernel kernel, ArrayRef<int64_t> window,
                                        ArrayRef<int64_t> strides, ArrayRef<int64_t> pads, bool countPadding) {
  Call call = simple(kernel, op);
  call.spec.windowHeight = window[0];
  call.spec.windowWidth = window[1];
  call.spec.strideHeight = strides[0];
  call.spec.strideWidth = strides[1];
  call.spec.padHeight = pads[0];
  call.spec.padWidth = pads[1];
  if (kernel == Kernel::AvgPool2d)
    setPoolPadding(call.spec, call.spec.input, call.spec.output, pads, countPadding);
  return emit(op, call);
}

void ProgramBuilder::setPoolPadding(KernelSpec &spec, const kernels::TensorSpec &in, const kernels::TensorSpec &out,
                                    ArrayRef<int64_t> pads, bool countPadding) {
  spec.countPadding = countPadding;
  // Only where a window stands out over the padding behind the map: else all that it reaches counts.
  auto [top, left, bottom, right] = rn::padsOfSides(pads);
  bool standsOut = (out.height - 1) * spec.strideHeight + spec.windowHeight > in.height + top + bottom ||
                   (out.width - 1) * spec.strideWidth + spec.windowWidth > in.width + left + right;
  if (countPadding && standsOut) {
    spec.padEndHeight = bottom;
    spec.padEndWidth = right;
  }
}

LogicalResult ProgramBuilder::lowerMultiply(rn::MultiplyOp op) {
  Call call = simple(Kernel::Multiply, *op);
  call.other = op.getGate();
  call.spec.other = tensorSpec(op.getGate().getType());
  call.spec.complement = op.getComplement();
  return emit(*op, call);
}

/// Two at a time, from the front; each but the last result is a buffer that no rn value has.
LogicalResult ProgramBuilder::lowerConcat(rn::ConcatOp op) {
  Call call = simple(Kernel::Concat, *op);
  int64_t border = call.spec.output.border;
  Value front = buffers.lookup(op.getInputs().front());
  call.spec.output = call.spec.input;
  for (auto [index, input] : llvm::enumerate(op.getInputs().drop_front())) {
    bool isLast = index + 2 == op.getInputs().size();
    call.spec.input = call.spec.output;
    call.spec.other = tensorSpec(input.getType());
    call.spec.output.channels += call.spec.other->channels;
    call.spec.output.border = isLast ? border : 0;
    if (llvm::Error error = call.spec.verify())
      return op.emitError() << "no kernel can do this: " << llvm::toString(std::move(error));
    auto type = plan::BufferType::get(builder.getContext(), call.spec.output, batch);
    Value result = isLast ? destination(op.getResult())
                          : plan::BufferOp::create(builder, op.getLoc(), type, IntegerAttr()).getResult();
    addCall(*op, call.spec, {front, buffers.lookup(input)}, result);
    front = result;
  }
  return success();
}

LogicalResult ProgramBuilder::lowerNormalize(rn::NormalizeOp op) {
  Call call = simple(Kernel::Normalize, *op);
  call.spec.mean.assign(op.getMean().begin(), op.getMean().end());
  call.spec.std.assign(op.getStd().begin(), op.getStd().end());
  readFewerImages(call);
  return emit(*op, call);
}

/// The caller's array of a training step may hold fewer images than the batch.
void ProgramBuilder::readFewerImages(Call &call) {
  if (!training || !isa<BlockArgument>(call.input))
    return;
  call.spec.clampImages = true;
  call.counters = training->counters;
}

/// Whoever but rn.normalize reads the caller's images in a training step reads a copy of a whole batch.
LogicalResult ProgramBuilder::lowerEntry(rn::NetworkOp network) {
  BlockArgument input = network.getInput();
  if (llvm::all_of(input.getUsers(), [](Operation *user) { return isa<rn::NormalizeOp>(user); }))
    return success();
  KernelSpec spec = trainingSpec(Kernel::Copy, input.getType(), input.getType());
  spec.clampImages = true;
  auto type = plan::BufferType::get(builder.getContext(), spec.output, batch);
  Value copy = plan::BufferOp::create(builder, input.getLoc(), type, IntegerAttr());
  if (failed(call(*network, spec, {buffers.lookup(input), training->counters}, copy)))
    return failure();
  buffers[input] = copy;
  return success();
}

LogicalResult ProgramBuilder::lowerFlatten(rn::FlattenOp op) {
  Value made = buffers.lookup(op.getInput());
  if (made && op.getResult() != returned && tensorSpec(op.getInput().getType()) == tensorSpec(op.getType())) {
    buffers[op.getResult()] = made;
    return success();
  }
  Call call = simple(Kernel::Copy, *op);
  if (Operation *before = call.input.getDefiningOp(); before && isCopiedByFlatten(*before)) {
    call.input = before->getOperand(0);
    call.spec.input = tensorSpec(call.input.getType());
  }
  return emit(*op, call);
}

/// Whoever made the result wrote it to the output, unless it is the network's input.
LogicalResult ProgramBuilder::lowerReturn(rn::ReturnOp op) {
  if (buffers.lookup(returned) == output)
    return success();
  Call call;
  call.spec.op = Kernel::Copy;
  call.spec.batch = batch;
  call.spec.input = call.spec.output = tensorSpec(returned.getType());
  call.input = returned;
  call.results = returned;
  return emit(*op, call);
}

FailureOr<Value> ProgramBuilder::weight(FailureOr<plan::PackOp> pack) {
  if (failed(pack))
    return failure();
  Value &value = weightValues[*pack];
  if (!value)
    value =
        plan::WeightOp::create(builder, pack->getLoc(),
                               plan::WeightType::get(builder.getContext(), pack->getPackedBytes()), pack->getSymName(),
                               /*step=*/IntegerAttr());
  return value;
}

Value ProgramBuilder::destination(Value result) {
  if (result == returned)
    return buffers[result] = output;
  auto type = plan::BufferType::get(builder.getContext(), tensorSpec(result.getType()), batch);
  return buffers[result] = plan::BufferOp::create(builder, result.getLoc(), type, IntegerAttr());
}

LogicalResult ProgramBuilder::emit(Operation &op, Call call) {
  if (llvm::Error error = call.spec.verify())
    return op.emitError() << "no kernel can do this: " << llvm::toString(std::move(error));
  // KernelSpec.h: input, other, counters, filter, bias, residual, scale, shift, output, second output.
  SmallVector<Value, 6> inputs = {buffers.lookup(call.input)};
  SmallVector<Value, 2> outputs;
  if (call.other)
    inputs.push_back(buffers.lookup(call.other));
  if (call.counters)
    inputs.push_back(call.counters);
  auto appendWeight = [&](FailureOr<plan::PackOp> pack) {
    FailureOr<Value> value = weight(pack);
    if (succeeded(value))
      inputs.push_back(*value);
    return LogicalResult(value);
  };
  if (call.filter && failed(appendWeight(weights.filter(call.filter, call.spec))))
    return failure();
  if (call.bias && failed(appendWeight(weights.shift(call.bias, call.spec))))
    return failure();
  if (call.residual)
    inputs.push_back(buffers.lookup(call.residual));
  if (call.scale && failed(appendWeight(weights.scale(call.scale, call.spec))))
    return failure();
  if (call.shift && failed(appendWeight(weights.shift(call.shift, call.spec))))
    return failure();
  for (Value result : call.results)
    outputs.push_back(destination(result));
  addCall(op, call.spec, inputs, outputs);
  return success();
}

void ProgramBuilder::addCall(Operation &op, const KernelSpec &spec, ValueRange inputs, ValueRange outputs) {
  plan::KernelOp kernel = kernels.add(op.getLoc(), spec);
  StringRef name = layerName(op.getLoc());
  plan::CallOp::create(builder, op.getLoc(), kernel.getSymName(), inputs, outputs,
                       name.empty() ? op.getName().stripDialect() : name);
}
