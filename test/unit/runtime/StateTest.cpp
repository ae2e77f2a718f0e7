//===- StateTest.cpp - tensors of a training state by name ----------------===//

#include "TrainingModel.h"
#include "WeightsBuilder.h"
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <numeric>

using namespace resnetc;
using namespace resnetc::test;

namespace {

std::vector<float> countFrom(float first, size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), first);
  return values;
}

struct Geometry {
  uint32_t groups, co, ci /* of a group */, ky, kx, block, tile;
};

/// All orders that filters have: planar inputs, tiles, padded channels, a linear layer, groups, depth-wise.
const Geometry geometries[] = {{1, 1, 1, 1, 1, 1, 1},     {1, 16, 16, 3, 3, 16, 1}, {1, 64, 3, 7, 7, 3, 2},
                               {1, 33, 17, 3, 1, 16, 2},  {1, 10, 64, 1, 1, 16, 1}, {1, 100, 20, 2, 3, 16, 4},
                               {32, 128, 4, 2, 3, 16, 1}, {4, 64, 8, 3, 3, 8, 1},   {3, 30, 2, 1, 2, 4, 1},
                               {5, 15, 7, 1, 1, 35, 1},   {20, 20, 1, 3, 3, 1, 1}};

TEST(State, FiltersRoundTripInEveryGeometry) {
  for (const Geometry &g : geometries) {
    TrainingModel model(1, 1);
    model.add("w", {g.co, g.ci, g.ky, g.kx}, filterPlace(0, g.co, g.ci, g.ky, g.kx, g.block, g.tile, g.groups));
    const resnetc_model_info *info = model.link();
    const std::vector<float> values = countFrom(1, size_t(g.co) * g.ci * g.ky * g.kx);
    std::vector<float> back(values.size(), -1);
    Memory state(info->training->state_bytes);
    memset(state.data, 0, state.bytes);
    ASSERT_EQ(resnetc_rt_set(info, state.data, "w", values.data(), values.size()), RESNETC_OK);
    ASSERT_EQ(resnetc_rt_get(info, state.data, "w", back.data(), back.size()), RESNETC_OK);
    EXPECT_EQ(back, values);
    EXPECT_EQ(state.u8()[state.bytes], 0xff) << "nothing past the end";
  }
}

/// `set` is the inverse of `get`; that both are the order of kernels, packing shows.
TEST(State, ImportPlacesTensorsAsPackDoes) {
  for (const Geometry &g : geometries) {
    TrainingModel model(1, 1);
    model.add("w", {g.co, g.ci, g.ky, g.kx}, filterPlace(0, g.co, g.ci, g.ky, g.kx, g.block, g.tile, g.groups));
    model.packSteps = model.places;
    model.info.schema_hash = 1;
    model.info.packed_bytes = model.training.tensor_bytes;
    const resnetc_model_info *info = model.link();
    WeightsBuilder builder;
    builder.tensors = {{"w", {g.co, g.ci, g.ky, g.kx}, countFrom(1, size_t(g.co) * g.ci * g.ky * g.kx)}};
    const TempFile file(builder.build());
    const OpenWeights open(file);
    Memory state(info->training->state_bytes), packed(info->packed_bytes), folded(info->packed_bytes);
    char error[200];
    ASSERT_EQ(resnetc_rt_import(info, &open.weights, state.data, error, sizeof error), RESNETC_OK) << error;
    ASSERT_EQ(resnetc_rt_pack(info, &open.weights, packed.data, error, sizeof error), RESNETC_OK) << error;
    EXPECT_EQ(memcmp(state.data, packed.data, packed.bytes), 0) << g.groups << " groups, " << g.co << "x" << g.ci;
    ASSERT_EQ(resnetc_rt_fold(info, state.data, folded.data), RESNETC_OK);
    EXPECT_EQ(memcmp(folded.data, packed.data, packed.bytes), 0) << g.groups << " groups, " << g.co << "x" << g.ci;
  }
}

