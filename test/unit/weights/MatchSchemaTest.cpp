#include "runtime/weights/NamedTensors.h"
#include "llvm/Support/xxhash.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace resnetc::weights;

namespace {

const SchemaEntry schema[] = {{"conv1.weight", {8, 3, 3, 3}}, {"fc.bias", {2}}, {"fc.weight", {2, 3}}};

NamedTensor zeros(std::vector<int64_t> shape) {
  int64_t elements = 1;
  for (int64_t extent : shape)
    elements *= extent;
  return {std::move(shape), std::vector<float>(elements)};
}

std::string match(const NamedTensors &tensors) { return toString(matchSchema(tensors, schema, "w.rnw", "net")); }

TEST(MatchSchema, equal) {
  EXPECT_EQ(match({{"conv1.weight", zeros({8, 3, 3, 3})}, {"fc.bias", zeros({2})}, {"fc.weight", zeros({2, 3})}}), "");
}

// A linear layer's weight may be a 1x1 convolution's; only extents at the end may be missing or more.
TEST(MatchSchema, extentsOfOneAtTheEndDoNotCount) {
  NamedTensors tensors = {
      {"conv1.weight", zeros({8, 3, 3, 3, 1})}, {"fc.bias", zeros({2})}, {"fc.weight", zeros({2, 3, 1, 1})}};
  EXPECT_EQ(match(tensors), "");
  EXPECT_EQ(schemaHash({{"a", zeros({2, 3, 1, 1})}}), schemaHash({{"a", zeros({2, 3})}}));
  EXPECT_NE(schemaHash({{"a", zeros({2, 1, 3})}}), schemaHash({{"a", zeros({2, 3})}}));
  tensors["fc.weight"] = zeros({2, 1, 3});
  EXPECT_EQ(match(tensors), "w.rnw: these weights do not fit network 'net'\n"
                            "  of another shape (1):\n"
                            "    'fc.weight' is 2x1x3 in the file, 2x3 in the network");
}

TEST(MatchSchema, saysAllThatDiffers) {
  EXPECT_EQ(match({{"conv.weight", zeros({8, 3, 3, 3})},
                   {"fc.bias", zeros({3})},
                   {"fc.weight", zeros({2, 3})},
                   {"something.quite.different", zeros({})}}),
            "w.rnw: these weights do not fit network 'net'\n"
            "  missing (1):\n"
            "    'conv1.weight' (8x3x3x3)\n"
            "  unexpected (2):\n"
            "    'conv.weight' (8x3x3x3); did you mean 'conv1.weight'?\n"
            "    'something.quite.different' (scalar)\n"
            "  of another shape (1):\n"
            "    'fc.bias' is 3 in the file, 2 in the network");
}

TEST(MatchSchema, longListsAreCutShort) {
  NamedTensors tensors;
  for (int i = 10; i < 30; ++i)
    tensors["x" + std::to_string(i)] = zeros({1});
  EXPECT_NE(match(tensors).find("unexpected (20):"), std::string::npos);
  EXPECT_NE(match(tensors).find("    and 12 more"), std::string::npos);
}

TEST(SchemaHash, isThatOfTheLines) {
  EXPECT_EQ(schemaHash({{"b", zeros({2, 3})}, {"a", zeros({1})}}), xxh3_64bits(StringRef("a f32 \nb f32 2x3\n")));
}

} // namespace
