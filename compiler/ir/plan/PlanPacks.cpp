//===- PlanPacks.cpp - folding and packing of named tensors ---------------===//

#include "compiler/ir/plan/Plan.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;
using namespace resnetc;
using namespace resnetc::plan;

static constexpr int64_t maxPackedBytes = int64_t(1) << 40;

/// The product of positive factors, or -1 if one is not positive or the product is out of all bounds.
static int64_t boundedProduct(std::initializer_list<int64_t> factors) {
  int64_t result = 1;
  for (int64_t factor : factors)
    if (factor < 1 || llvm::MulOverflow(result, factor, result) || result > maxPackedBytes)
      return -1;
  return result;
}

LogicalResult plan::detail::verifyPack(Operation *op) {
  auto pack = cast<PackOp>(op);
  if (pack.getOffset() % alignment != 0 || pack.getOffset() > uint64_t(maxPackedBytes))
    return op->emitOpError() << "offset must be a multiple of " << alignment << " below 2^40";
  if (pack.getPackedBytes() < 1)
    return op->emitOpError() << "has an extent below 1, or is too large";
  return success();
}

/// The named tensors are in the model's schema, and have the shapes that the op expects.
static LogicalResult verifyNames(PackOp pack) {
  auto module = pack->getParentOfType<ModuleOp>();
  auto models = module.getOps<ModelOp>();
  if (models.empty())
    return pack->emitOpError() << "stands in a module without plan.model";
  ModelOp model = *models.begin();
  for (const NamedShape &tensor : pack.getTensors()) {
    int64_t index = model.findTensor(tensor.name);
    if (index < 0)
      return pack->emitOpError() << "reads " << tensor.name << ", which the schema has not";
    if (model.getTensor(index).getShape() != ArrayRef<int64_t>(tensor.shape))
      return pack->emitOpError() << "reads " << tensor.name << " as [" << ArrayRef<int64_t>(tensor.shape)
                                 << "], the schema has [" << model.getTensor(index).getShape() << "]";
  }
  if (pack.getOffset() + pack.getPackedBytes() > uint64_t(model.getPackedBytes()))
    return pack->emitOpError() << "ends behind the packed weights of " << model.getPackedBytes() << " bytes";
  return success();
}

static LogicalResult verifyScale(Operation *op, StringAttr gamma, StringAttr variance, FloatAttr epsilon) {
  if (bool(gamma) != bool(variance) || bool(gamma) != bool(epsilon))
    return op->emitOpError() << "scale needs gamma, variance and epsilon";
  if (epsilon && !(epsilon.getValueAsDouble() >= 0 && std::isfinite(epsilon.getValueAsDouble())))
    return op->emitOpError() << "epsilon must be a finite number and at least 0";
  return success();
}

static LogicalResult verifyPadded(Operation *op, int64_t channels, int64_t padded) {
  if (channels < 1 || padded < channels || padded % kernels::channelBlock != 0)
    return op->emitOpError() << channels << " channels padded to " << padded << ": a multiple of "
                             << kernels::channelBlock << " that is not smaller is wanted";
  return success();
}

static void append(SmallVectorImpl<NamedShape> &tensors, StringAttr name, ArrayRef<int64_t> shape) {
  if (name)
    tensors.push_back({name, SmallVector<int64_t, 4>(shape)});
}

//===-- plan.pack_filter ---------------------------------------------------===//

LogicalResult PackFilterOp::verify() {
  ArrayRef<int64_t> shape = getShape();
  int64_t tile = getTile(), block = getInputBlock();
  int64_t outputBlocks = llvm::divideCeil(shape[0], kernels::channelBlock);
  if (getMatrix() && (shape[2] != 1 || shape[3] != 1))
    return emitOpError() << "a matrix has a window of 1x1";
  if (getSignal() && (getMatrix() || shape[3] != 1))
    return emitOpError() << "a signal's filter has width 1 and is no matrix";
  if (tile < 1 || outputBlocks % tile != 0)
    return emitOpError() << "tile " << tile << " does not divide " << outputBlocks << " blocks of output channels";
  if (int64_t(getGroups()) < 1 || shape[0] % int64_t(getGroups()) != 0)
    return emitOpError() << getGroups() << " groups cannot share " << shape[0] << " output channels";
  if (getGroups() > 1 && (tile != 1 || block < 1 || block > shape[1] * int64_t(getGroups())))
    return emitOpError() << "with groups, tile is 1 and input_block at most all input channels";
  if (getGroups() == 1 && block != kernels::channelBlock && block != shape[1])
    return emitOpError() << "input_block must be " << kernels::channelBlock << " or all input channels";
  return verifyScale(*this, getGammaAttr(), getVarianceAttr(), getEpsilonAttr());
}

