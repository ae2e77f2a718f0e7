//===- ElideBorders.cpp - a border that is still zero is not written again -===//

#include "compiler/passes/plan/Passes.h"
#include "llvm/ADT/SmallVector.h"

namespace resnetc::plan {
#define GEN_PASS_DEF_ELIDEBORDERS
#include "compiler/passes/plan/Passes.h.inc"
} // namespace resnetc::plan

using namespace mlir;
using namespace resnetc::plan;

namespace {
/// Where borders are zero at one point of the program: maps of `type` at `offset`.
class ZeroBorders {
public:
  bool contains(int64_t offset, BufferType type) const { return llvm::is_contained(zero, Entry(offset, type)); }

  /// Maps of `type` at `offset` are written inside: every other border that has bytes there is gone.
  void write(int64_t offset, BufferType type) {
    llvm::erase_if(zero, [&](const Entry &entry) {
      bool meets = entry.first < offset + type.getBytes() && offset < entry.first + entry.second.getBytes();
      return meets && entry != Entry(offset, type);
    });
  }
  void add(int64_t offset, BufferType type) {
    write(offset, type);
    zero.push_back({offset, type});
  }
  void clear() { zero.clear(); }

private:
  using Entry = std::pair<int64_t, BufferType>;
  SmallVector<Entry> zero;
};

struct ElideBorders : resnetc::plan::impl::ElideBordersBase<ElideBorders> {
  using ElideBordersBase::ElideBordersBase;

  void runOnOperation() override {
    for (ProgramOp program : getOperation().getOps<ProgramOp>()) {
      ZeroBorders zero;
      SmallVector<BorderOp> redundant;
      program.walk<WalkOrder::PreOrder>([&](Operation *op) { visit(op, zero, redundant); });
      for (BorderOp border : redundant)
        border.erase();
    }
  }

  static void visit(Operation *op, ZeroBorders &zero, SmallVectorImpl<BorderOp> &redundant) {
    if (isa<ImagesOp>(op)) // each turn begins with what the one before it left
      zero.clear();
    if (isa<BlocksOp>(op)) // each turn finds what the others have left: whatever one of them writes over is gone
      op->walk([&](Operation *inner) {
        for (Value operand : inner->getOperands())
          if (auto buffer = underlyingBuffer(operand).getDefiningOp<BufferOp>(); buffer && writes(inner, operand))
            write(zero, buffer, operand);
      });
    if (auto call = dyn_cast<CallOp>(op)) {
      for (Value output : call.getOutputs())
        if (auto buffer = underlyingBuffer(output).getDefiningOp<BufferOp>())
          if (buffer.getOffset())
            write(zero, buffer, output);
    } else if (auto border = dyn_cast<BorderOp>(op)) {
      auto buffer = underlyingBuffer(border.getBuffer()).getDefiningOp<BufferOp>();
      if (!buffer || !buffer.getOffset())
        return;
      if (buffer.getResult() != border.getBuffer()) // one image of many
        write(zero, buffer, border.getBuffer());
      else if (zero.contains(*buffer.getOffset(), buffer.getType()))
        redundant.push_back(border);
      else
        zero.add(*buffer.getOffset(), buffer.getType());
    }
  }

  static bool writes(Operation *op, Value buffer) {
    auto call = dyn_cast<CallOp>(op);
    return call ? llvm::is_contained(call.getOutputs(), buffer) : isa<BorderOp>(op);
  }

  /// A write through plan.image goes to some image, so it counts for the whole buffer.
  static void write(ZeroBorders &zero, BufferOp buffer, Value written) {
    zero.write(*buffer.getOffset(), buffer.getType());
  }
};
} // namespace