/// A convolution with bias and batch norm in two equal blocks, a shared scale; for inference in other tiles than in
/// training.
struct TwoBlocks : TrainingModel {
  TwoBlocks() : TrainingModel(1, 1) {
    for (uint32_t block = 0; block < 2; ++block) {
      const std::string at = std::to_string(block) + ".";
      const uint32_t first = 6 * block;
      addVector(at + "bn.bias", first, RESNETC_INIT_CONSTANT, 0);
      addVector(at + "bn.running_mean", first + 1, RESNETC_INIT_CONSTANT, 0);
      addVector(at + "bn.running_var", first + 2, RESNETC_INIT_CONSTANT, 1);
      addVector(at + "bn.weight", first + 3, RESNETC_INIT_CONSTANT, 1);
      addVector(at + "conv.bias", first + 4, RESNETC_INIT_CONSTANT, 0.5);
      add(at + "conv.weight", {channels, channels, 3, 3}, filterPlace(first + 5, channels, channels, 3, 3, 16, 1));
    }
    add("scale.weight", {1}, vectorPlace(12, channels, 1), RESNETC_INIT_CONSTANT, 2);
    repeatPlaces();
    training.slots = 1;
    info.schema_hash = 1;

    resnetc_pack_step filter = filterPlace(5, channels, channels, 3, 3, 16, 2);
    filter.gamma = 3, filter.variance = 2, filter.epsilon = 1e-5;
    resnetc_pack_step shift = vectorPlace(4, channels, channels);
    shift.opcode = RESNETC_PACK_SHIFT;
    shift.gamma = 3, shift.beta = 0, shift.mean = 1, shift.variance = 2, shift.epsilon = 1e-5;
    shift.offset = placeBytes(filter);
    filter.count = shift.count = 2;
    filter.tensor_stride = shift.tensor_stride = 6;
    filter.offset_stride = shift.offset_stride = placeBytes(filter) + 128;
    resnetc_pack_step scale = vectorPlace(12, channels, 1);
    scale.offset = 2 * filter.offset_stride;
    packSteps = {filter, shift, scale};
    info.packed_bytes = scale.offset + 128;
  }

  WeightsBuilder file() const {
    WeightsBuilder builder;
    float value = 1;
    for (const resnetc_tensor_info &tensor : tensors) {
      std::vector<uint64_t> shape(tensor.extents, tensor.extents + tensor.rank);
      const uint64_t count = std::accumulate(shape.begin(), shape.end(), uint64_t(1), std::multiplies<>());
      std::vector<float> values = countFrom(value, count);
      for (float &v : values)
        v /= 1024;
      builder.tensors.push_back({tensor.name, shape, values});
      value += 5;
    }
    return builder;
  }

  static constexpr uint32_t channels = 20;

private:
  void addVector(const std::string &name, uint32_t tensor, resnetc_init init, double value) {
    add(name, {channels}, vectorPlace(tensor, channels, channels), init, value);
  }
  /// The places of block 0 with a count of two, as the emitter writes them.
  void repeatPlaces() {
    for (uint32_t i = 0; i < 6; ++i) {
      places[i].count = 2;
      places[i].tensor_stride = 6;
      places[i].offset_stride = places[i + 6].offset - places[i].offset;
    }
    places.erase(places.begin() + 6, places.begin() + 12);
  }
};

TEST(State, InitialValues) {
  TwoBlocks model;
  const resnetc_model_info *info = model.link();
  Memory state(info->training->state_bytes), again(info->training->state_bytes), other(info->training->state_bytes);
  ASSERT_EQ(resnetc_rt_init(info, 7, state.data), RESNETC_OK);
  ASSERT_EQ(resnetc_rt_init(info, 7, again.data), RESNETC_OK);
  ASSERT_EQ(resnetc_rt_init(info, 8, other.data), RESNETC_OK);
  EXPECT_EQ(memcmp(state.data, again.data, state.bytes), 0);
  EXPECT_EQ(state.u8()[state.bytes], 0xff) << "nothing past the end";
  const size_t count = 20 * 20 * 9;
  std::vector<float> first(count), second(count), seeded(count);
  ASSERT_EQ(resnetc_rt_get(info, state.data, "0.conv.weight", first.data(), count), RESNETC_OK);
  ASSERT_EQ(resnetc_rt_get(info, state.data, "1.conv.weight", second.data(), count), RESNETC_OK);
  ASSERT_EQ(resnetc_rt_get(info, other.data, "0.conv.weight", seeded.data(), count), RESNETC_OK);
  EXPECT_NE(first, second);
  EXPECT_NE(first, seeded);
  double squares = 0, sum = 0;
  for (float value : first)
    squares += double(value) * value, sum += value;
  EXPECT_NEAR(std::sqrt(squares / count), std::sqrt(2.0 / (20 * 9)), 0.003);
  EXPECT_NEAR(sum / count, 0, 0.006);
  std::vector<float> vector(20);
  for (const auto &[name, value] : {std::pair("1.bn.running_var", 1.f), {"0.conv.bias", .5f}, {"0.bn.bias", 0.f}}) {
    ASSERT_EQ(resnetc_rt_get(info, state.data, name, vector.data(), 20), RESNETC_OK);
    EXPECT_EQ(vector, std::vector<float>(20, value)) << name;
  }
  float scale = 0;
  ASSERT_EQ(resnetc_rt_get(info, state.data, "scale.weight", &scale, 1), RESNETC_OK);
  EXPECT_EQ(scale, 2);
  for (uint64_t i = info->training->tensor_bytes; i < info->training->state_bytes; ++i)
    ASSERT_EQ(state.u8()[i], 0) << "slots";
}

