//===- PackTest.cpp - folding and packing against the formulas ------------===//

#include "TestModel.h"
#include "WeightsBuilder.h"
#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

using namespace resnetc;
using namespace resnetc::test;
using testing::HasSubstr;

namespace {

constexpr uint32_t none = RESNETC_NO_TENSOR;

std::vector<float> randomFloats(size_t count, float low, float high, uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> values(low, high);
  std::vector<float> result(count);
  for (float &value : result)
    value = values(random);
  return result;
}

/// A convolution with a bias and a batch norm. Tensors 0...5 in the order of names.
struct ConvFile : WeightsBuilder {
  ConvFile(uint64_t co, uint64_t ci, uint64_t ky, uint64_t kx) {
    tensors = {{"bn.bias", {co}, randomFloats(co, -1, 1, 1)},
               {"bn.running_mean", {co}, randomFloats(co, -1, 1, 2)},
               {"bn.running_var", {co}, randomFloats(co, 0.1f, 2, 3)},
               {"bn.weight", {co}, randomFloats(co, -2, 2, 4)},
               {"conv.bias", {co}, randomFloats(co, -1, 1, 5)},
               {"conv.weight", {co, ci, ky, kx}, randomFloats(co * ci * ky * kx, -1, 1, 6)}};
  }
};

resnetc_pack_step convStep(resnetc_pack_opcode opcode, uint32_t co, uint32_t ci, uint32_t ky, uint32_t kx,
                           uint32_t inputBlock, uint32_t tile) {
  const uint32_t padded = (co + 16 * tile - 1) / (16 * tile) * 16 * tile;
  resnetc_pack_step step = {};
  step.opcode = opcode;
  step.filter = opcode == RESNETC_PACK_FILTER ? 5 : none;
  step.bias = 4, step.gamma = 3, step.beta = 0, step.mean = 1, step.variance = 2;
  step.output_channels = co, step.input_channels = ci, step.kernel_height = ky, step.kernel_width = kx;
  step.input_block = inputBlock, step.output_tile = tile, step.output_padded = padded;
  step.epsilon = 1e-5;
  step.count = 1;
  return step;
}

struct PackModel : TestModel {
  PackModel() : TestModel(1, 1) { info.schema_hash = 1, info.tensor_count = 6; }

