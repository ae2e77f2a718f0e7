//===- RecomputeChainTest.cpp - the chain's answer is the best one --------===//

#include "compiler/passes/plan/RecomputeChain.h"
#include "gtest/gtest.h"
#include <functional>
#include <random>

using namespace resnetc::plan;

namespace {
struct Chain {
  RecomputeChain chain;
  std::vector<RecomputeOption> options;
  int segments = 0;

  void add(RecomputeOption option) {
    chain.add(option);
    options.push_back(option);
    segments = std::max(segments, option.end);
  }
  /// Tries every way. The cost of the cheapest, or -1.
  int64_t bruteForce(int64_t budget) const {
    int64_t best = -1;
    std::function<void(int, int64_t, int64_t)> walk = [&](int at, int64_t kept, int64_t cost) {
      if (at == segments) {
        if (best < 0 || cost < best)
          best = cost;
        return;
      }
      for (const RecomputeOption &option : options)
        if (option.begin == at && kept + option.working <= budget)
          walk(option.end, kept + option.kept, cost + option.cost);
    };
    walk(0, 0, 0);
    return best;
  }
  int64_t costOf(const llvm::SmallVector<int> &chosen, int64_t budget) const {
    int64_t kept = 0, cost = 0;
    int at = 0;
    for (int index : chosen) {
      EXPECT_EQ(options[index].begin, at);
      EXPECT_LE(kept + options[index].working, budget);
      kept += options[index].kept;
      cost += options[index].cost;
      at = options[index].end;
    }
    EXPECT_EQ(at, segments);
    return cost;
  }
};

Chain randomChain(std::mt19937 &random) {
  auto draw = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  Chain chain;
  int segments = draw(1, 6);
  for (int begin = 0; begin < segments; ++begin) {
    int64_t size = draw(1, 20);
    chain.add({begin, begin + 1, size, size + draw(0, 10), 0});
    chain.add({begin, begin + 1, size / 2, size + draw(0, 10), draw(0, 5)});
    if (begin + 2 <= segments)
      chain.add({begin, begin + 2, draw(0, 5), size + draw(0, 30), draw(0, 9)});
  }
  return chain;
}

TEST(RecomputeChain, AnEmptyChainNeedsNothing) {
  RecomputeChain chain;
  ASSERT_TRUE(chain.solve(0));
  EXPECT_TRUE(chain.solve(0)->empty());
  EXPECT_EQ(chain.leastBudget(), 0);
}

TEST(RecomputeChain, KeepsAllWhereThereIsRoom) {
  Chain chain;
  for (int i = 0; i < 3; ++i) {
    chain.add({i, i + 1, 10, 12, 0});
    chain.add({i, i + 1, 2, 12, 5});
  }
  EXPECT_EQ(chain.costOf(*chain.chain.solve(32), 32), 0);
  EXPECT_EQ(chain.costOf(*chain.chain.solve(31), 31), 5);
  EXPECT_EQ(chain.chain.leastBudget(), 16);
  EXPECT_FALSE(chain.chain.solve(15));
}

TEST(RecomputeChain, IsAsGoodAsTryingEveryWay) {
  std::mt19937 random(7);
  for (int turn = 0; turn < 2000; ++turn) {
    Chain chain = randomChain(random);
    int64_t budget = std::uniform_int_distribution<int>(1, 100)(random), best = chain.bruteForce(budget);
    auto chosen = chain.chain.solve(budget);
    ASSERT_EQ(chosen.has_value(), best >= 0) << "turn " << turn;
    EXPECT_EQ(budget >= chain.chain.leastBudget(), best >= 0) << "turn " << turn;
    if (chosen)
      EXPECT_EQ(chain.costOf(*chosen, budget), best) << "turn " << turn;
  }
}
} // namespace