/// Values drawn from (seed, tensor, element) do not know how kernels lay tensors out.
TEST(State, InitialValuesDoNotDependOnTheLayout) {
  std::vector<float> values[2];
  for (uint32_t tile : {1u, 2u}) {
    TrainingModel model(1, 1);
    model.add("w", {40, 20, 3, 3}, filterPlace(0, 40, 20, 3, 3, 16, tile));
    const resnetc_model_info *info = model.link();
    Memory state(info->training->state_bytes);
    ASSERT_EQ(resnetc_rt_init(info, 1, state.data), RESNETC_OK);
    values[tile - 1].resize(40 * 20 * 9);
    ASSERT_EQ(resnetc_rt_get(info, state.data, "w", values[tile - 1].data(), 40 * 20 * 9), RESNETC_OK);
  }
  EXPECT_EQ(values[0], values[1]);
}

TEST(State, FoldGivesTheBytesOfPack) {
  TwoBlocks model;
  const resnetc_model_info *info = model.link();
  const TempFile file(model.file().build());
  const OpenWeights open(file);
  ASSERT_EQ(open.status, RESNETC_OK) << open.error;
  Memory state(info->training->state_bytes), packed(info->packed_bytes), folded(info->packed_bytes);
  char error[200];
  ASSERT_EQ(resnetc_rt_pack(info, &open.weights, packed.data, error, sizeof error), RESNETC_OK) << error;
  ASSERT_EQ(resnetc_rt_import(info, &open.weights, state.data, error, sizeof error), RESNETC_OK) << error;
  ASSERT_EQ(resnetc_rt_fold(info, state.data, folded.data), RESNETC_OK);
  EXPECT_EQ(memcmp(folded.data, packed.data, packed.bytes), 0);
  EXPECT_EQ(folded.u8()[folded.bytes], 0xff) << "nothing past the end";
  for (const TestTensor &tensor : model.file().tensors) {
    std::vector<float> values(tensor.values.size());
    ASSERT_EQ(resnetc_rt_get(info, state.data, tensor.name.c_str(), values.data(), values.size()), RESNETC_OK);
    EXPECT_EQ(values, tensor.values) << tensor.name;
  }
  for (uint64_t i = info->training->tensor_bytes; i < info->training->state_bytes; ++i)
    ASSERT_EQ(state.u8()[i], 0) << "slots";
}

TEST(State, ASharedElementIsSetInAllChannels) {
  TwoBlocks model;
  const resnetc_model_info *info = model.link();
  Memory state(info->training->state_bytes);
  ASSERT_EQ(resnetc_rt_init(info, 1, state.data), RESNETC_OK);
  const float value = 3;
  ASSERT_EQ(resnetc_rt_set(info, state.data, "scale.weight", &value, 1), RESNETC_OK);
  const float *lanes = state.floats() + model.places.back().offset / 4;
  for (uint32_t c = 0; c < 32; ++c)
    EXPECT_EQ(lanes[c], c < 20 ? 3 : 0);
}

/// Vectors that kernels read but that are nobody's parameter.
TEST(State, ConstantsAreWritten) {
  TwoBlocks model;
  resnetc_pack_step constant = vectorPlace(RESNETC_NO_TENSOR, 20, 20);
  constant.epsilon = 0.75;
  constant.offset = model.training.tensor_bytes;
  model.places.insert(model.places.begin(), constant);
  model.training.tensor_bytes += 128;
  const resnetc_model_info *info = model.link();
  const TempFile file(model.file().build());
  const OpenWeights open(file);
  Memory initial(info->training->state_bytes), imported(info->training->state_bytes);
  char error[200];
  ASSERT_EQ(resnetc_rt_init(info, 1, initial.data), RESNETC_OK);
  ASSERT_EQ(resnetc_rt_import(info, &open.weights, imported.data, error, sizeof error), RESNETC_OK) << error;
  for (uint32_t c = 0; c < 32; ++c) {
    EXPECT_EQ(initial.floats()[constant.offset / 4 + c], c < 20 ? 0.75f : 0);
    EXPECT_EQ(imported.floats()[constant.offset / 4 + c], c < 20 ? 0.75f : 0);
  }
  model.places.front().offset += 64;
  model.link();
  EXPECT_EQ(resnetc_rt_init(info, 1, initial.data), RESNETC_ERROR_ABI) << "past the tensors";
}

