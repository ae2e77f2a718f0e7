// Equal blocks are found where memory and weights allow a loop, and nowhere else.

#include "compiler/passes/plan/BlockFinder.h"
#include <ctime>
#include <gtest/gtest.h>

using namespace resnetc::plan;

namespace {
/// Calls with names for kernels; every call's weights lie where the one before it ended.
struct Calls {
  BlockFinder finder;
  int64_t weights = 0;

  int memory() { return finder.addMemory(/*fixed=*/false); }
  int call(int kernel, std::vector<int> reads, int64_t bytes = 64) {
    int written = memory();
    callInto(kernel, reads, written, bytes);
    return written;
  }
  void callInto(int kernel, std::vector<int> reads, int written, int64_t bytes = 64) {
    finder.addCall(kernel, reads, {written}, {weights});
    weights += bytes;
  }
  std::string found() {
    std::string text;
    for (EqualBlocks blocks : finder.find())
      text += "(" + std::to_string(blocks.first) + " " + std::to_string(blocks.period) + "x" +
              std::to_string(blocks.count) + ")";
    return text;
  }
};

TEST(BlockFinder, Nothing) {
  Calls calls;
  EXPECT_EQ(calls.found(), "");
  int x = calls.call(0, {calls.finder.addMemory(true)});
  x = calls.call(1, {x});
  calls.call(2, {x});
  EXPECT_EQ(calls.found(), "");
}

TEST(BlockFinder, ResidualBlocksInPlace) {
  Calls calls;
  int x = calls.call(0, {calls.finder.addMemory(true)}), first = -1, a = -1;
  for (int i = 0; i < 6; ++i) {
    a = calls.call(1, {x});
    if (i == 0)
      first = a;
    calls.callInto(2, {a, x}, x);
  }
  EXPECT_EQ(calls.found(), "(1 2x6)");
  EXPECT_EQ(calls.finder.representative(first), calls.finder.representative(a));
  EXPECT_NE(calls.finder.representative(x), calls.finder.representative(a));
}

// x -> y -> z -> …: no call may write what it reads, so two memories take turns and a body holds two calls.
TEST(BlockFinder, PingPong) {
  Calls calls;
  int x = calls.call(0, {calls.finder.addMemory(true)});
  for (int i = 0; i < 10; ++i)
    x = calls.call(1, {x});
  EXPECT_EQ(calls.found(), "(1 2x5)");
}

TEST(BlockFinder, TooShortToSave) {
  Calls calls;
  int x = calls.call(0, {calls.finder.addMemory(true)});
  for (int i = 0; i < 2; ++i)
    calls.callInto(2, {calls.call(1, {x}), x}, x);
  EXPECT_EQ(calls.found(), "");
}

// A skip from before the stack to behind it: the first block must leave it alone, the others may take turns.
TEST(BlockFinder, SkipKeptAlive) {
  Calls calls;
  int x = calls.call(0, {calls.finder.addMemory(true)}), skip = x;
  for (int i = 0; i < 5; ++i)
    x = calls.call(2, {calls.call(1, {x}), x});
  calls.call(3, {x, skip});
  // Not from 1 on, where x would be overwritten; blocks not in place need two in a body.
  EXPECT_EQ(calls.found(), "(3 4x2)");
}

TEST(BlockFinder, EveryBlockIsReadLater) {
  Calls calls;
  int x = calls.call(0, {calls.finder.addMemory(true)});
  std::vector<int> all;
  for (int i = 0; i < 8; ++i)
    all.push_back(x = calls.call(1, {x}));
  calls.call(2, all);
  EXPECT_EQ(calls.found(), "");
}

TEST(BlockFinder, WeightsAtAnotherDistance) {
  Calls calls;
  int x = calls.call(0, {calls.finder.addMemory(true)});
  for (int i = 0; i < 12; ++i)
    calls.callInto(2, {calls.call(1, {x}), x}, x, i == 5 ? 128 : 64);
  EXPECT_EQ(calls.found(), "(1 2x6)(13 2x6)");
}

TEST(BlockFinder, SharedWeightsHaveNoDistance) {
  BlockFinder finder;
  int x = finder.addMemory(true), a = finder.addMemory(false);
  for (int i = 0; i < 5; ++i) {
    finder.addCall(0, {x}, {a}, {640});
    finder.addCall(1, {a}, {x}, {0});
  }
  EXPECT_EQ(finder.find().front().count, 5);
}

TEST(BlockFinder, WeightsThatGoBackwards) {
  BlockFinder finder;
  int x = finder.addMemory(true), a = finder.addMemory(false);
  for (int i = 0; i < 5; ++i) {
    finder.addCall(0, {x}, {a}, {640 - 64 * i});
    finder.addCall(1, {a}, {x}, {0});
  }
  EXPECT_TRUE(finder.find().empty());
}

TEST(BlockFinder, NoLoopOverForeignSteps) {
  Calls calls;
  int x = calls.call(0, {calls.finder.addMemory(true)});
  for (int i = 0; i < 8; ++i) {
    calls.callInto(2, {calls.call(1, {x}), x}, x);
    calls.finder.addCall(-1, {}, {}, {});
  }
  EXPECT_EQ(calls.found(), "");
}

TEST(BlockFinder, AFixedMemoryStaysForItself) {
  Calls calls;
  int x = calls.call(0, {calls.finder.addMemory(true)});
  for (int i = 0; i < 6; ++i) {
    int a = i == 3 ? calls.finder.addMemory(true) : calls.memory();
    calls.callInto(1, {x}, a);
    calls.callInto(2, {a, x}, x);
  }
  EXPECT_EQ(calls.found(), "(1 2x3)");
  Calls longer;
  x = longer.call(0, {longer.finder.addMemory(true)});
  for (int i = 0; i < 12; ++i) {
    int a = i == 6 ? longer.finder.addMemory(true) : longer.memory();
    longer.callInto(1, {x}, a);
    longer.callInto(2, {a, x}, x);
  }
  EXPECT_EQ(longer.found(), "(1 2x6)(15 2x5)");
}

/// Deep networks, and those that almost repeat, take time that grows with their depth alone.
TEST(BlockFinder, IsFast) {
  for (bool alive : {false, true}) {
    Calls calls;
    int x = calls.call(0, {calls.finder.addMemory(true)});
    std::vector<int> all;
    for (int i = 0; i < 10000; ++i)
      all.push_back(x = calls.call(1, {x}));
    calls.call(2, alive ? all : std::vector<int>{x});
    auto start = std::clock();
    EXPECT_EQ(calls.found(), alive ? "" : "(1 2x5000)");
    EXPECT_LT(double(std::clock() - start) / CLOCKS_PER_SEC, 2.0);
  }
}
} // namespace
