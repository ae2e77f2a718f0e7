//===- SegmentImages.cpp - early layers with large maps image by image ----===//

#include "compiler/kernels/KernelOperands.h"
#include "compiler/passes/plan/Passes.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

namespace resnetc::plan {
#define GEN_PASS_DEF_SEGMENTIMAGES
#include "compiler/passes/plan/Passes.h.inc"
} // namespace resnetc::plan

using namespace mlir;
using namespace resnetc;
using namespace resnetc::plan;

namespace {
struct SegmentImages : resnetc::plan::impl::SegmentImagesBase<SegmentImages> {
  using SegmentImagesBase::SegmentImagesBase;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (ProgramOp program : getOperation().getOps<ProgramOp>()) {
      if (program.getBatch() == 1)
        continue;
      llvm::SetVector<Operation *> segment;
      for (CallOp call : program.getBody().getOps<CallOp>()) {
        if (!gainsFromLoop(call))
          break;
        segment.insert(call);
      }
      if (!segment.empty())
        moveIntoLoop(program, segment, symbols);
    }
  }

  bool gainsFromLoop(CallOp call) {
    int64_t weights = 0, activations = 0; // bytes; of the whole batch
    for (const kernels::KernelOperand &operand : kernels::operandsOf(call.getSpec()))
      (operand.isWeight() ? weights : activations) += operand.bytes;
    return activations > cacheBytes && activations / call.getSpec().batch > weights;
  }

  void moveIntoLoop(ProgramOp program, llvm::SetVector<Operation *> &segment, SymbolTable &symbols) {
    // Behind the last call: all buffers and weights of the segment are there.
    OpBuilder builder(program.getContext());
    builder.setInsertionPointAfter(segment.back());
    auto loop = ImagesOp::create(builder, segment.front()->getLoc(), program.getBatch());
    Block &body = loop.getBody().emplaceBlock();
    builder.setInsertionPointToStart(&body);
    IRMapping perImage;
    for (Operation *op : segment)
      for (Value operand : op->getOperands())
        if (isa<BufferType>(operand.getType()) && !perImage.contains(operand))
          perImage.map(operand, imageOf(operand, segment, builder));
    for (Operation *op : segment) {
      useKernelForOneImage(cast<CallOp>(op), symbols);
      op->moveBefore(&body, body.end());
      for (OpOperand &operand : op->getOpOperands())
        operand.set(perImage.lookupOrDefault(operand.get()));
    }
    for (auto [whole, image] : llvm::make_early_inc_range(perImage.getValueMap()))
      if (whole.use_empty() && whole.getDefiningOp<BufferOp>())
        whole.getDefiningOp()->erase();
  }

  /// The operand inside the loop: a buffer of its own, or a view of one image where it is seen outside.
  static Value imageOf(Value whole, const llvm::SetVector<Operation *> &segment, OpBuilder &builder) {
    auto type = cast<BufferType>(whole.getType()).withBatch(1);
    auto buffer = whole.getDefiningOp<BufferOp>();
    if (!buffer || llvm::any_of(whole.getUsers(), [&](Operation *user) { return !segment.contains(user); }))
      return ImageOp::create(builder, whole.getLoc(), type, whole);
    OpBuilder outside(buffer);
    return BufferOp::create(outside, whole.getLoc(), type, IntegerAttr());
  }

  /// dedup-kernels finds the kernels of the program for one image equal to these.
  static void useKernelForOneImage(CallOp call, SymbolTable &symbols) {
    auto kernel = symbols.lookup<KernelOp>(call.getKernel());
    kernels::KernelSpec spec = kernel.getKernel();
    spec.batch = 1;
    OpBuilder builder(kernel.getContext());
    auto single = KernelOp::create(builder, kernel.getLoc(), kernel.getSymName(), spec.str());
    call.setKernelAttr(FlatSymbolRefAttr::get(symbols.insert(single, std::next(Block::iterator(kernel)))));
  }
};
} // namespace