TEST(State, GradientsLieInTheWorkspaceAsParametersInTheState) {
  TwoBlocks model;
  model.training.gradients_offset = 256;
  model.training.parameter_bytes = model.places[1].offset; // 0.bn.bias alone is trained
  const resnetc_model_info *info = model.link();
  Memory workspace(1024);
  std::vector<float> values(20);
  for (int i = 0; i < 20; ++i)
    workspace.floats()[64 + i] = float(i);
  ASSERT_EQ(resnetc_rt_gradient(info, workspace.data, "0.bn.bias", values.data(), 20), RESNETC_OK);
  EXPECT_EQ(values, countFrom(0, 20));
  EXPECT_EQ(resnetc_rt_gradient(info, workspace.data, "0.bn.running_mean", values.data(), 20), RESNETC_ERROR_ARGUMENT);
}

TEST(State, WhatDoesNotFitIsRefusedBeforeAnythingIsWritten) {
  TwoBlocks model;
  const resnetc_model_info *info = model.link();
  Memory state(info->training->state_bytes), packed(info->packed_bytes);
  float values[20] = {};
  EXPECT_EQ(resnetc_rt_set(info, state.data, "0.bn.bias", values, 19), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_set(info, state.data, "0.bn.biases", values, 20), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_set(info, state.data, nullptr, values, 20), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_set(info, state.data, "0.bn.bias", nullptr, 20), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_get(info, state.u8() + 4, "0.bn.bias", values, 20), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_get(nullptr, state.data, "0.bn.bias", values, 20), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_init(info, 0, nullptr), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_fold(info, state.data, packed.u8() + 4), RESNETC_ERROR_ARGUMENT);

  char error[300];
  EXPECT_EQ(resnetc_rt_import(info, nullptr, state.data, error, sizeof error), RESNETC_ERROR_ARGUMENT);
  EXPECT_STREQ(error, "import: no open weights file");
  WeightsBuilder builder = model.file();
  builder.tensors[5].shape = {20, 20, 3, 2};
  builder.tensors[5].values.resize(20 * 20 * 6);
  const auto import = [&](const WeightsBuilder &from) {
    const TempFile file(from.build());
    const OpenWeights open(file);
    EXPECT_EQ(open.status, RESNETC_OK) << open.error;
    return resnetc_rt_import(info, &open.weights, state.data, error, sizeof error);
  };
  EXPECT_EQ(import(builder), RESNETC_ERROR_WEIGHTS);
  EXPECT_STREQ(error, "tensor '0.conv.weight' is f32 20x20x3x2 in the weights file, the model needs f32 20x20x3x3");
  builder = model.file();
  builder.tensors.pop_back();
  builder.network = "other";
  EXPECT_EQ(import(builder), RESNETC_ERROR_WEIGHTS);
  EXPECT_STREQ(error, "the weights file is of network 'other', this model is 'net': the file has 12 tensors, the model "
                      "needs 13");
  for (size_t i = 0; i < state.bytes; ++i)
    ASSERT_EQ(state.u8()[i], 0xff) << "at " << i;

  TestModel inference(1, 1);
  EXPECT_EQ(resnetc_rt_init(inference.link(), 0, state.data), RESNETC_ERROR_ARGUMENT) << "a model for inference alone";
}

TEST(State, TablesThatDisagreeAreRefused) {
  TwoBlocks model;
  const resnetc_model_info *info = model.link();
  Memory state(info->training->state_bytes), packed(info->packed_bytes);
  ASSERT_EQ(resnetc_rt_init(info, 1, state.data), RESNETC_OK);
  ASSERT_EQ(resnetc_rt_fold(info, state.data, packed.data), RESNETC_OK);
  const auto with = [&](auto change) {
    TwoBlocks other;
    change(other);
    const resnetc_model_info *changed = other.link();
    return std::pair(resnetc_rt_init(changed, 1, state.data), resnetc_rt_fold(changed, state.data, packed.data));
  };
  const std::pair<int, int> ok(RESNETC_OK, RESNETC_OK), both(RESNETC_ERROR_ABI, RESNETC_ERROR_ABI),
      fold(RESNETC_OK, RESNETC_ERROR_ABI);
  EXPECT_EQ(with([](TwoBlocks &) {}), ok);
  EXPECT_EQ(with([](TwoBlocks &m) { m.packSteps[0].kernel_width = 2; }), fold);
  EXPECT_EQ(with([](TwoBlocks &m) { m.packSteps[0].gamma = 5; }), fold) << "a filter where a vector is wanted";
  EXPECT_EQ(with([](TwoBlocks &m) { m.packSteps[1].bias = 12; }), fold) << "one element where twenty are wanted";
  EXPECT_EQ(with([](TwoBlocks &m) { m.packSteps[1].bias = 13; }), fold) << "no such tensor";
  EXPECT_EQ(with([](TwoBlocks &m) { m.places[5].kernel_width = 2; }), both);
  EXPECT_EQ(with([](TwoBlocks &m) { m.places[5].opcode = RESNETC_PACK_SHIFT; }), both);
  EXPECT_EQ(with([](TwoBlocks &m) { m.places[5].offset = m.training.tensor_bytes; }), both);
}

} // namespace
