//===- RandomTest.cpp - Philox and normal numbers -------------------------===//

#include "runtime/core/Random.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace resnetc::rt;

namespace {

void expectPhilox(Words counter, uint64_t key, Words expected) {
  const Words words = philox(counter, key);
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(words.word[i], expected.word[i]);
}

/// The known answers that Random123 comes with.
TEST(Random, PhiloxKnownAnswers) {
  expectPhilox({{0, 0, 0, 0}}, 0, {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}});
  expectPhilox({{~0u, ~0u, ~0u, ~0u}}, ~uint64_t(0), {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}});
  expectPhilox({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, 0x299f31d0a4093822,
               {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}});
}

/// Box-Muller with libm's functions.
TEST(Random, NormalEqualsTheFormula) {
  const auto unit = [](uint32_t low, uint32_t high) {
    return double(((uint64_t(high) << 32 | low) >> 11) + 1) / double(uint64_t(1) << 53);
  };
  for (uint64_t seed : {uint64_t(0), uint64_t(1), ~uint64_t(0)})
    for (uint32_t stream : {0u, 7u}) {
      Normal normal(seed, stream);
      for (uint64_t i = 0; i < 4000; ++i) {
        const uint64_t block = i < 2000 ? i / 2 : (uint64_t(1) << 33) + i / 2;
        const Words w = philox({{uint32_t(block), uint32_t(block >> 32), stream, 0}}, seed);
        const double radius = std::sqrt(-2 * std::log(unit(w.word[0], w.word[1])));
        const double angle = 2 * M_PI * unit(w.word[2], w.word[3]);
        EXPECT_NEAR(normal.at(2 * block + i % 2), radius * (i % 2 ? std::sin(angle) : std::cos(angle)), 1e-14);
      }
    }
}

TEST(Random, LogarithmAndExponentialAreLibms) {
  for (double x = 1e-300; x < 1e300; x *= 1.37)
    EXPECT_NEAR(logarithm(x), std::log(x), 4e-16 * std::fabs(std::log(x)) + 2e-16) << x;
  for (double x = -700; x < 709; x += 0.173)
    EXPECT_NEAR(exponential(x) / std::exp(x), 1, 1e-15) << x;
  EXPECT_EQ(exponential(0), 1);
  EXPECT_EQ(exponential(-800), 0);
  EXPECT_EQ(exponential(-1e300), 0);
  EXPECT_EQ(exponential(710), HUGE_VAL);
  EXPECT_EQ(exponential(HUGE_VAL), HUGE_VAL);
}

TEST(Random, MomentsAreThoseOfANormalDistribution) {
  Normal normal(42, 3);
  const int count = 1000000;
  double sums[5] = {};
  for (int i = 0; i < count; ++i)
    for (int power = 1; power <= 4; ++power)
      sums[power] += std::pow(normal.at(i), power);
  EXPECT_NEAR(sums[1] / count, 0, 0.005);
  EXPECT_NEAR(sums[2] / count, 1, 0.01);
  EXPECT_NEAR(sums[3] / count, 0, 0.02);
  EXPECT_NEAR(sums[4] / count, 3, 0.05);
}

TEST(Random, ANumberDoesNotDependOnWhatWasDrawnBefore) {
  Normal forwards(5, 1), backwards(5, 1), other(5, 2);
  std::vector<double> values;
  for (int i = 0; i < 11; ++i)
    values.push_back(forwards.at(i));
  for (int i = 10; i >= 0; --i) {
    EXPECT_EQ(backwards.at(i), values[i]);
    EXPECT_NE(other.at(i), values[i]);
  }
}

} // namespace
