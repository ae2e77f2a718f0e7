//===- RollBlocks.cpp - a stack of equal blocks is a loop -----------------===//

#include "compiler/passes/plan/BlockFinder.h"
#include "compiler/passes/plan/Passes.h"
#include "llvm/ADT/DenseMap.h"

namespace resnetc::plan {
#define GEN_PASS_DEF_ROLLBLOCKS
#include "compiler/passes/plan/Passes.h.inc"
} // namespace resnetc::plan

using namespace mlir;
using namespace resnetc::plan;

namespace {
/// Offsets of the module's packed weights by symbol.
using Offsets = llvm::DenseMap<StringAttr, int64_t>;

/// The calls of one block of a program: its own, or those of its loop over images.
class Roller {
public:
  Roller(ProgramOp program, Block &block, const Offsets &offsets) : program(program), block(block), offsets(offsets) {}

  void roll() {
    for (Operation &op : block)
      if (auto call = dyn_cast<CallOp>(op))
        addCall(call);
      else if (!op.getRegions().empty() || isa<BorderOp>(op)) {
        calls.push_back({});
        finder.addCall(/*kernel=*/-1, {}, {}, {});
      }
    auto found = finder.find();
    unifyBuffers();
    for (const EqualBlocks &blocks : found)
      makeLoop(blocks);
  }

private:
  /// A buffer that calls of this block alone touch can be another one as well.
  bool isFixed(Value value) {
    return !value.getDefiningOp<BufferOp>() || llvm::any_of(value.getUsers(), [&](Operation *user) {
      return user->getBlock() != &block || !isa<CallOp>(user);
    });
  }

  int memoryOf(Value value) {
    auto [found, isNew] = memories.try_emplace(value, int(values.size()));
    if (isNew) {
      values.push_back(value);
      finder.addMemory(isFixed(value));
    }
    return found->second;
  }

  void addCall(CallOp call) {
    SmallVector<int> reads, writes;
    SmallVector<int64_t> weights;
    for (Value input : call.getInputs())
      if (auto weight = input.getDefiningOp<WeightOp>())
        weights.push_back(offsets.lookup(weight.getPackAttr().getAttr()));
      else
        reads.push_back(memoryOf(input));
    for (Value output : call.getOutputs())
      writes.push_back(memoryOf(output));
    int kernel = kernels.try_emplace(call.getKernelAttr().getAttr(), int(kernels.size())).first->second;
    calls.push_back(call);
    finder.addCall(kernel, reads, writes, weights);
  }

  /// Of buffers that become one, that is kept which stands first.
  void unifyBuffers() {
    SmallVector<Value> kept(values.size());
    for (BufferOp buffer : llvm::make_early_inc_range(program.getBody().getOps<BufferOp>())) {
      auto memory = memories.find(buffer.getResult());
      if (memory == memories.end())
        continue;
      Value &first = kept[finder.representative(memory->second)];
      if (first) {
        buffer.getResult().replaceAllUsesWith(first);
        buffer.erase();
      } else {
        first = buffer;
      }
    }
  }

  void makeLoop(const EqualBlocks &blocks) {
    // At the last call of the first turn: all its buffers are there.
    OpBuilder builder(calls[blocks.first + blocks.period - 1]);
    auto loop = BlocksOp::create(builder, calls[blocks.first].getLoc(), blocks.count);
    Block &body = loop.getBody().emplaceBlock();
    builder.setInsertionPointToEnd(&body);
    for (int i = 0; i < blocks.period; ++i) {
      CallOp call = calls[blocks.first + i], next = calls[blocks.first + blocks.period + i];
      for (auto [now, then] : llvm::zip_equal(call->getOpOperands(), next->getOperands()))
        if (auto weight = now.get().getDefiningOp<WeightOp>())
          now.set(steppingWeight(builder, weight, then.getDefiningOp<WeightOp>()));
      call->moveBefore(&body, body.end());
    }
    for (int i = blocks.period; i < blocks.period * blocks.count; ++i)
      calls[blocks.first + i].erase();
  }

  Value steppingWeight(OpBuilder &builder, WeightOp first, WeightOp second) {
    int64_t step = offsets.lookup(second.getPackAttr().getAttr()) - offsets.lookup(first.getPackAttr().getAttr());
    return WeightOp::create(builder, first.getLoc(), first.getType(), first.getPackAttr(),
                            builder.getI64IntegerAttr(step));
  }

  ProgramOp program;
  Block &block;
  const Offsets &offsets;
  BlockFinder finder;
  SmallVector<CallOp> calls; ///< by the finder's numbers; null: a step that is no call
  llvm::DenseMap<Value, int> memories;
  SmallVector<Value> values; ///< by the finder's numbers
  llvm::DenseMap<StringAttr, int> kernels;
};

struct RollBlocks : resnetc::plan::impl::RollBlocksBase<RollBlocks> {
  using RollBlocksBase::RollBlocksBase;

  void runOnOperation() override {
    Offsets offsets;
    for (PackOp pack : getOperation().getOps<PackOp>())
      offsets[StringAttr::get(&getContext(), pack.getSymName())] = pack.getOffset();
    for (ProgramOp program : getOperation().getOps<ProgramOp>()) {
      for (ImagesOp images : llvm::to_vector(program.getBody().getOps<ImagesOp>()))
        Roller(program, images.getBody().front(), offsets).roll();
      Roller(program, program.getBody().front(), offsets).roll();
      for (WeightOp weight : llvm::make_early_inc_range(program.getBody().getOps<WeightOp>()))
        if (weight.use_empty())
          weight.erase();
    }
  }
};
} // namespace