  int pack(const WeightsBuilder &builder, Memory &packed) {
    const TempFile file(builder.build());
    const OpenWeights open(file);
    EXPECT_EQ(open.status, RESNETC_OK) << open.error;
    info.packed_bytes = packed.bytes;
    return resnetc_rt_pack(link(), &open.weights, packed.data, error, sizeof error);
  }
  char error[400];
};

double scaleOf(const WeightsBuilder &f, size_t c) {
  return f.tensors[3].values[c] / std::sqrt(double(f.tensors[2].values[c]) + 1e-5);
}
double shiftOf(const WeightsBuilder &f, size_t c) {
  const double scale = scaleOf(f, c);
  return f.tensors[4].values[c] * scale + (f.tensors[0].values[c] - f.tensors[1].values[c] * scale);
}

/// dst[ct][cb][ky][kx][ci][tile][16], straight from the text of abi.h.
std::vector<float> naiveFilter(const ConvFile &f, const resnetc_pack_step &s) {
  std::vector<float> result;
  const uint32_t blocks = (s.input_channels + s.input_block - 1) / s.input_block;
  for (uint32_t ct = 0; ct < s.output_padded / (16 * s.output_tile); ++ct)
    for (uint32_t cb = 0; cb < blocks; ++cb)
      for (uint32_t ky = 0; ky < s.kernel_height; ++ky)
        for (uint32_t kx = 0; kx < s.kernel_width; ++kx)
          for (uint32_t i = 0; i < s.input_block; ++i)
            for (uint32_t b = 0; b < s.output_tile; ++b)
              for (uint32_t v = 0; v < 16; ++v) {
                const uint32_t co = (ct * s.output_tile + b) * 16 + v, ci = cb * s.input_block + i;
                const bool inside = co < s.output_channels && ci < s.input_channels;
                const size_t at = ((size_t(co) * s.input_channels + ci) * s.kernel_height + ky) * s.kernel_width + kx;
                result.push_back(inside ? float(f.tensors[5].values[at] * scaleOf(f, co)) : 0.f);
              }
  return result;
}

TEST(Pack, FilterEqualsTheFormula) {
  struct Case {
    uint32_t co, ci, ky, kx, block, tile;
  };
  for (const Case &c : {Case{1, 1, 1, 1, 1, 1}, Case{16, 16, 3, 3, 16, 1}, Case{64, 3, 7, 7, 3, 2},
                        Case{33, 17, 3, 1, 16, 2}, Case{10, 64, 1, 1, 16, 1}, Case{100, 20, 2, 3, 16, 4}}) {
    const ConvFile file(c.co, c.ci, c.ky, c.kx);
    PackModel model;
    model.packSteps = {convStep(RESNETC_PACK_FILTER, c.co, c.ci, c.ky, c.kx, c.block, c.tile)};
    model.packSteps[0].offset = 64;
    const std::vector<float> expected = naiveFilter(file, model.packSteps[0]);
    Memory packed(64 + expected.size() * 4 + 32);
    ASSERT_EQ(model.pack(file, packed), RESNETC_OK) << model.error;
    for (size_t i = 0; i < expected.size(); ++i)
      ASSERT_EQ(packed.floats()[16 + i], expected[i]) << c.co << "x" << c.ci << " at " << i;
    for (size_t i = 0; i < 64; ++i)
      ASSERT_EQ(packed.u8()[i], 0) << "the gap before";
    for (size_t i = packed.bytes - 32; i < packed.bytes; ++i)
      ASSERT_EQ(packed.u8()[i], 0) << "and behind";
    ASSERT_EQ(packed.u8()[packed.bytes], 0xff) << "nothing past the end";
  }
}

/// Every weight of a grouped filter stands where its output's lane meets its input's position, all else is zero.
TEST(Pack, GroupedFilterEqualsTheFormula) {
  struct Case {
    uint32_t groups, outputs, inputs, block; ///< outputs and inputs of a group; channels that a block of 16 reads
  };
  for (const Case &c :
       {Case{32, 4, 4, 16}, Case{4, 16, 8, 8}, Case{3, 10, 2, 4}, Case{5, 3, 7, 35}, Case{20, 1, 1, 1}}) {
    const uint32_t co = c.groups * c.outputs, total = c.groups * c.inputs, positions = 6;
    const ConvFile file(co, c.inputs, 2, 3);
    PackModel model;
    model.packSteps = {convStep(RESNETC_PACK_FILTER, co, c.inputs, 2, 3, c.block, 1)};
    model.packSteps[0].groups = c.groups;
    const uint32_t blocks = (co + 15) / 16;
    std::vector<float> expected(size_t(blocks) * positions * c.block * 16);
    for (uint32_t o = 0; o < co; ++o)
      for (uint32_t i = 0; i < c.inputs; ++i)
        for (uint32_t k = 0; k < positions; ++k) {
          const uint32_t first = std::min(o / 16 * 16 / c.outputs * c.inputs, total - c.block);
          const uint32_t at = c.block == 1 && c.inputs == 1 ? 0 : o / c.outputs * c.inputs + i - first;
          const double weight = file.tensors[5].values[(size_t(o) * c.inputs + i) * positions + k] * scaleOf(file, o);
          expected[((size_t(o / 16) * positions + k) * c.block + at) * 16 + o % 16] = float(weight);
        }
    Memory packed(expected.size() * 4);
    ASSERT_EQ(model.pack(file, packed), RESNETC_OK) << model.error;
    for (size_t i = 0; i < expected.size(); ++i)
      ASSERT_EQ(packed.floats()[i], expected[i]) << c.groups << " groups at " << i;
  }
}

/// A parameter, its one element for all channels, a constant.
TEST(Pack, VectorsAreCopiedSpreadOrFilled) {
  ConvFile file(20, 1, 1, 1);
  file.tensors[4].values.resize(1);
  file.tensors[4].shape = {1};
  PackModel model;
  resnetc_pack_step copied = convStep(RESNETC_PACK_VECTOR, 20, 20, 0, 0, 0, 1);
  copied.gamma = copied.beta = copied.mean = copied.variance = none;
  resnetc_pack_step spread = copied, filled = copied;
  copied.bias = 0;
  spread.bias = 4, spread.input_channels = 1, spread.offset = 128;
  filled.bias = none, filled.epsilon = 0.75, filled.offset = 256;
  model.packSteps = {copied, spread, filled};
  Memory packed(384);
  ASSERT_EQ(model.pack(file, packed), RESNETC_OK) << model.error;
  for (uint32_t c = 0; c < 32; ++c) {
    EXPECT_EQ(packed.floats()[c], c < 20 ? file.tensors[0].values[c] : 0.f);
    EXPECT_EQ(packed.floats()[32 + c], c < 20 ? file.tensors[4].values[0] : 0.f);
    EXPECT_EQ(packed.floats()[64 + c], c < 20 ? 0.75f : 0.f);
  }
}

TEST(Pack, ShiftAndScaleEqualTheFormulas) {
  const ConvFile file(20, 1, 1, 1);
  PackModel model;
  model.packSteps = {convStep(RESNETC_PACK_SHIFT, 20, 1, 1, 1, 16, 1),
                     convStep(RESNETC_PACK_SCALE, 20, 1, 1, 1, 16, 1)};
  model.packSteps[1].offset = 128;
  Memory packed(256);
  ASSERT_EQ(model.pack(file, packed), RESNETC_OK) << model.error;
  for (uint32_t c = 0; c < 32; ++c) {
    EXPECT_EQ(packed.floats()[c], c < 20 ? float(shiftOf(file, c)) : 0.f);
    EXPECT_EQ(packed.floats()[32 + c], c < 20 ? float(scaleOf(file, c)) : 0.f);
  }
}

TEST(Pack, MissingTermsAreLeftOut) {
  const ConvFile file(16, 2, 1, 1);
  PackModel model;
  resnetc_pack_step shift = convStep(RESNETC_PACK_SHIFT, 16, 2, 1, 1, 16, 1), filter = shift, affine = shift;
  shift.gamma = shift.beta = shift.mean = shift.variance = none; // a bias alone
  filter = convStep(RESNETC_PACK_FILTER, 16, 2, 1, 1, 2, 1);
  filter.gamma = filter.variance = none;
  filter.offset = 64;
  affine.bias = none; // a batch norm alone
  affine.offset = 192;
  model.packSteps = {shift, filter, affine};
  Memory packed(256);
  ASSERT_EQ(model.pack(file, packed), RESNETC_OK) << model.error;
  for (uint32_t c = 0; c < 16; ++c) {
    EXPECT_EQ(packed.floats()[c], file.tensors[4].values[c]);
    EXPECT_EQ(packed.floats()[16 + c], file.tensors[5].values[2 * c]);
    EXPECT_EQ(packed.floats()[32 + c], file.tensors[5].values[2 * c + 1]);
    const double beta = file.tensors[0].values[c], mean = file.tensors[1].values[c];
    EXPECT_EQ(packed.floats()[48 + c], float(beta - mean * scaleOf(file, c)));
  }
}

/// One step for the equal pieces of three blocks packs what three steps do.
TEST(Pack, RepeatedStep) {
  WeightsBuilder file;
  for (uint32_t block = 0; block < 3; ++block) {
    const std::string name = std::to_string(block);
    file.tensors.push_back({name + ".bias", {16}, randomFloats(16, -1, 1, 10 + block)});
    file.tensors.push_back({name + ".weight", {16}, randomFloats(16, -1, 1, 20 + block)});
  }
  resnetc_pack_step step = convStep(RESNETC_PACK_SHIFT, 16, 1, 1, 1, 1, 1);
  step.gamma = step.beta = step.mean = step.variance = none;
  step.bias = 0;
  PackModel single, repeated;
  for (uint32_t block = 0; block < 3; ++block) {
    single.packSteps.push_back(step);
    single.packSteps.back().bias = 2 * block;
    single.packSteps.back().offset = 128 * block;
  }
  step.count = 3, step.tensor_stride = 2, step.offset_stride = 128;
  repeated.packSteps = {step};
  Memory expected(384), packed(384);
  ASSERT_EQ(single.pack(file, expected), RESNETC_OK) << single.error;
  ASSERT_EQ(repeated.pack(file, packed), RESNETC_OK) << repeated.error;
  for (uint32_t i = 0; i < 96; ++i) {
    EXPECT_EQ(packed.floats()[i], expected.floats()[i]);
    EXPECT_EQ(packed.floats()[i], i % 32 < 16 ? file.tensors[i / 32 * 2].values[i % 32] : 0.f);
  }
}

TEST(Pack, ALinearLayersWeightIsAFilter) {
  ConvFile file(10, 20, 1, 1);
  file.tensors[5].shape = {10, 20};
  PackModel model;
  model.packSteps = {convStep(RESNETC_PACK_FILTER, 10, 20, 1, 1, 16, 1)};
  Memory packed(32 * 16 * 4);
  ASSERT_EQ(model.pack(file, packed), RESNETC_OK) << model.error;
  EXPECT_EQ(packed.floats()[1], float(file.tensors[5].values[20] * scaleOf(file, 1)));
}

TEST(Pack, WhatDiffersIsNamed) {
  PackModel model;
  model.packSteps = {convStep(RESNETC_PACK_FILTER, 16, 4, 3, 3, 16, 1)};
  Memory packed(9 * 256 * 4);
  // Equal hash, other shape: a file that lies.
  EXPECT_EQ(model.pack(ConvFile(16, 4, 3, 1), packed), RESNETC_ERROR_WEIGHTS);
  EXPECT_THAT(model.error, HasSubstr("tensor 'conv.weight' is f32 16x4x3x1 in the weights file, the model needs f32 "
                                     "16x4x3x3"));
  ConvFile other(32, 4, 3, 3);
  other.network = "wide";
  other.schemaHash = 2;
  EXPECT_EQ(model.pack(other, packed), RESNETC_ERROR_WEIGHTS);
  EXPECT_THAT(model.error, HasSubstr("of network 'wide', this model is 'net': tensor 'conv.weight' is f32 32x4x3x3"));
  ConvFile renamed(16, 4, 3, 3);
  renamed.schemaHash = 0xff;
  EXPECT_EQ(model.pack(renamed, packed), RESNETC_ERROR_WEIGHTS);
  EXPECT_THAT(model.error, HasSubstr("the tensors' names differ (schema 00000000000000ff in the file"));
  renamed.tensors.pop_back();
  EXPECT_EQ(model.pack(renamed, packed), RESNETC_ERROR_WEIGHTS);
  EXPECT_THAT(model.error, HasSubstr("the file has 5 tensors, the model needs 6"));
  WeightsBuilder done;
  done.kind = weights::Kind::Packed;
  done.tensors = {{"packed", {4}, {1}, weights::Element::U8}};
  EXPECT_EQ(model.pack(done, packed), RESNETC_ERROR_WEIGHTS);
  EXPECT_THAT(model.error, HasSubstr("packed already"));
  ConvFile integers(16, 4, 3, 3);
  integers.tensors[2].element = weights::Element::F64;
  integers.tensors[2].shape = {8};
  EXPECT_EQ(model.pack(integers, packed), RESNETC_ERROR_WEIGHTS);
  EXPECT_THAT(model.error, HasSubstr("'bn.running_var' is f64 8 in the weights file, the model needs f32 16"));
}

TEST(Pack, StepsThatDoNotFitAreRefused) {
  const ConvFile file(16, 4, 3, 3);
  Memory packed(9 * 256 * 4);
  const auto pack = [&](auto change) {
    PackModel model;
    model.packSteps = {convStep(RESNETC_PACK_FILTER, 16, 4, 3, 3, 16, 1)};
    change(model.packSteps[0]);
    return model.pack(file, packed);
  };
  EXPECT_EQ(pack([](resnetc_pack_step &) {}), RESNETC_OK);
  EXPECT_EQ(pack([](resnetc_pack_step &s) { s.offset = 64; }), RESNETC_ERROR_ABI);
  EXPECT_EQ(pack([](resnetc_pack_step &s) { s.count = 0; }), RESNETC_ERROR_ABI);
  EXPECT_EQ(pack([](resnetc_pack_step &s) { s.count = 2, s.offset_stride = 64; }), RESNETC_ERROR_ABI);
  EXPECT_EQ(pack([](resnetc_pack_step &s) { s.count = 3, s.offset_stride = uint64_t(1) << 63; }), RESNETC_ERROR_ABI);
  EXPECT_EQ(pack([](resnetc_pack_step &s) { s.count = 2, s.tensor_stride = 6; }), RESNETC_ERROR_WEIGHTS);
  EXPECT_EQ(pack([](resnetc_pack_step &s) { s.count = 2, s.tensor_stride = 0xffffffff; }), RESNETC_ERROR_WEIGHTS);
  EXPECT_EQ(pack([](resnetc_pack_step &s) { s.offset = ~uint64_t(63); }), RESNETC_ERROR_ABI);
  EXPECT_EQ(pack([](resnetc_pack_step &s) { s.opcode = 3; }), RESNETC_ERROR_ABI);
  EXPECT_EQ(pack([](resnetc_pack_step &s) { s.input_block = 0; }), RESNETC_ERROR_ABI);
  EXPECT_EQ(pack([](resnetc_pack_step &s) { s.output_tile = 0; }), RESNETC_ERROR_ABI);
  EXPECT_EQ(pack([](resnetc_pack_step &s) { s.output_tile = 0x10000000; }), RESNETC_ERROR_ABI);
  EXPECT_EQ(pack([](resnetc_pack_step &s) { s.output_padded = 24; }), RESNETC_ERROR_ABI);
  EXPECT_EQ(pack([](resnetc_pack_step &s) { s.filter = none; }), RESNETC_ERROR_ABI);
  EXPECT_EQ(pack([](resnetc_pack_step &s) { s.input_channels = s.kernel_height = s.kernel_width = 0xffffffff; }),
            RESNETC_ERROR_ABI);
  EXPECT_EQ(pack([](resnetc_pack_step &s) { s.mean = 6; }), RESNETC_ERROR_WEIGHTS);
}

TEST(Pack, BadArgumentsAreRefused) {
  PackModel model;
  char error[100];
  EXPECT_EQ(resnetc_rt_pack(nullptr, nullptr, nullptr, error, sizeof error), RESNETC_ERROR_ARGUMENT);
  const TempFile file(ConvFile(1, 1, 1, 1).build());
  const OpenWeights open(file);
  Memory packed(128);
  EXPECT_EQ(resnetc_rt_pack(model.link(), &open.weights, packed.u8() + 4, error, sizeof error), RESNETC_ERROR_ARGUMENT);
  EXPECT_THAT(error, HasSubstr("64-byte aligned"));
}

} // namespace