int64_t PackFilterOp::getPackedBytes() {
  ArrayRef<int64_t> shape = getShape();
  int64_t block = getInputBlock();
  if (shape.size() != 4 || block < 1 || shape[0] < 1 || shape[1] < 1)
    return -1;
  int64_t outputs = llvm::alignTo(shape[0], kernels::channelBlock),
          inputs = getGroups() > 1 ? block : llvm::alignTo(shape[1], block);
  return boundedProduct({outputs, inputs, shape[2], shape[3], 4});
}

SmallVector<NamedShape, 5> PackFilterOp::getTensors() {
  SmallVector<NamedShape, 5> tensors;
  append(tensors, getFilterAttr(), getShape().take_front(getMatrix() ? 2 : getSignal() ? 3 : 4));
  append(tensors, getGammaAttr(), getShape().take_front());
  append(tensors, getVarianceAttr(), getShape().take_front());
  return tensors;
}

LogicalResult PackFilterOp::verifySymbolUses(SymbolTableCollection &) { return verifyNames(*this); }

//===-- plan.pack_shift ----------------------------------------------------===//

LogicalResult PackShiftOp::verify() {
  if (!getBias() && !getBeta())
    return emitOpError() << "packs neither a bias nor a norm";
  if (bool(getBeta()) != bool(getMean()) || (getBeta() && !getGamma()))
    return emitOpError() << "norm needs beta, mean and a scale";
  if (failed(verifyPadded(*this, getChannels(), getPadded())))
    return failure();
  return verifyScale(*this, getGammaAttr(), getVarianceAttr(), getEpsilonAttr());
}

int64_t PackShiftOp::getPackedBytes() { return boundedProduct({int64_t(getPadded()), 4}); }

SmallVector<NamedShape, 5> PackShiftOp::getTensors() {
  SmallVector<NamedShape, 5> tensors;
  for (StringAttr name : {getBiasAttr(), getBetaAttr(), getMeanAttr(), getGammaAttr(), getVarianceAttr()})
    append(tensors, name, {int64_t(getChannels())});
  return tensors;
}

LogicalResult PackShiftOp::verifySymbolUses(SymbolTableCollection &) { return verifyNames(*this); }

//===-- plan.pack_scale ----------------------------------------------------===//

LogicalResult PackScaleOp::verify() {
  if (failed(verifyPadded(*this, getChannels(), getPadded())))
    return failure();
  return verifyScale(*this, getGammaAttr(), getVarianceAttr(), getEpsilonAttr());
}

int64_t PackScaleOp::getPackedBytes() { return boundedProduct({int64_t(getPadded()), 4}); }

SmallVector<NamedShape, 5> PackScaleOp::getTensors() {
  SmallVector<NamedShape, 5> tensors;
  for (StringAttr name : {getGammaAttr(), getVarianceAttr()})
    append(tensors, name, {int64_t(getChannels())});
  return tensors;
}

LogicalResult PackScaleOp::verifySymbolUses(SymbolTableCollection &) { return verifyNames(*this); }

//===-- plan.pack_vector ---------------------------------------------------===//

LogicalResult PackVectorOp::verify() {
  if (bool(getTensor()) == bool(getValue()))
    return emitOpError() << "packs a tensor or a value";
  if (getBroadcast() && !getTensor())
    return emitOpError() << "broadcasts a tensor";
  if (getValue() && !std::isfinite(getValue()->convertToDouble()))
    return emitOpError() << "value must be a finite number";
  return verifyPadded(*this, getChannels(), getPadded());
}

int64_t PackVectorOp::getPackedBytes() { return boundedProduct({int64_t(getPadded()), 4}); }

SmallVector<NamedShape, 5> PackVectorOp::getTensors() {
  SmallVector<NamedShape, 5> tensors;
  append(tensors, getTensorAttr(), {getBroadcast() ? 1 : int64_t(getChannels())});
  return tensors;
}

LogicalResult PackVectorOp::verifySymbolUses(SymbolTableCollection &) { return verifyNames(*this); }
