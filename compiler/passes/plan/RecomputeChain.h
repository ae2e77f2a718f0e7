//===- RecomputeChain.h - what of a chain of blocks to compute again ------===//
//
// A residual stack is a chain: block by block forward, then backward in reverse. What a
// block leaves for its backward pass lies in memory in between, unless it is computed
// again. At the backward pass of a block live what all blocks before it keep and what
// it needs itself; so choosing is a knapsack whose every prefix must fit. It is solved
// exactly by dynamic programming over the states that no other state dominates
// (Chen et al. 2016 has the idea, Beaumont et al. 2019 the chain with sizes).
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_PASSES_PLAN_RECOMPUTECHAIN_H
#define RESNETC_COMPILER_PASSES_PLAN_RECOMPUTECHAIN_H

#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <optional>
#include <vector>

namespace resnetc::plan {

/// A way to treat the segments [begin, end) of the chain together.
struct RecomputeOption {
  int begin, end;
  int64_t kept;    ///< bytes that lie in memory from its forward to its backward pass
  int64_t working; ///< bytes that its backward pass needs, its own kept ones included
  int64_t cost;    ///< of what is computed again, in any unit
};

class RecomputeChain {
public:
  /// Segments are numbered from 0. Returns the option's index.
  int add(RecomputeOption option);

  /// The options of the cheapest way through the chain whose live bytes never exceed `budget`, in order; of equally
  /// cheap ways the one that keeps less. None if there is no way.
  std::optional<llvm::SmallVector<int>> solve(int64_t budget) const;

  /// The smallest budget that solve() has an answer for.
  int64_t leastBudget() const;

private:
  bool isFeasible(int64_t budget) const;

  std::vector<RecomputeOption> options;
  std::vector<std::vector<int>> byEnd; ///< options that end at a segment's end
};

} // namespace resnetc::plan

#endif // RESNETC_COMPILER_PASSES_PLAN_RECOMPUTECHAIN_H
