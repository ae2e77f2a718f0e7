//===- PlanTraining.cpp - what a training step has beyond inference -------===//

#include "compiler/ir/plan/Plan.h"

using namespace mlir;
using namespace resnetc;
using namespace resnetc::plan;

BufferType resnetc::plan::denseType(MLIRContext *context, int64_t floats) {
  kernels::TensorSpec tensor;
  tensor.layout = kernels::Layout::Planar;
  tensor.channels = floats;
  return BufferType::get(context, tensor, /*batch=*/1);
}

LogicalResult TrainingOp::verify() {
  if (getParameters() % alignment != 0 || getDecayed() % alignment != 0 || getDecayed() > getParameters())
    return emitOpError() << "sizes must be multiples of " << alignment << ", and no more decay than there are";
  if (getSlots() > 2)
    return emitOpError() << "an optimizer has at most two slots";
  return success();
}

LogicalResult TrainingOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto model = symbols.lookupNearestSymbolFrom<ModelOp>(*this, getModelAttr());
  if (!model)
    return emitOpError() << "belongs to " << getModelAttr() << ", which is no plan.model";
  if (getParameters() > model.getPackedBytes())
    return emitOpError() << "trains more than the " << model.getPackedBytes() << " bytes of the model";
  return success();
}

LogicalResult ViewOp::verify() {
  BufferType whole = getBuffer().getType(), piece = getType();
  if (whole.getBatch() != 1 || piece.getBatch() != 1)
    return emitOpError() << "is for buffers without images";
  if (getOffset() % alignment != 0 || getOffset() > uint64_t(whole.getBytes()) ||
      piece.getBytes() > whole.getBytes() - int64_t(getOffset()))
    return emitOpError() << piece.getBytes() << " bytes at offset " << getOffset() << " do not lie in " << whole
                         << ", or are not aligned";
  return success();
}
