// The order of named tensors is total, and numbers in names count as numbers.

#include "runtime/core/NaturalOrder.h"
#include <gtest/gtest.h>
#include <string>
#include <vector>

using resnetc::compareNatural;

namespace {
TEST(NaturalOrder, IsTotal) {
  // Each before all that follow.
  const std::vector<std::string> sorted = {"",
                                           "-",
                                           "0",
                                           "00",
                                           "0a",
                                           "01",
                                           "1",
                                           "1.weight",
                                           "2",
                                           "9",
                                           "10",
                                           "10a",
                                           "99999999999999999999998",
                                           "99999999999999999999999",
                                           "100000000000000000000000",
                                           "a",
                                           "a-",
                                           "a01",
                                           "a1",
                                           "a1b2",
                                           "a1b10",
                                           "a2",
                                           "a10",
                                           "aa",
                                           "conv2.weight",
                                           "conv10.weight",
                                           "layer1.2.x",
                                           "layer1.10.x",
                                           "layer1.x",
                                           "layer2.0.x",
                                           "\xff"};
  for (size_t i = 0; i < sorted.size(); ++i)
    for (size_t j = 0; j < sorted.size(); ++j) {
      const int order = compareNatural(sorted[i].data(), sorted[i].size(), sorted[j].data(), sorted[j].size());
      EXPECT_EQ(order < 0, i < j) << sorted[i] << " " << sorted[j];
      EXPECT_EQ(order > 0, i > j) << sorted[i] << " " << sorted[j];
    }
}
} // namespace
