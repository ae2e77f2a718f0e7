//===- GradientsTest.cpp - accumulation, clipping, moving averages ------------------------------===//

#include "runtime/train/Gradients.h"
#include "runtime/train/Ema.h"
#include "runtime/train/RunFiles.h"
#include "runtime/train/Stepper.h"
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>

using namespace resnetc;
using namespace resnetc::train;

namespace {

/// Contexts of one and of three threads.
class GradientsTest : public testing::Test {
protected:
  GradientsTest() : pool(resnetc_pool_create(3)) {
    resnetc_context_init(&one, nullptr);
    resnetc_context_init(&three, pool);
    training.parameter_bytes = elements * sizeof(float);
    training.tensor_bytes = training.parameter_bytes;
    values.resize(elements);
    for (size_t i = 0; i < elements; ++i)
      values[i] = std::sin(static_cast<float>(i)) * 1e-2f;
  }
  ~GradientsTest() override { resnetc_pool_destroy(pool); }

  static constexpr size_t elements = 100016; // seven chunks, the last one short
  resnetc_pool *pool;
  resnetc_context one, three;
  resnetc_training training = {};
  std::vector<float> values;
};

TEST_F(GradientsTest, TheNormIsTheSameBitsForAnyThreads) {
  const Clip clip(training);
  double exact = 0;
  for (float value : values)
    exact += double(value) * value;
  EXPECT_NEAR(clip.norm(one, values.data()), std::sqrt(exact), 1e-12);
  EXPECT_EQ(clip.norm(one, values.data()), clip.norm(three, values.data()));
}

TEST_F(GradientsTest, ClipsAsTorchDoes) {
  // torch.nn.utils.clip_grad_norm_ of [3, 4] with max_norm 1: norm 5, gradients [0.59999990, 0.79999983]
  training.parameter_bytes = 64;
  std::vector<float> gradients(16);
  gradients[0] = 3, gradients[1] = 4;
  const Clip clip(training);
  EXPECT_EQ(clip.apply(one, 1, gradients.data()), 5);
  EXPECT_FLOAT_EQ(gradients[0], 0.5999998800000239f);
  EXPECT_FLOAT_EQ(gradients[1], 0.7999998400000319f);
  const std::vector<float> small = gradients;
  clip.apply(one, 2, gradients.data());
  EXPECT_EQ(gradients, small);
}

TEST_F(GradientsTest, AFactorThatChannelsShareCountsOnce) {
  resnetc_pack_step step = {};
  step.opcode = RESNETC_PACK_VECTOR;
  step.bias = 0;
  step.input_channels = 1;
  step.output_channels = step.output_padded = 16;
  step.count = 1;
  training.parameter_bytes = 64;
  training.pack_steps = &step;
  training.pack_step_count = 1;
  const std::vector<float> gradients(16, 2.f);
  EXPECT_EQ(Clip(training).norm(one, gradients.data()), 2);
}

TEST_F(GradientsTest, AccumulatesTheMeanOverAllImages) {
  Accumulator accumulator(training);
  std::vector<float> gradients(elements);
  for (int round = 0; round < 2; ++round) { // the second begins anew
    for (const auto &[value, images] : {std::pair(1.f, 8.), {4.f, 8.}, {10.f, 4.}}) {
      std::fill(gradients.begin(), gradients.end(), value);
      accumulator.add(three, gradients.data(), images);
    }
    accumulator.finish(three, gradients.data());
    EXPECT_FLOAT_EQ(gradients.front(), 4);
    EXPECT_FLOAT_EQ(gradients.back(), 4);
  }
}

TEST_F(GradientsTest, WeightsOfClassesCountInAMean) {
  const int32_t first[] = {0, 1, 1}, second[] = {1, 1, 0};
  Batch batch;
  batch.labels = first;
  batch.n = 3;
  EXPECT_EQ(shareOf(batch, {}), 3);
  EXPECT_EQ(shareOf(batch, {1, 10}), 21);
  batch.secondLabels = second;
  batch.mix = 0.25f;
  EXPECT_EQ(shareOf(batch, {1, 10}), 21);
  EXPECT_EQ(shareOf(batch, {}), 3);
}

TEST_F(GradientsTest, AveragesWithAWarmUp) {
  std::vector<float> average(elements, 0.f), state(elements, 1.f);
  updateAverage(three, training, 0.5, 0, state.data(), average.data());
  EXPECT_FLOAT_EQ(average[elements - 1], 0.9f); // decay 1/10
  updateAverage(three, training, 0.5, 1, state.data(), average.data());
  EXPECT_FLOAT_EQ(average[0], 0.9f + 0.1f * (1 - 2 / 11.f));
  std::fill(average.begin(), average.end(), 0.f);
  updateAverage(three, training, 0.5, 1000, state.data(), average.data());
  EXPECT_FLOAT_EQ(average[0], 0.5f); // the decay itself
}

TEST_F(GradientsTest, AnAverageOfAConstantIsTheConstant) {
  std::vector<float> average = values;
  for (uint64_t t = 0; t < 20; ++t)
    updateAverage(one, training, 0.999, t, values.data(), average.data());
  EXPECT_EQ(average, values);
}

TEST_F(GradientsTest, FindsWhatIsNotFinite) {
  EXPECT_TRUE(allFinite(three, values.data(), elements));
  for (size_t place : {size_t(0), elements / 2, elements - 1})
    for (float bad : {INFINITY, -INFINITY, NAN}) {
      const float good = std::exchange(values[place], bad);
      EXPECT_FALSE(allFinite(three, values.data(), elements));
      values[place] = good;
    }
}

} // namespace
