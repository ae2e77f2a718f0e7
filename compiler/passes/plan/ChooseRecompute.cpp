//===- ChooseRecompute.cpp - activations that are computed again ----------===//

#include "compiler/passes/plan/ForwardChain.h"
#include "compiler/passes/plan/Passes.h"
#include "compiler/passes/plan/RecomputeChain.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SmallSet.h"

namespace resnetc::plan {
#define GEN_PASS_DEF_CHOOSERECOMPUTE
#include "compiler/passes/plan/Passes.h.inc"
} // namespace resnetc::plan

using namespace mlir;
using namespace resnetc;
using namespace resnetc::plan;

namespace {
/// Longer runs of blocks that keep nothing but their ends would save little and work much.
constexpr int maxGroup = 32;

/// Which buffers of some segments are computed again, and what that means.
struct Choice {
  int begin = 0, end = 0;
  llvm::SmallVector<int> again; ///< buffers, in the order of their writers
};

/// Makes the options of a chain.
class Options {
public:
  explicit Options(const ForwardChain &forward) : forward(forward) {}

  RecomputeChain chain;
  std::vector<Choice> choices; ///< by option

  void addAll() {
    int count = int(forward.segments().size());
    for (int begin = 0; begin < count; ++begin) {
      add(begin, begin + 1, [](const ChainBuffer &) { return false; });
      add(begin, begin + 1, [](const ChainBuffer &buffer) { return buffer.isCheap; });
      for (int end = begin + 1; end <= std::min(count, begin + maxGroup); ++end)
        add(begin, end, [](const ChainBuffer &) { return true; });
    }
  }

private:
  /// Drops what `isDropped` says of [begin, end), but not what is handed on at the end.
  void add(int begin, int end, llvm::function_ref<bool(const ChainBuffer &)> isDropped) {
    int last = forward.segments()[end - 1].buffers.back();
    llvm::SmallSet<int, 16> again;
    RecomputeOption option = {begin, end, 0, 0, 0};
    int64_t first = -1, final = -1;
    for (int segment = begin; segment < end; ++segment)
      for (int index : forward.segments()[segment].buffers) {
        const ChainBuffer &buffer = forward.buffers()[index];
        if (buffer.isSaved()) {
          first = first < 0 ? buffer.firstBackward : std::min(first, buffer.firstBackward);
          final = std::max(final, buffer.lastBackward);
        }
        bool dropped = index != last && buffer.isSaved() && buffer.writer && isDropped(buffer);
        if (dropped && !require(index, begin, again))
          return;
        if (!dropped && (buffer.isSaved() || index == last))
          option.kept += buffer.bytes;
      }
    Choice choice{begin, end, {}};
    option.working = option.kept;
    for (int index : again) {
      choice.again.push_back(index);
      option.cost += forward.buffers()[index].cost;
      option.working += forward.buffers()[index].bytes;
    }
    if (first >= 0)
      option.working += forward.gradientBytes(first, final);
    llvm::sort(choice.again, [&](int a, int b) {
      return forward.positionOf(forward.buffers()[a].writer) < forward.positionOf(forward.buffers()[b].writer);
    });
    chain.add(option);
    choices.push_back(std::move(choice));
  }

  /// `index` is computed again, and so is what its writer reads and is not kept. False if something cannot be.
  bool require(int index, int begin, llvm::SmallSet<int, 16> &again) {
    const ChainBuffer &buffer = forward.buffers()[index];
    if (again.contains(index))
      return true;
    if (!buffer.writer)
      return false;
    again.insert(index);
    for (Value input : CallOp(buffer.writer).getInputs()) {
      int needed = forward.find(input);
      // What an earlier segment hands on is kept by it.
      if (needed < 0 || forward.buffers()[needed].segment < begin)
        continue;
      if (!forward.buffers()[needed].isSaved() && !require(needed, begin, again))
        return false;
    }
    return true;
  }

  const ForwardChain &forward;
};

struct ChooseRecompute : resnetc::plan::impl::ChooseRecomputeBase<ChooseRecompute> {
  using ChooseRecomputeBase::ChooseRecomputeBase;

  void runOnOperation() override {
    if (!budget)
      return;
    for (ProgramOp program : getOperation().getOps<ProgramOp>())
      if (failed(choose(program)))
        return signalPassFailure();
  }

  LogicalResult choose(ProgramOp program) {
    ForwardChain forward(program);
    if (forward.lossPosition() < 0)
      return success();
    Options options(forward);
    options.addAll();
    auto chosen = options.chain.solve(budget);
    if (!chosen)
      return program.emitError() << "cannot train in " << int64_t(budget) << " bytes of workspace: at least "
                                 << options.chain.leastBudget() << " are needed";
    int64_t recomputed = 0;
    for (int option : *chosen)
      if (const Choice &choice = options.choices[option]; !choice.again.empty()) {
        computeAgain(forward, choice);
        recomputed += choice.again.size();
      }
    program->setAttr("recomputed", Builder(program).getI64IntegerAttr(recomputed));
    return success();
  }

  /// Clones the writers before the first op of the backward pass that reads one of the buffers.
  static void computeAgain(const ForwardChain &forward, const Choice &choice) {
    int64_t first = -1;
    for (int index : choice.again)
      if (const ChainBuffer &buffer = forward.buffers()[index]; buffer.isSaved())
        first = first < 0 ? buffer.firstBackward : std::min(first, buffer.firstBackward);
    OpBuilder builder(forward.opAt(first));
    IRMapping copies;
    for (int index : choice.again) {
      BufferOp buffer = forward.buffers()[index].buffer;
      copies.map(buffer.getResult(), cast<BufferOp>(builder.clone(*buffer)).getResult());
    }
    for (int index : choice.again)
      builder.clone(*CallOp(forward.buffers()[index].writer), copies);
    for (int index : choice.again) {
      Value old = BufferOp(forward.buffers()[index].buffer);
      old.replaceUsesWithIf(copies.lookup(old), [&](OpOperand &use) {
        return forward.positionOf(use.getOwner()) > forward.lossPosition();
      });
    }
  }
};
} // namespace
