//===- PlanPrograms.cpp - programs, buffers, weights and loops ------------===//

#include "compiler/ir/plan/Plan.h"
#include "llvm/ADT/DenseMap.h"
#include <limits>

using namespace mlir;
using namespace resnetc;
using namespace resnetc::plan;

Value resnetc::plan::underlyingBuffer(Value value) {
  for (;;) {
    if (auto image = value.getDefiningOp<ImageOp>())
      value = image.getBuffer();
    else if (auto view = value.getDefiningOp<ViewOp>())
      value = view.getBuffer();
    else
      return value;
  }
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

/// In every turn of a loop its weights are whole pieces: there is a pack at each step, of the same size.
static LogicalResult verifySteps(ProgramOp program) {
  llvm::DenseMap<uint64_t, int64_t> packs; // offset -> bytes
  auto verify = [&](WeightOp weight) -> WalkResult {
    auto loop = dyn_cast<BlocksOp>(weight->getParentOp());
    if (!weight.getStep() || !loop)
      return WalkResult::advance();
    auto module = program->getParentOfType<ModuleOp>();
    if (packs.empty())
      for (PackOp pack : module.getOps<PackOp>())
        packs[pack.getOffset()] = pack.getPackedBytes();
    auto first = dyn_cast_if_present<PackOp>(SymbolTable::lookupSymbolIn(module, weight.getPack()));
    for (uint64_t turn = 1; first && turn < loop.getCount(); ++turn)
      if (uint64_t offset = first.getOffset() + turn * *weight.getStep();
          packs.lookup(offset) != weight.getType().getBytes())
        return weight.emitOpError() << "finds no packed weight of " << weight.getType().getBytes()
                                    << " bytes at offset " << offset << ", in turn " << turn;
    return WalkResult::advance();
  };
  return failure(program.walk(verify).wasInterrupted());
}

LogicalResult ProgramOp::verifySymbolUses(SymbolTableCollection &symbols) {
  if (failed(verifySteps(*this)))
    return failure();
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

LogicalResult WeightOp::verify() {
  if (!getStep())
    return success();
  if (!isa_and_present<BlocksOp>(getOperation()->getParentOp()))
    return emitOpError() << "has a step, but does not stand in plan.blocks";
  if (*getStep() % alignment != 0 || *getStep() > uint64_t(1) << 40)
    return emitOpError() << "step must be a multiple of " << alignment << " up to 2^40";
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

LogicalResult BlocksOp::verify() {
  if (getCount() < 2 || getCount() > std::numeric_limits<uint32_t>::max())
    return emitOpError() << "must run at least twice, and less than 2^32 times";
  for (Operation &op : getBody().front())
    if (!isa<CallOp, BorderOp, WeightOp>(op))
      return op.emitOpError() << "cannot stand in plan.blocks";
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
