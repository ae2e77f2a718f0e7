//===- PoolTest.cpp - parallel_for under stress ---------------------------===//
//
// Also built with ThreadSanitizer (pool-tsan-tests).
//
//===----------------------------------------------------------------------===//

#include "resnetc/runtime.h"
#include <atomic>
#include <gtest/gtest.h>
#include <memory>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

struct PoolDeleter {
  void operator()(resnetc_pool *pool) const { resnetc_pool_destroy(pool); }
};
using PoolPtr = std::unique_ptr<resnetc_pool, PoolDeleter>;

PoolPtr makePool(uint32_t threads) { return PoolPtr(resnetc_pool_create(threads)); }

template <typename F> int parallelFor(resnetc_pool *pool, int count, F f) {
  return resnetc_pool_parallel_for(
      pool, [](void *context, int i) { return (*static_cast<F *>(context))(i); }, &f, count);
}

/// Runs `count` tasks and says whether each ran once. Plain ints: ThreadSanitizer sees whether the pool orders them.
bool runsEachOnce(resnetc_pool *pool, int count) {
  std::vector<int> ran(count, 0);
  if (parallelFor(pool, count, [&](int i) { return ++ran[i], 0; }) != 0)
    return false;
  for (int times : ran)
    if (times != 1)
      return false;
  return true;
}

TEST(Pool, RunsEveryTaskOnceForAnyCountAndThreads) {
  for (uint32_t threads = 1; threads <= 16; ++threads) {
    PoolPtr pool = makePool(threads);
    ASSERT_TRUE(pool);
    EXPECT_EQ(resnetc_pool_threads(pool.get()), threads);
    for (int count : {0, 1, 2, 3, 7, 16, 55, 56, 57, 64, 100, 1000})
      for (int round = 0; round < 5; ++round)
        ASSERT_TRUE(runsEachOnce(pool.get(), count)) << threads << " threads, " << count << " tasks";
  }
}

TEST(Pool, NegativeCountRunsNothing) {
  PoolPtr pool = makePool(2);
  EXPECT_EQ(parallelFor(pool.get(), -3, [](int) { return 1; }), 0);
}

TEST(Pool, NullPoolIsOneThread) { EXPECT_TRUE(runsEachOnce(nullptr, 10)); }

TEST(Pool, ThreadsAreBounded) {
  PoolPtr many = makePool(1000);
  ASSERT_TRUE(many);
  EXPECT_EQ(resnetc_pool_threads(many.get()), 64u);
  EXPECT_TRUE(runsEachOnce(many.get(), 200));
  PoolPtr all = makePool(0);
  EXPECT_GE(resnetc_pool_threads(all.get()), 1u);
}

TEST(Pool, ManyRegionsBackToBack) {
  PoolPtr pool = makePool(2);
  int64_t sums[2] = {};
  for (int round = 0; round < 20000; ++round)
    ASSERT_EQ(parallelFor(pool.get(), 2, [&](int i) { return sums[i] += i + 1, 0; }), 0);
  EXPECT_EQ(sums[0], 20000);
  EXPECT_EQ(sums[1], 40000);
}

TEST(Pool, WorkersWakeAfterSleeping) {
  PoolPtr pool = makePool(4);
  for (int round = 0; round < 10; ++round) {
    ASSERT_TRUE(runsEachOnce(pool.get(), 9));
    usleep(20000);
  }
}

TEST(Pool, SleepingThreadsUseNoCpu) {
  PoolPtr pool = makePool(8);
  ASSERT_TRUE(runsEachOnce(pool.get(), 9));
  usleep(50000);
  const clock_t before = clock();
  usleep(200000);
  EXPECT_LT(double(clock() - before) / CLOCKS_PER_SEC, 0.05);
}

