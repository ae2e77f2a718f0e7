#include "runtime/train/Augment.h"
#include "gtest/gtest.h"
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

using namespace llvm;
using namespace resnetc::train;

namespace {

const resnetc_tensor_shape bytes3x4 = {RESNETC_U8, 3, {2, 3, 4, 0}};
const resnetc_tensor_shape floats2x3 = {RESNETC_F32, 3, {1, 2, 3, 0}};
const resnetc_tensor_shape bytes28 = {RESNETC_U8, 3, {1, 28, 28, 0}};

Augmentation crop(int64_t pad, bool flip = false, int64_t cutout = 0) {
  Augmentation result;
  result.cropPad = pad;
  result.flip = flip;
  result.cutout = cutout;
  return result;
}

/// Two planes of 3 x 4: 1 to 12, and 101 to 112.
std::vector<uint8_t> augmented(const Augmentation &augmentation, const ImageDraw &draw) {
  std::vector<uint8_t> from(24), to(24, 77);
  std::iota(from.begin(), from.begin() + 12, 1);
  std::iota(from.begin() + 12, from.end(), 101);
  augmentImage(augmentation, bytes3x4, draw, from.data(), to.data());
  return to;
}

TEST(Augment, identity) {
  EXPECT_EQ(augmented({}, {}), (std::vector<uint8_t>{1,   2,   3,   4,   5,   6,   7,   8,   9,   10,  11,  12,
                                                     101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112}));
}

TEST(Augment, cropHasABlackBorder) {
  ImageDraw draw;
  draw.shiftY = 1;
  draw.shiftX = -1; // the cut begins left of the image: its first column is border
  EXPECT_EQ(augmented(crop(1), draw), (std::vector<uint8_t>{0, 5,   6,   7,   0, 9,   10,  11,  0, 0, 0, 0,
                                                            0, 105, 106, 107, 0, 109, 110, 111, 0, 0, 0, 0}));
  draw.shiftY = -2;
  draw.shiftX = 3;
  EXPECT_EQ(augmented(crop(3), draw),
            (std::vector<uint8_t>{0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 104, 0, 0, 0}));
}

TEST(Augment, flipAfterCrop) {
  ImageDraw draw;
  draw.flip = true;
  EXPECT_EQ(augmented(crop(0, true), draw),
            (std::vector<uint8_t>{4,   3,   2,   1,   8,   7,   6,   5,   12,  11,  10,  9,
                                  104, 103, 102, 101, 108, 107, 106, 105, 112, 111, 110, 109}));
  draw.shiftX = 1;
  EXPECT_EQ(augmented(crop(1, true), draw),
            (std::vector<uint8_t>{0, 4,   3,   2,   0, 8,   7,   6,   0, 12,  11,  10,
                                  0, 104, 103, 102, 0, 108, 107, 106, 0, 112, 111, 110}));
}

TEST(Augment, cutoutMayStickOut) {
  ImageDraw draw;
  draw.cutoutY = 0;
  draw.cutoutX = 3; // rows -1 and 0, columns 2 and 3
  EXPECT_EQ(augmented(crop(0, false, 2), draw),
            (std::vector<uint8_t>{1,   2,   0, 0, 5,   6,   7,   8,   9,   10,  11,  12,
                                  101, 102, 0, 0, 105, 106, 107, 108, 109, 110, 111, 112}));
  draw.cutoutY = 2;
  draw.cutoutX = 1; // rows 1 to 2 (3), columns 0 to 2
  EXPECT_EQ(augmented(crop(0, false, 3), draw), (std::vector<uint8_t>{1,   2,   3,   4,   0, 0, 0, 8,   0, 0, 0, 12,
                                                                      101, 102, 103, 104, 0, 0, 0, 108, 0, 0, 0, 112}));
}

TEST(Augment, floats) {
  const std::vector<float> from = {1, 2, 3, 4, 5, 6};
  std::vector<float> to(6, 77);
  ImageDraw draw;
  draw.shiftX = 1;
  draw.flip = true;
  augmentImage(crop(1, true), floats2x3, draw, reinterpret_cast<const uint8_t *>(from.data()),
               reinterpret_cast<uint8_t *>(to.data()));
  EXPECT_EQ(to, (std::vector<float>{0, 3, 2, 0, 6, 5}));
}

TEST(Augment, drawsAreUniform) {
  std::map<int64_t, int> shifts, centres;
  int flips = 0;
  constexpr int count = 20000;
  for (int i = 0; i < count; ++i) {
    const ImageDraw draw = drawImage(crop(2, true, 8), bytes28, 1, 3, i);
    ++shifts[draw.shiftY * 5 + draw.shiftX];
    ++centres[draw.cutoutY];
    flips += draw.flip;
  }
  EXPECT_EQ(shifts.size(), 25u);
  for (auto [shift, seen] : shifts)
    EXPECT_NEAR(seen, count / 25, 5 * std::sqrt(count / 25)) << shift;
  EXPECT_EQ(centres.size(), 28u);
  EXPECT_EQ(centres.begin()->first, 0);
  for (auto [centre, seen] : centres)
    EXPECT_NEAR(seen, count / 28, 5 * std::sqrt(count / 28)) << centre;
  EXPECT_NEAR(flips, count / 2, 5 * std::sqrt(count / 4));
  EXPECT_FALSE(drawImage(crop(2), bytes28, 1, 3, 0).flip);
}

TEST(Augment, drawsDependOnSeedEpochAndImage) {
  const auto drawn = [](uint64_t seed, uint64_t epoch) {
    std::vector<int64_t> result;
    for (uint64_t i = 0; i < 32; ++i) {
      const ImageDraw draw = drawImage(crop(4, true, 8), bytes28, seed, epoch, i);
      result.insert(result.end(), {draw.shiftY, draw.shiftX, draw.flip, draw.cutoutY, draw.cutoutX});
    }
    return result;
  };
  EXPECT_EQ(drawn(1, 2), drawn(1, 2));
  EXPECT_NE(drawn(1, 2), drawn(1, 3));
  EXPECT_NE(drawn(1, 2), drawn(2, 2));
  EXPECT_NE(drawn(1, 0), drawn(1, 1 << 24));
  EXPECT_NE(drawn(1, 0), drawn(uint64_t(1) << 32 | 1, 0));
}

TEST(Augment, orderIsAPermutation) {
  std::vector<uint32_t> order(1000), other(1000);
  drawOrder(5, 0, order);
  drawOrder(5, 1, other);
  EXPECT_NE(order, other);
  drawOrder(5, 0, other);
  EXPECT_EQ(order, other);
  llvm::sort(other);
  for (uint32_t i = 0; i < other.size(); ++i)
    EXPECT_EQ(other[i], i);
}

TEST(Augment, allOrdersAreAsLikely) {
  std::map<std::vector<uint32_t>, int> seen;
  constexpr int count = 24000;
  std::vector<uint32_t> order(4);
  for (int epoch = 0; epoch < count; ++epoch) {
    drawOrder(9, epoch, order);
    ++seen[order];
  }
  EXPECT_EQ(seen.size(), 24u);
  for (const auto &[permutation, times] : seen)
    EXPECT_NEAR(times, count / 24, 5 * std::sqrt(count / 24));
}

TEST(Augment, mixIsBeta) {
  for (double alpha : {0.1, 0.2, 1.0, 4.0}) {
    constexpr int count = 20000;
    double sum = 0, squares = 0;
    std::vector<uint32_t> partners(2);
    for (int batch = 0; batch < count; ++batch) {
      const double mix = drawMixup(alpha, 3, 1, batch, partners);
      ASSERT_TRUE(mix >= 0 && mix <= 1) << mix;
      sum += mix;
      squares += (mix - 0.5) * (mix - 0.5);
    }
    const double variance = 1 / (4 * (2 * alpha + 1));
    EXPECT_NEAR(sum / count, 0.5, 5 * std::sqrt(variance / count)) << alpha;
    EXPECT_NEAR(squares / count, variance, 0.05 * variance) << alpha;
  }
}

TEST(Augment, uniformMixHasAUniformDistribution) {
  // Beta(1, 1): each tenth as often.
  std::vector<uint32_t> partners(1);
  std::vector<int> tenths(10);
  constexpr int count = 20000;
  for (int batch = 0; batch < count; ++batch)
    ++tenths[std::min(9, int(drawMixup(1, 8, 0, batch, partners) * 10))];
  for (int seen : tenths)
    EXPECT_NEAR(seen, count / 10, 5 * std::sqrt(count / 10));
}

TEST(Augment, extremeAlphas) {
  std::vector<uint32_t> partners(1);
  int ends = 0;
  for (int batch = 0; batch < 1000; ++batch) {
    const float mix = drawMixup(1e-3, 1, 0, batch, partners);
    ASSERT_TRUE(mix >= 0 && mix <= 1) << mix;
    ends += mix < 0.01f || mix > 0.99f;
    EXPECT_NEAR(drawMixup(1000, 1, 0, batch, partners), 0.5, 0.06);
  }
  EXPECT_GT(ends, 980);
}

TEST(Augment, mixedImages) {
  const std::vector<uint8_t> a(24, 255), b(24, 0);
  std::vector<uint8_t> to(24);
  for (float mix : {0.0f, 0.25f, 0.5f, 0.999f, 1.0f}) {
    mixImages(bytes3x4, mix, a.data(), b.data(), to.data());
    EXPECT_EQ(to, std::vector<uint8_t>(24, uint8_t(std::lround(mix * 255)))) << mix;
    mixImages(bytes3x4, mix, a.data(), a.data(), to.data());
    EXPECT_EQ(to, a) << mix;
  }
  const std::vector<float> x = {1, 2, 3, 4, 5, 6}, y = {0, -2, 8, 4, 1, 0};
  std::vector<float> result(6);
  mixImages(floats2x3, 0.25f, reinterpret_cast<const uint8_t *>(x.data()), reinterpret_cast<const uint8_t *>(y.data()),
            reinterpret_cast<uint8_t *>(result.data()));
  EXPECT_EQ(result, (std::vector<float>{0.25, -1, 6.75, 4, 2, 1.5}));
}

TEST(Augment, problemsInWords) {
  const resnetc_tensor_shape vector = {RESNETC_F32, 1, {8, 0, 0, 0}};
  Augmentation mixed;
  mixed.mixup = 0.2;
  EXPECT_EQ(augmentationProblem(mixed, vector), "");
  EXPECT_EQ(augmentationProblem(crop(4, true, 16), bytes28), "");
  EXPECT_NE(augmentationProblem(crop(0, true), vector), "");
  EXPECT_NE(augmentationProblem(crop(1), {RESNETC_F32, 2, {12, 1000, 0, 0}}), ""); // a signal
  EXPECT_NE(augmentationProblem(crop(28), bytes28), "");
  EXPECT_NE(augmentationProblem(crop(-1), bytes28), "");
  EXPECT_NE(augmentationProblem(crop(0, false, 57), bytes28), "");
  mixed.mixup = std::nan("");
  EXPECT_NE(augmentationProblem(mixed, bytes28), "");
}

} // namespace
