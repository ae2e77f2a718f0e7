// The arena: no two blocks that live together overlap, and it is not much larger than it must be.

#include "compiler/passes/plan/MemoryPlanner.h"
#include <gtest/gtest.h>
#include <random>

using resnetc::plan::MemoryPlanner;

namespace {
TEST(MemoryPlanner, Empty) {
  MemoryPlanner planner(64);
  planner.plan();
  EXPECT_EQ(planner.arenaBytes(), 0);
  EXPECT_EQ(planner.lowerBound(), 0);
  EXPECT_TRUE(planner.isSound());
}

TEST(MemoryPlanner, BlocksThatDoNotMeetShare) {
  MemoryPlanner planner(64);
  int a = planner.addBlock(100, 0, 1), b = planner.addBlock(128, 2, 3);
  planner.plan();
  EXPECT_EQ(planner.offset(a), 0);
  EXPECT_EQ(planner.offset(b), 0);
  EXPECT_EQ(planner.arenaBytes(), 128);
}

TEST(MemoryPlanner, InputAndOutputOfOneStepDoNotShare) {
  MemoryPlanner planner(64);
  planner.addBlock(64, 0, 1);
  planner.addBlock(64, 1, 2); // born when the first dies: the same call reads one and writes the other
  planner.plan();
  EXPECT_EQ(planner.arenaBytes(), 128);
}

// A residual chain: x lives across two convolutions; three buffers are enough for any depth.
TEST(MemoryPlanner, ResidualChainTakesThreeBuffers) {
  MemoryPlanner planner(64);
  for (int block = 0; block < 50; ++block) {
    planner.addBlock(1024, 2 * block, 2 * block + 2);     // the sum before this block, until the add
    planner.addBlock(1024, 2 * block + 1, 2 * block + 2); // between the convolutions
  }
  planner.plan();
  EXPECT_EQ(planner.arenaBytes(), 3 * 1024);
  EXPECT_TRUE(planner.isSound());
}

TEST(MemoryPlanner, RandomLivesNeverOverlap) {
  std::mt19937 random(1);
  double worst = 1, sum = 0;
  const int rounds = 200;
  for (int round = 0; round < rounds; ++round) {
    MemoryPlanner planner(64);
    int count = 1 + random() % 120;
    for (int i = 0; i < count; ++i) {
      int64_t first = random() % 100;
      planner.addBlock(1 + random() % (round % 2 ? 4096 : 1 << 20), first, first + random() % 12);
    }
    planner.plan();
    ASSERT_TRUE(planner.isSound()) << "round " << round;
    ASSERT_GE(planner.arenaBytes(), planner.lowerBound());
    double ratio = double(planner.arenaBytes()) / double(planner.lowerBound());
    worst = std::max(worst, ratio);
    sum += ratio;
  }
  RecordProperty("mean ratio to the lower bound", std::to_string(sum / rounds));
  printf("arena / lower bound: mean %.3f, worst %.3f\n", sum / rounds, worst);
  EXPECT_LT(sum / rounds, 1.1);
  EXPECT_LT(worst, 1.5);
}

TEST(MemoryPlanner, PrintsAMap) {
  MemoryPlanner planner(64);
  planner.addBlock(64, 0, 1);
  planner.addBlock(64, 1, 2);
  planner.plan();
  std::string text;
  llvm::raw_string_ostream os(text);
  planner.print(os, 4);
  EXPECT_EQ(text, "arena 128 bytes, 2 blocks, lower bound 128 (x1.000)\n"
                  "     0 |aa..|\n"
                  "     1 |aabb|\n");
}
} // namespace