TEST(Pool, HandsBackAnError) {
  for (uint32_t threads : {1u, 2u, 5u}) {
    PoolPtr pool = makePool(threads);
    for (int count : {1, 2, 9, 200})
      for (int bad : {0, count / 2, count - 1})
        ASSERT_EQ(parallelFor(pool.get(), count, [&](int i) { return i == bad ? 42 : 0; }), 42);
    ASSERT_TRUE(runsEachOnce(pool.get(), 20)) << "a pool works on after an error";
  }
}

TEST(Pool, OneOfSeveralErrorsComesBack) {
  PoolPtr pool = makePool(3);
  for (int round = 0; round < 100; ++round) {
    const int error = parallelFor(pool.get(), 50, [](int i) { return i + 1; });
    ASSERT_GE(error, 1);
    ASSERT_LE(error, 50);
  }
}

TEST(Pool, NestedRegionsDoNotDeadlock) {
  for (uint32_t threads : {1u, 2u, 4u}) {
    PoolPtr pool = makePool(threads);
    for (int round = 0; round < 50; ++round) {
      std::atomic<int> ran{0};
      const int error = parallelFor(pool.get(), 6, [&](int) {
        return parallelFor(pool.get(), 5,
                           [&](int) { return parallelFor(pool.get(), 3, [&](int) { return ++ran, 0; }); });
      });
      ASSERT_EQ(error, 0);
      ASSERT_EQ(ran, 6 * 5 * 3);
    }
  }
}

TEST(Pool, NestedErrorsComeThrough) {
  PoolPtr pool = makePool(3);
  const int error = parallelFor(pool.get(), 4, [&](int i) {
    return parallelFor(pool.get(), 4, [&](int j) { return i == 2 && j == 3 ? 7 : 0; });
  });
  EXPECT_EQ(error, 7);
}

TEST(Pool, ConcurrentCallers) {
  for (uint32_t threads : {1u, 2u, 4u, 16u}) {
    PoolPtr pool = makePool(threads);
    std::atomic<int> wrong{0};
    std::vector<std::thread> callers;
    for (int c = 0; c < 16; ++c)
      callers.emplace_back([&, c] {
        for (int round = 0; round < 200; ++round) {
          wrong += !runsEachOnce(pool.get(), 1 + (c * 7 + round) % 70);
          wrong += parallelFor(pool.get(), 5, [&](int i) { return i == 3 ? c + 1 : 0; }) != c + 1;
        }
      });
    for (std::thread &caller : callers)
      caller.join();
    EXPECT_EQ(wrong, 0) << threads << " threads";
  }
}

TEST(Pool, CallerSleepsUntilALongTaskEnds) {
  PoolPtr pool = makePool(4);
  for (int round = 0; round < 5; ++round) {
    std::vector<int> done(4, 0);
    // The caller's own piece is short, the workers' are long.
    ASSERT_EQ(parallelFor(pool.get(), 4, [&](int i) { return usleep(i ? 20000 : 0), done[i] = 1, 0; }), 0);
    EXPECT_EQ(done, std::vector<int>(4, 1));
  }
}

TEST(Pool, EqualCountsKeepTheirThread) {
  if (std::thread::hardware_concurrency() < 2)
    GTEST_SKIP();
  PoolPtr pool = makePool(2);
  int kept = 0;
  for (int round = 0; round < 50; ++round) {
    std::thread::id first;
    // Tasks long enough that both threads arrive.
    parallelFor(pool.get(), 2, [&](int i) {
      if (i == 0)
        first = std::this_thread::get_id();
      return usleep(500), 0;
    });
    kept += first == std::this_thread::get_id();
  }
  EXPECT_GE(kept, 25) << "task 0 is the caller's, but for when other programs take its CPU";
}

TEST(Pool, CreateAndDestroyOften) {
  for (int round = 0; round < 200; ++round) {
    PoolPtr pool = makePool(1 + round % 5);
    ASSERT_TRUE(runsEachOnce(pool.get(), round % 2 ? 4 : 0));
  }
  resnetc_pool_destroy(nullptr);
}

} // namespace
