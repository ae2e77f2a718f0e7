//===- ScaleTest.cpp - ends and ticks of axes ------------------------------===//

#include "runtime/plot/Scale.h"
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

using namespace resnetc::plot;

namespace {

std::vector<std::string> labels(const Scale &scale) {
  std::vector<std::string> result;
  for (const Tick &tick : scale.ticks)
    result.push_back(tick.label);
  return result;
}
using Words = std::vector<std::string>;

Axis logarithmic() {
  Axis axis;
  axis.logarithmic = true;
  return axis;
}

TEST(Scale, TicksAreRoundAndReachOverTheValues) {
  Scale scale = makeScale({}, {0.83, 1.71}, 5, /*outward=*/true);
  EXPECT_EQ(labels(scale), (Words{"0.8", "1.0", "1.2", "1.4", "1.6", "1.8"}));
  EXPECT_DOUBLE_EQ(scale.place(scale.least), 0);
  EXPECT_DOUBLE_EQ(scale.place(scale.most), 1);
}

TEST(Scale, EpochsHaveWholeTicksAndTheAxisEndsWithThem) {
  Scale scale = makeScale({}, {1, 2, 3}, 6, /*outward=*/false);
  EXPECT_EQ(labels(scale), (Words{"1", "2", "3"}));
  EXPECT_EQ(scale.least, 1);
  EXPECT_EQ(scale.most, 3);
}

TEST(Scale, DecimalsTellTicksApart) {
  EXPECT_EQ(labels(makeScale({}, {0.0, 0.1}, 4, true)), (Words{"0", "0.025", "0.050", "0.075", "0.100"}));
  EXPECT_EQ(labels(makeScale({}, {0, 24000}, 5, true)), (Words{"0", "5,000", "10,000", "15,000", "20,000", "25,000"}));
  EXPECT_EQ(labels(makeScale({}, {-0.3, 0.4}, 4, true)), (Words{"-0.4", "-0.2", "0", "0.2", "0.4"}));
}

TEST(Scale, OneValueHasRoomAroundIt) {
  Scale scale = makeScale({}, {2.5, 2.5}, 5, true);
  EXPECT_LT(scale.least, 2.5);
  EXPECT_GT(scale.most, 2.5);
  Scale first = makeScale({}, {1}, 6, false);
  EXPECT_LT(first.least, first.most);
}

TEST(Scale, LogarithmicTicksArePowersOfTenOverManyDecades) {
  EXPECT_EQ(labels(makeScale(logarithmic(), {1.3e-5, 4}, 5, true)),
            (Words{"1e-05", "0.0001", "0.001", "0.01", "0.1", "1"}));
  EXPECT_EQ(labels(makeScale(logarithmic(), {0.3, 1.8}, 5, true)), (Words{"0.2", "0.5", "1", "2"}));
  Scale scale = makeScale(logarithmic(), {0.01, 1}, 5, true);
  EXPECT_NEAR(scale.place(0.1), 0.5, 1e-12);
}

TEST(Scale, ValuesWithoutAPlaceAreIgnored) {
  double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  Scale scale = makeScale({}, {nan, 1, infinity, 2, -infinity}, 5, true);
  EXPECT_EQ(scale.least, 1);
  EXPECT_EQ(scale.most, 2);
  Scale positive = makeScale(logarithmic(), {-1, 0, 1, 100}, 5, true);
  EXPECT_EQ(positive.least, 1);
  EXPECT_FALSE(positive.has(0));
  EXPECT_FALSE(makeScale({}, {}, 5, true).ticks.empty());
}

TEST(Scale, GivenEndsStay) {
  Axis axis;
  axis.least = 0;
  axis.most = 97;
  Scale scale = makeScale(axis, {40, 93}, 5, true);
  EXPECT_EQ(scale.least, 0);
  EXPECT_EQ(scale.most, 97);
  axis = {};
  axis.least = 10; // all values lie below
  scale = makeScale(axis, {1, 2}, 5, true);
  EXPECT_LT(scale.least, scale.most);
}

} // namespace
