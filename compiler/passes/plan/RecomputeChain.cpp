//===- RecomputeChain.cpp - what of a chain of blocks to compute again ----===//

#include "compiler/passes/plan/RecomputeChain.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <limits>

using namespace resnetc::plan;

namespace {
/// A way through the first segments.
struct State {
  int64_t kept, cost;
  int option, previous; ///< the last option, and the state before it
};

/// Leaves what no other state beats in both numbers, by growing kept.
void dropDominated(std::vector<State> &states) {
  llvm::stable_sort(
      states, [](const State &a, const State &b) { return std::pair(a.kept, a.cost) < std::pair(b.kept, b.cost); });
  int64_t cheapest = std::numeric_limits<int64_t>::max();
  llvm::erase_if(states, [&](const State &state) {
    if (state.cost >= cheapest)
      return true;
    cheapest = state.cost;
    return false;
  });
}
} // namespace

int RecomputeChain::add(RecomputeOption option) {
  if (int(byEnd.size()) <= option.end)
    byEnd.resize(option.end + 1);
  byEnd[option.end].push_back(int(options.size()));
  options.push_back(option);
  return int(options.size()) - 1;
}

std::optional<llvm::SmallVector<int>> RecomputeChain::solve(int64_t budget) const {
  if (byEnd.empty())
    return llvm::SmallVector<int>();
  std::vector<std::vector<State>> states(byEnd.size()); // by the number of segments behind
  states[0] = {{0, 0, -1, -1}};
  for (size_t end = 1; end < byEnd.size(); ++end) {
    for (int index : byEnd[end]) {
      const RecomputeOption &option = options[index];
      for (auto [previous, state] : llvm::enumerate(states[option.begin]))
        if (state.kept + option.working <= budget)
          states[end].push_back({state.kept + option.kept, state.cost + option.cost, index, int(previous)});
    }
    dropDominated(states[end]);
  }
  if (states.back().empty())
    return std::nullopt;
  llvm::SmallVector<int> chosen;
  int at = int(states.size()) - 1;
  for (State state = states.back().back(); state.option >= 0; state = states[at][state.previous]) {
    chosen.push_back(state.option);
    at = options[state.option].begin;
  }
  std::reverse(chosen.begin(), chosen.end());
  return chosen;
}

/// Whoever keeps the least has the most room left.
bool RecomputeChain::isFeasible(int64_t budget) const {
  constexpr int64_t none = std::numeric_limits<int64_t>::max();
  std::vector<int64_t> least(byEnd.size(), none);
  least[0] = 0;
  for (size_t end = 1; end < byEnd.size(); ++end)
    for (int index : byEnd[end]) {
      const RecomputeOption &option = options[index];
      int64_t before = least[option.begin];
      if (before != none && before + option.working <= budget)
        least[end] = std::min(least[end], before + option.kept);
    }
  return least.back() != none;
}

int64_t RecomputeChain::leastBudget() const {
  if (byEnd.empty())
    return 0;
  int64_t low = 0, high = 1;
  for (const RecomputeOption &option : options)
    high += option.kept + option.working;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (isFeasible(middle))
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}
