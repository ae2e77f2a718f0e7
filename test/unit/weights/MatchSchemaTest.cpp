#include "compiler/weights/NamedTensors.h"
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
  EXPECT_EQ(schemaHash({{"b", zeros({2, 3})}, {"a", zeros({1})}}), xxh3_64bits(StringRef("a f32 1\nb f32 2x3\n")));
}

} // namespace
