#include "runtime/train/Evaluate.h"
#include "resnetc/runtime.h"
#include "test/unit/train/NumberedSet.h"
#include "gtest/gtest.h"
#include <cmath>
#include <limits>

using namespace llvm;
using namespace resnetc;
using namespace resnetc::train;

namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// Logits by the image's number; `rows` are repeated.
Expected<Evaluation> evaluateRows(const NumberedSet &set, const std::vector<std::vector<float>> &rows,
                                  size_t batch = 4) {
  EvaluateOptions options;
  options.batch = batch;
  const size_t classes = rows[0].size();
  return evaluate(
      [&](const void *images, size_t n, float *logits) {
        for (size_t i = 0; i < n; ++i) {
          const uint8_t image = static_cast<const uint8_t *>(images)[i * set.imageBytes()];
          llvm::copy(rows[image % rows.size()], logits + i * classes);
        }
        return int(RESNETC_OK);
      },
      set, classes, options);
}

TEST(Evaluate, lossAndAccuracy) {
  // Labels 0, 1, 2, 0, 1, 2: right, wrong (as 0), right.
  Expected<Evaluation> result = evaluateRows(NumberedSet(6), {{2, 1, 0}, {3, 1, 2}, {0, 0, 5}});
  ASSERT_TRUE(!!result) << toString(result.takeError());
  EXPECT_EQ(result->images, 6u);
  EXPECT_DOUBLE_EQ(result->top1, 2.0 / 3);
  EXPECT_EQ(result->top5, 1);
  const double first = std::log(1 + std::exp(-1) + std::exp(-2));
  const double second = 2 + std::log(1 + std::exp(-2) + std::exp(-1));
  const double third = std::log(1 + 2 * std::exp(-5));
  EXPECT_NEAR(result->loss, (first + second + third) / 3, 1e-12);
  EXPECT_EQ(result->confusion, (std::vector<uint64_t>{2, 0, 0, 2, 0, 0, 0, 0, 2}));
  EXPECT_EQ(result->accuracyOf(1), 0);
  EXPECT_EQ(result->accuracyOf(2), 1);
  EXPECT_EQ(result->imagesOf(1), 2u);
}

TEST(Evaluate, topFiveAndTies) {
  const NumberedSet set(7, 4, 7); // image i has label i
  Expected<Evaluation> result = evaluateRows(set, {{7, 6, 5, 4, 3, 2, 1}});
  ASSERT_TRUE(!!result) << toString(result.takeError());
  EXPECT_DOUBLE_EQ(result->top1, 1.0 / 7);
  EXPECT_DOUBLE_EQ(result->top5, 5.0 / 7);
  // All are equal: the lower class comes first.
  Expected<Evaluation> ties = evaluateRows(set, {{1, 1, 1, 1, 1, 1, 1}});
  EXPECT_DOUBLE_EQ(ties->top1, 1.0 / 7);
  EXPECT_DOUBLE_EQ(ties->top5, 5.0 / 7);
  EXPECT_NEAR(ties->loss, std::log(7.0), 1e-12);
}

TEST(Evaluate, nanIsNeverRight) {
  Expected<Evaluation> result = evaluateRows(NumberedSet(3), {{nan, nan, nan}});
  ASSERT_TRUE(!!result) << toString(result.takeError());
  EXPECT_EQ(result->top1, 0);
  EXPECT_EQ(result->top5, 0);
  EXPECT_TRUE(std::isnan(result->loss));
  Expected<Evaluation> one = evaluateRows(NumberedSet(1), {{5, nan, 0}});
  EXPECT_EQ(one->top1, 0);
  EXPECT_EQ(one->top5, 1);
}

TEST(Evaluate, largeLogitsDoNotOverflow) {
  Expected<Evaluation> result = evaluateRows(NumberedSet(1), {{3e38f, -3e38f, 0}});
  EXPECT_EQ(result->loss, 0);
  EXPECT_EQ(result->top1, 1);
}

TEST(Evaluate, anyBatchGivesTheSame) {
  const NumberedSet set(23);
  const std::vector<std::vector<float>> rows = {{0.1f, 2, 0.3f}, {1, 0.7f, 0.2f}, {0, 1, 5}, {1, 2, 3}};
  Expected<Evaluation> whole = evaluateRows(set, rows, 23);
  for (size_t batch : {1, 4, 22, 100}) {
    Expected<Evaluation> result = evaluateRows(set, rows, batch);
    EXPECT_EQ(result->loss, whole->loss);
    EXPECT_EQ(result->confusion, whole->confusion);
  }
}

TEST(Evaluate, classesWithoutImages) {
  Expected<Evaluation> result = evaluateRows(NumberedSet(2, 4, 2), {{1, 0, 0}});
  EXPECT_TRUE(std::isnan(result->accuracyOf(2)));
}

TEST(Evaluate, errorsComeThrough) {
  NumberedSet set(20);
  const auto fails = [](const void *, size_t, float *) { return int(RESNETC_ERROR_CPU); };
  EXPECT_EQ(toString(evaluate(fails, set, 3).takeError()), resnetc_status_string(RESNETC_ERROR_CPU));
  set.damaged = 17;
  EXPECT_EQ(toString(evaluateRows(set, {{1, 2, 3}}).takeError()), "image.png: damaged");
}

TEST(Evaluate, progressCanStopIt) {
  const NumberedSet set(20);
  std::vector<size_t> done;
  EvaluateOptions options;
  options.batch = 8;
  const auto progress = [&](size_t count, size_t total) {
    done.push_back(count);
    EXPECT_EQ(total, 20u);
    return count < 16;
  };
  options.progress = progress;
  const auto zeros = [](const void *, size_t n, float *logits) {
    std::fill_n(logits, n * 3, 0.0f);
    return int(RESNETC_OK);
  };
  EXPECT_EQ(toString(evaluate(zeros, set, 3, options).takeError()), "stopped");
  EXPECT_EQ(done, (std::vector<size_t>{8, 16}));
}

} // namespace
