//===- LoopsTest.cpp - loops over images and blocks, in each other --------===//

#include "TestModel.h"
#include <gtest/gtest.h>
#include <string>

using namespace resnetc::test;

namespace {

/// What each call saw: which kernel, and how many bytes its operands lie behind `origin`.
struct Seen {
  char kernel;
  std::vector<ptrdiff_t> offsets;
  bool operator==(const Seen &other) const { return kernel == other.kernel && offsets == other.offsets; }
};
std::ostream &operator<<(std::ostream &os, const Seen &seen) {
  os << seen.kernel;
  for (ptrdiff_t offset : seen.offsets)
    os << " " << offset;
  return os;
}

std::vector<Seen> calls;
uint8_t *origins[2];
int failAt; ///< the call that fails, counted from 1

template <char name, int operands> int record(void **args) {
  Seen seen{name, {}};
  for (int i = 0; i < operands; ++i)
    seen.offsets.push_back(argument<uint8_t>(args, i) - origins[i]);
  calls.push_back(seen);
  return int(calls.size()) == failAt;
}

/// Kernels a (one operand in the workspace) and b (one there, one in the weights).
struct LoopModel : TestModel {
  LoopModel() : TestModel(1, 1) {
    kernels = {record<'a', 1>, record<'b', 2>};
    info.packed_bytes = 4096;
    info.workspace_bytes = 4096;
    programs.resize(1);
    programs[0].batch = 3;
    programs[0].operands = {operand(RESNETC_BASE_WORKSPACE, 1000, 100, 10), // of a
                            operand(RESNETC_BASE_WORKSPACE, 2000, -100, 0), // of b
                            operand(RESNETC_BASE_WEIGHTS, 64, 0, 64)};
  }
  std::vector<resnetc_step> &steps() { return programs[0].steps; }
  int run(const resnetc_context *context = nullptr) {
    calls.clear();
    origins[0] = workspace.u8();
    origins[1] = weights.u8();
    float in[3] = {}, out[3] = {};
    return resnetc_rt_run(link(), context, weights.data, in, 3, out, workspace.data);
  }
  Memory weights{4096}, workspace{4096};
};

const resnetc_step a = call(0, 0, 1, 1), b = call(1, 1, 2, 2);

struct Loops : testing::Test {
  void SetUp() override { failAt = 0; }
};

/// Equal blocks image by image, with calls before, between and behind the loops.
TEST_F(Loops, blocksInImages) {
  LoopModel model;
  model.steps() = {a, loop(RESNETC_AXIS_IMAGE, 3), a, loop(RESNETC_AXIS_BLOCK, 2), a, b, end(), b, end(), b};
  ASSERT_EQ(model.run(), RESNETC_OK);
  std::vector<Seen> expected = {{'a', {1000}}};
  for (int image = 0; image < 3; ++image) {
    expected.push_back({'a', {1000 + 100 * image}});
    for (int block = 0; block < 2; ++block) {
      expected.push_back({'a', {1000 + 100 * image + 10 * block}});
      expected.push_back({'b', {2000 - 100 * image, 64 + 64 * block}});
    }
    expected.push_back({'b', {2000 - 100 * image, 64}}); // no block's index is left over
  }
  expected.push_back({'b', {2000, 64}});
  EXPECT_EQ(calls, expected);
}

/// The other way round: all images of a block, then the next block.
TEST_F(Loops, imagesInBlocks) {
  LoopModel model;
  model.steps() = {loop(RESNETC_AXIS_BLOCK, 2), loop(RESNETC_AXIS_IMAGE, 3), a, end(), b, end()};
  ASSERT_EQ(model.run(), RESNETC_OK);
  std::vector<Seen> expected;
  for (int block = 0; block < 2; ++block) {
    for (int image = 0; image < 3; ++image)
      expected.push_back({'a', {1000 + 100 * image + 10 * block}});
    expected.push_back({'b', {2000, 64 + 64 * block}});
  }
  EXPECT_EQ(calls, expected);
}

/// Each loop begins at its first index, however often it is entered.
TEST_F(Loops, oneBehindTheOther) {
  LoopModel model;
  model.steps() = {loop(RESNETC_AXIS_IMAGE, 2),
                   loop(RESNETC_AXIS_BLOCK, 2),
                   b,
                   end(),
                   loop(RESNETC_AXIS_BLOCK, 3),
                   b,
                   end(),
                   end(),
                   loop(RESNETC_AXIS_BLOCK, 1),
                   b,
                   end()};
  ASSERT_EQ(model.run(), RESNETC_OK);
  std::vector<Seen> expected;
  for (int image = 0; image < 2; ++image)
    for (int blocks : {2, 3})
      for (int block = 0; block < blocks; ++block)
        expected.push_back({'b', {2000 - 100 * image, 64 + 64 * block}});
  expected.push_back({'b', {2000, 64}});
  EXPECT_EQ(calls, expected);
}

/// Loops without trips are skipped with all that is in them; what is around them runs.
TEST_F(Loops, withoutTrips) {
  LoopModel model;
  model.steps() = {loop(RESNETC_AXIS_IMAGE, 2),
                   loop(RESNETC_AXIS_BLOCK, 0),
                   a,
                   end(),
                   b,
                   end(),
                   loop(RESNETC_AXIS_IMAGE, 0),
                   a,
                   loop(RESNETC_AXIS_BLOCK, 2),
                   a,
                   end(),
                   a,
                   end(),
                   b};
  ASSERT_EQ(model.run(), RESNETC_OK);
  EXPECT_EQ(calls, (std::vector<Seen>{{'b', {2000, 64}}, {'b', {1900, 64}}, {'b', {2000, 64}}}));
}

/// The border of each image's map, of each block's.
TEST_F(Loops, bordersMoveToo) {
  LoopModel model;
  model.programs[0].operands[0] = operand(RESNETC_BASE_WORKSPACE, 0, 512, 128);
  model.programs[0].borders = {{1, 1, 1, 1, 4, 0}}; // nine floats, of which the fifth is inside
  model.steps() = {loop(RESNETC_AXIS_IMAGE, 3), loop(RESNETC_AXIS_BLOCK, 2), border(0, 0), end(), end()};
  ASSERT_EQ(model.run(), RESNETC_OK);
  for (int byte = 0; byte < 4096; ++byte) {
    const int image = byte / 512, block = byte % 512 / 128, inside = byte % 128;
    const bool zero = image < 3 && block < 2 && inside < 36 && inside / 4 != 4;
    ASSERT_EQ(model.workspace.u8()[byte], zero ? 0 : 0xff) << "byte " << byte;
  }
}

/// An error leaves both loops at once; the next run begins anew.
TEST_F(Loops, anErrorInsideEndsTheRun) {
  LoopModel model;
  model.steps() = {loop(RESNETC_AXIS_IMAGE, 3), loop(RESNETC_AXIS_BLOCK, 2), b, end(), a, end(), a};
  failAt = 5; // the second image's second block
  EXPECT_EQ(model.run(), RESNETC_ERROR_KERNEL);
  ASSERT_EQ(calls.size(), 5u);
  EXPECT_EQ(calls.back(), (Seen{'b', {1900, 128}}));
  failAt = 0;
  EXPECT_EQ(model.run(), RESNETC_OK);
  ASSERT_EQ(calls.size(), 10u);
  EXPECT_EQ(calls.front(), (Seen{'b', {2000, 64}}));
}

/// A profile has an event for each execution, all of a step under one label.
TEST_F(Loops, profilesHaveEveryExecution) {
  LoopModel model;
  model.steps() = {loop(RESNETC_AXIS_IMAGE, 3), a, loop(RESNETC_AXIS_BLOCK, 2), b, end(), end()};
  resnetc_context context;
  ASSERT_EQ(resnetc_context_init(&context, nullptr), RESNETC_OK);
  std::string labels;
  context.profile_context = &labels;
  context.profile = [](void *labels, const resnetc_profile_event *event) {
    *static_cast<std::string *>(labels) += char('0' + event->label);
  };
  ASSERT_EQ(model.run(&context), RESNETC_OK);
  EXPECT_EQ(labels, "122122122");
}

/// The images of a later group are found from the group's base on.
TEST_F(Loops, everyGroupOfImagesHasItsOwnBase) {
  LoopModel model;
  model.kernels = {record<'a', 1>};
  model.programs[0].batch = 2;
  model.programs[0].operands = {operand(RESNETC_BASE_INPUT, 0, 4, 0)};
  model.steps() = {loop(RESNETC_AXIS_IMAGE, 2), loop(RESNETC_AXIS_BLOCK, 2), a, end(), end()};
  float in[4] = {}, out[4] = {};
  calls.clear();
  origins[0] = reinterpret_cast<uint8_t *>(in);
  ASSERT_EQ(resnetc_rt_run(model.link(), nullptr, model.weights.data, in, 4, out, model.workspace.data), RESNETC_OK);
  std::vector<Seen> expected;
  for (ptrdiff_t image = 0; image < 4; ++image)
    expected.insert(expected.end(), 2, {'a', {4 * image}});
  EXPECT_EQ(calls, expected);
}

} // namespace
