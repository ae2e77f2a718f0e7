// Pack steps at constant distances become one; expanded again they are the same steps.

#include "compiler/emit/PackRuns.h"
#include <algorithm>
#include <gtest/gtest.h>

using resnetc::emit::repeatPackSteps;

namespace {
using Steps = std::vector<resnetc_pack_step>;

resnetc_pack_step shift(uint32_t bias, uint64_t offset, uint32_t channels = 16) {
  resnetc_pack_step step = {};
  step.opcode = RESNETC_PACK_SHIFT;
  step.filter = step.gamma = step.beta = step.mean = step.variance = RESNETC_NO_TENSOR;
  step.bias = bias;
  step.output_channels = channels;
  step.output_padded = (channels + 15) / 16 * 16;
  step.count = 1;
  step.offset = offset;
  return step;
}

/// (tensor, offset) of all turns, by offset.
std::vector<std::pair<uint32_t, uint64_t>> pieces(const Steps &steps) {
  std::vector<std::pair<uint32_t, uint64_t>> all;
  for (const resnetc_pack_step &step : steps)
    for (uint32_t turn = 0; turn < step.count; ++turn)
      all.push_back({step.bias + turn * step.tensor_stride, step.offset + turn * step.offset_stride});
  std::sort(all.begin(), all.end());
  return all;
}

TEST(PackRuns, Nothing) { EXPECT_TRUE(repeatPackSteps({}).empty()); }

TEST(PackRuns, BlocksOfTwoPieces) {
  Steps steps = {shift(0, 0, 32)};
  for (uint32_t block = 0; block < 50; ++block) {
    steps.push_back(shift(1 + 3 * block, 128 + 192 * block));
    steps.push_back(shift(2 + 3 * block, 192 + 192 * block));
  }
  Steps repeated = repeatPackSteps(steps);
  ASSERT_EQ(repeated.size(), 3u);
  EXPECT_EQ(repeated[0].count, 1u);
  EXPECT_EQ(repeated[1].count, 50u);
  EXPECT_EQ(repeated[1].tensor_stride, 3u);
  EXPECT_EQ(repeated[1].offset_stride, 192u);
  EXPECT_EQ(repeated[2].count, 50u);
  EXPECT_EQ(pieces(repeated), pieces(steps));
}

TEST(PackRuns, OtherDistancesStaySingle) {
  Steps steps = {shift(0, 0), shift(2, 64), shift(3, 128), shift(1, 192)};
  Steps repeated = repeatPackSteps(steps);
  EXPECT_EQ(pieces(repeated), pieces(steps));
  EXPECT_EQ(repeated.size(), 3u);
  EXPECT_EQ(repeatPackSteps({shift(0, 0), shift(1, 64, 15)}).size(), 2u);
}
} // namespace
