//===- PlanPrograms.cpp - programs, buffers, weights and loops ------------===//

#include "compiler/ir/plan/Plan.h"

using namespace mlir;
using namespace resnetc;
using namespace resnetc::plan;

Value resnetc::plan::underlyingBuffer(Value value) {
  while (auto image = value.getDefiningOp<ImageOp>())
    value = image.getBuffer();
  return value;
}

//===-- plan.program -------------------------------------------------------===//

LogicalResult ProgramOp::verifyRegions() {
  if (int64_t(getBatch()) < 1)
    return emitOpError() << "batch must be at least 1";
  if (!getWorkspace())
    return success();
  for (BufferOp buffer : getBody().getOps<BufferOp>()) {
    if (!buffer.getOffset())
      return buffer.emitOpError() << "has no offset in a program with a workspace";
    if (*buffer.getOffset() + buffer.getType().getBytes() > *getWorkspace())
      return buffer.emitOpError() << "ends behind the workspace of " << *getWorkspace() << " bytes";
  }
  return success();
}

/// `all` holds `batch` images of the interface's `one`.
static bool isBatchOf(plan::BufferType all, plan::BufferType one, int64_t batch) {
  return all.getTensor() == one.getTensor() && all.getSpace() == one.getSpace() && all.getBatch() == batch;
}

LogicalResult ProgramOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto model = symbols.lookupNearestSymbolFrom<ModelOp>(*this, getModelAttr());
  if (!model)
    return emitOpError() << "belongs to " << getModelAttr() << ", which is no plan.model";
  for (InputOp input : getBody().getOps<InputOp>())
    if (!isBatchOf(input.getType(), model.getInputBuffer(), getBatch()))
      return input.emitOpError() << "must be the model's input " << model.getInput() << " of " << getBatch()
                                 << " images";
  for (OutputOp output : getBody().getOps<OutputOp>())
    if (!isBatchOf(output.getType(), model.getOutputBuffer(), getBatch()))
      return output.emitOpError() << "must be the model's output " << model.getOutput() << " of " << getBatch()
                                  << " images";
  return success();
}

//===-- memory -------------------------------------------------------------===//

LogicalResult BufferOp::verify() {
  if (getOffset() && (*getOffset() % alignment != 0 || *getOffset() > uint64_t(1) << 48))
    return emitOpError() << "offset must be a multiple of " << alignment << " below 2^48";
  return success();
}

LogicalResult WeightOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto pack = dyn_cast_if_present<PackOp>(symbols.lookupNearestSymbolFrom(*this, getPackAttr()));
  if (!pack)
    return emitOpError() << getPackAttr() << " is no packed weight";
  if (pack.getPackedBytes() != getType().getBytes())
    return emitOpError() << getPackAttr() << " has " << pack.getPackedBytes() << " bytes, not " << getType().getBytes();
  return success();
}

LogicalResult BorderOp::verify() {
  if (getBuffer().getType().getBorder() == 0)
    return emitOpError() << "writes the border of a buffer that has none: " << getBuffer().getType();
  return success();
}

//===-- loops --------------------------------------------------------------===//

LogicalResult ImagesOp::verify() {
  if (getCount() != getOperation()->getParentOfType<ProgramOp>().getBatch())
    return emitOpError() << "must run as often as its program has images";
  return success();
}

LogicalResult ImageOp::verify() {
  BufferType whole = getBuffer().getType();
  if (whole.getBatch() != int64_t(getOperation()->getParentOfType<ImagesOp>().getCount()))
    return emitOpError() << "wants a buffer of the loop's whole batch, has " << whole;
  if (getType() != whole.withBatch(1))
    return emitOpError() << "gives " << whole.withBatch(1) << ", not " << getType();
  return success();
}

#define GET_OP_CLASSES
#include "compiler/ir/plan/PlanOps.cpp.inc"
