//===- TrainTest.cpp - training steps of hand-written tables --------------===//

#include "TrainingModel.h"
#include "runtime/core/Hooks.h"
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>

using namespace resnetc::test;

namespace {

constexpr int pixels = 4, classes = 3, batch = 8;

/// What one task of `softmax` works on.
struct Images {
  const float *images, *weights;
  const int32_t *labels;
  float *losses, *shares;
  int valid;
};

/// One image: its loss, and its share of the gradient of the weights, laid out as these.
int softmaxTask(void *, int i, uint8_t *closure) {
  const Images &all = *reinterpret_cast<Images *>(closure);
  float *share = all.shares + i * 16 * pixels, *loss = all.losses + i * 16;
  memset(share, 0, 16 * pixels * 4);
  loss[0] = 0;
  if (i >= all.valid)
    return 0;
  const float *x = all.images + i * pixels;
  double exponentials[classes], sum = 0;
  for (int c = 0; c < classes; ++c) {
    double logit = 0;
    for (int p = 0; p < pixels; ++p)
      logit += double(x[p]) * all.weights[p * 16 + c];
    sum += exponentials[c] = std::exp(logit);
  }
  loss[0] = float(-std::log(exponentials[all.labels[i]] / sum) / all.valid);
  for (int c = 0; c < classes; ++c)
    for (int p = 0; p < pixels; ++p)
      share[p * 16 + c] = float((exponentials[c] / sum - (c == all.labels[i])) * x[p] / all.valid);
  return 0;
}

/// images, labels, step, weights -> losses, shares
int softmax(void **args) {
  Images all = {argument<float>(args, 0),   argument<float>(args, 3),
                argument<int32_t>(args, 1), argument<float>(args, 4),
                argument<float>(args, 5),   argument<resnetc_step_values>(args, 2)->counters[0]};
  return resnetc_rt_do_par_for(userContext(args), softmaxTask, 0, batch, reinterpret_cast<uint8_t *>(&all));
}
/// shares -> gradient
int sumShares(void **args) {
  for (int k = 0; k < 16 * pixels; ++k) {
    float sum = 0;
    for (int i = 0; i < batch; ++i)
      sum += argument<float>(args, 0)[i * 16 * pixels + k];
    argument<float>(args, 1)[k] = sum;
  }
  return 0;
}
/// gradient, step -> weights, momentum
int sgd(void **args) {
  const resnetc_step_values &step = *argument<resnetc_step_values>(args, 1);
  for (int k = 0; k < 16 * pixels; ++k) {
    float &velocity = argument<float>(args, 3)[k];
    velocity = step.hyper[1] * velocity + argument<float>(args, 0)[k];
    argument<float>(args, 2)[k] -= step.hyper[0] * velocity;
  }
  return 0;
}

resnetc_step_values seenStep;
int seenAlignment;
int recordStep(void **args) {
  seenStep = *argument<resnetc_step_values>(args, 0);
  seenAlignment = int(reinterpret_cast<uintptr_t>(argument<uint8_t>(args, 0)) % 64);
  return 0;
}

/// Softmax regression of four numbers into three classes, by SGD with momentum.
struct Regression : TrainingModel {
  Regression() : TrainingModel(pixels, classes) {
    kernels = {softmax, sumShares, sgd, recordStep};
    add("fc.weight", {classes, pixels}, filterPlace(0, classes, pixels, 1, 1, pixels, 1));
    training.batch = batch;
    training.slots = 1;
    training.losses_offset = 0;
    training.gradients_offset = batch * 64;
    const uint64_t bytes = training.tensor_bytes, shares = training.gradients_offset + bytes;
    training.workspace_bytes = shares + batch * bytes;
    training.hyper.learning_rate = 0.5f;
    training.hyper.momentum = 0.5f;
    trainingProgram.steps = {call(0, 0, 6), call(1, 6, 2), call(2, 8, 4), call(3, 12, 1)};
    training.update_step = 2;
    trainingProgram.operands = {operand(RESNETC_BASE_INPUT, 0),
                                operand(RESNETC_BASE_LABELS, 0),
                                operand(RESNETC_BASE_STEP, 0),
                                operand(RESNETC_BASE_WEIGHTS, 0),
                                operand(RESNETC_BASE_WORKSPACE, 0),
                                operand(RESNETC_BASE_WORKSPACE, shares),
                                operand(RESNETC_BASE_WORKSPACE, shares),
                                operand(RESNETC_BASE_WORKSPACE, training.gradients_offset),
                                operand(RESNETC_BASE_WORKSPACE, training.gradients_offset),
                                operand(RESNETC_BASE_STEP, 0),
                                operand(RESNETC_BASE_WEIGHTS, 0),
                                operand(RESNETC_BASE_WEIGHTS, bytes),
                                operand(RESNETC_BASE_STEP, 0)};
    link();
    EXPECT_EQ(resnetc_rt_init(&info, 1, state.data), RESNETC_OK);
  }

  int step(size_t n, const resnetc_context *context = nullptr, const resnetc_hyper *hyper = nullptr) {
    return resnetc_rt_train_step(&info, context, state.data, images.data(), labels.data(), n, hyper, &loss,
                                 workspace.data);
  }

  int gradients(const resnetc_train_batch &given) {
    return resnetc_rt_gradients(&info, nullptr, state.data, &given, nullptr, &loss, workspace.data);
  }
  int update(const resnetc_hyper *hyper = nullptr) {
    return resnetc_rt_update(&info, nullptr, state.data, hyper, workspace.data);
  }
  resnetc_train_batch batchOf(size_t n) const { return {images.data(), labels.data(), nullptr, n, 1, 0}; }
  std::vector<uint8_t> stateBytes() { return {state.u8(), state.u8() + state.bytes}; }

  std::vector<float> images = std::vector<float>{1, 2, 0, 0, 0, 1, 2, 0, 2, 0, 0, 1, 1, 1, 0, 0,
                                                 0, 0, 1, 1, 1, 0, 1, 2, 3, 1, 0, 0, 0, 1, 1, 0};
  std::vector<int32_t> labels = {0, 1, 2, 0, 1, 2, 0, 1};
  Memory state{2 * 16 * pixels * 4}, workspace{1 << 14};
  float loss = -1;
};

TEST(Train, TheLossFalls) {
  Regression model;
  ASSERT_EQ(model.step(batch), RESNETC_OK);
  const float first = model.loss;
  for (int i = 0; i < 100; ++i)
    ASSERT_EQ(model.step(batch), RESNETC_OK);
  EXPECT_GT(first, 0.5f);
  EXPECT_LT(model.loss, 0.05f);
}

/// The whole walk: gradient by central differences of the loss that the step returns.
TEST(Train, GradientIsThatOfTheLoss) {
  for (size_t n : {size_t(1), size_t(5), size_t(batch)}) {
    Regression model;
    float weights[classes * pixels], gradient[classes * pixels];
    ASSERT_EQ(resnetc_rt_get(&model.info, model.state.data, "fc.weight", weights, 12), RESNETC_OK);
    ASSERT_EQ(model.step(n), RESNETC_OK);
    ASSERT_EQ(resnetc_rt_gradient(&model.info, model.workspace.data, "fc.weight", gradient, 12), RESNETC_OK);
    for (int k = 0; k < 12; ++k) {
      const float h = 1.0f / 64;
      float losses[2];
      for (int side : {0, 1}) {
        float moved[12];
        memcpy(moved, weights, sizeof moved);
        moved[k] += side ? h : -h;
        ASSERT_EQ(resnetc_rt_set(&model.info, model.state.data, "fc.weight", moved, 12), RESNETC_OK);
        ASSERT_EQ(model.step(n), RESNETC_OK);
        losses[side] = model.loss;
      }
      EXPECT_NEAR(gradient[k], (losses[1] - losses[0]) / (2 * h), 1e-3);
    }
  }
}

TEST(Train, GradientsAndUpdateAreAStep) {
  Regression whole, halves;
  for (size_t n : {size_t(batch), size_t(3), size_t(batch)}) {
    ASSERT_EQ(whole.step(n), RESNETC_OK);
    const std::vector<uint8_t> before = halves.stateBytes();
    ASSERT_EQ(halves.gradients(halves.batchOf(n)), RESNETC_OK);
    EXPECT_EQ(halves.stateBytes(), before) << "the update is the other half";
    EXPECT_EQ(halves.loss, whole.loss);
    ASSERT_EQ(halves.update(), RESNETC_OK);
    EXPECT_EQ(halves.stateBytes(), whole.stateBytes());
  }
}

TEST(Train, UpdateTakesTheGradientsThatLieThere) {
  Regression model;
  float weights[classes * pixels], moved[classes * pixels];
  ASSERT_EQ(model.gradients(model.batchOf(batch)), RESNETC_OK);
  auto *gradients = reinterpret_cast<float *>(model.workspace.u8() + model.training.gradients_offset);
  for (uint64_t i = 0; i < model.training.parameter_bytes / 4; ++i)
    gradients[i] = 2;
  ASSERT_EQ(resnetc_rt_get(&model.info, model.state.data, "fc.weight", weights, 12), RESNETC_OK);
  ASSERT_EQ(model.update(), RESNETC_OK);
  ASSERT_EQ(resnetc_rt_get(&model.info, model.state.data, "fc.weight", moved, 12), RESNETC_OK);
  for (int k = 0; k < classes * pixels; ++k)
    EXPECT_EQ(moved[k], weights[k] - 0.5f * 2);
}

TEST(Train, SecondLabelsAndTheirShare) {
  Regression model;
  std::vector<int32_t> second = {2, 2, 2, 1, 1, 1, 0, 0};
  resnetc_train_batch given = model.batchOf(batch);
  const auto mixSeen = [] {
    float mix;
    memcpy(&mix, &seenStep.counters[4], sizeof mix);
    return mix;
  };
  given.mix = 0.25f;
  ASSERT_EQ(model.gradients(given), RESNETC_OK);
  ASSERT_EQ(model.update(), RESNETC_OK);
  EXPECT_EQ(mixSeen(), 1) << "the update reads none";
  for (float mix : {-0.1f, 1.1f, NAN, INFINITY}) {
    given.mix = mix;
    EXPECT_EQ(model.gradients(given), RESNETC_OK) << "of labels alone";
    given.second_labels = second.data();
    EXPECT_EQ(model.gradients(given), RESNETC_ERROR_ARGUMENT) << mix;
    given.second_labels = nullptr;
  }
  given.second_labels = second.data();
  for (float mix : {0.0f, 0.25f, 1.0f}) {
    given.mix = mix;
    model.training.update_step = 4; // the recorder belongs to the gradients
    ASSERT_EQ(model.gradients(given), RESNETC_OK);
    EXPECT_EQ(mixSeen(), mix);
  }
  second[3] = classes;
  EXPECT_EQ(model.gradients(given), RESNETC_ERROR_ARGUMENT);
  given.n = 3; // nobody reads it
  EXPECT_EQ(model.gradients(given), RESNETC_OK);
  EXPECT_EQ(
      resnetc_rt_gradients(&model.info, nullptr, model.state.data, nullptr, nullptr, nullptr, model.workspace.data),
      RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_update(&model.info, nullptr, model.state.data, nullptr, model.workspace.u8() + 32),
            RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_update(&model.info, nullptr, nullptr, nullptr, model.workspace.data), RESNETC_ERROR_ARGUMENT);
  model.training.update_step = 5; // behind the program
  EXPECT_EQ(model.gradients(given), RESNETC_ERROR_ABI);
}

TEST(Train, ImagesBehindNDoNotCount) {
  Regression full, cut;
  cut.images.resize(3 * pixels);
  cut.labels.resize(3);
  for (size_t i = 3 * pixels; i < full.images.size(); ++i)
    full.images[i] = NAN;
  full.labels[4] = -1;
  ASSERT_EQ(full.step(3), RESNETC_OK);
  ASSERT_EQ(cut.step(3), RESNETC_OK);
  EXPECT_EQ(full.loss, cut.loss);
  EXPECT_EQ(memcmp(full.state.data, cut.state.data, full.state.bytes), 0);
}

TEST(Train, AnyNumberOfThreadsGivesTheSameBits) {
  std::vector<uint8_t> expected;
  for (uint32_t threads : {1, 2, 3, 4, 8}) {
    Regression model;
    resnetc_pool *pool = resnetc_pool_create(threads);
    resnetc_context context;
    ASSERT_EQ(resnetc_context_init(&context, pool), RESNETC_OK);
    for (int i = 0; i < 10; ++i)
      ASSERT_EQ(model.step(i % batch + 1, &context), RESNETC_OK);
    resnetc_pool_destroy(pool);
    std::vector<uint8_t> bytes(model.state.u8(), model.state.u8() + model.state.bytes);
    if (expected.empty())
      expected = bytes;
    EXPECT_EQ(bytes, expected) << threads << " threads";
  }
}

TEST(Train, BadArgumentsAreRefusedBeforeAnythingIsWritten) {
  Regression model;
  const std::vector<uint8_t> before(model.state.u8(), model.state.u8() + model.state.bytes);
  EXPECT_EQ(model.step(0), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(model.step(batch + 1), RESNETC_ERROR_ARGUMENT);
  model.training.least_images = 2; // batch statistics of one value
  EXPECT_EQ(model.step(1), RESNETC_ERROR_ARGUMENT);
  model.training.least_images = 1;
  for (int32_t label : {-1, classes, INT32_MIN, INT32_MAX}) {
    model.labels[7] = label;
    EXPECT_EQ(model.step(batch), RESNETC_ERROR_ARGUMENT) << label;
  }
  model.labels[7] = 0;
  const auto call = [&](void *state, const void *images, const int32_t *labels, void *workspace) {
    return resnetc_rt_train_step(&model.info, nullptr, state, images, labels, 1, nullptr, nullptr, workspace);
  };
  void *const state = model.state.data, *const workspace = model.workspace.data;
  const float *images = model.images.data();
  const int32_t *labels = model.labels.data();
  EXPECT_EQ(call(nullptr, images, labels, workspace), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(call(model.state.u8() + 32, images, labels, workspace), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(call(state, nullptr, labels, workspace), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(call(state, images, nullptr, workspace), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(call(state, images, labels, nullptr), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(call(state, images, labels, model.workspace.u8() + 32), RESNETC_ERROR_ARGUMENT);
  resnetc_context context;
  ASSERT_EQ(resnetc_context_init(&context, nullptr), RESNETC_OK);
  context.abi_version = RESNETC_ABI_VERSION - 1;
  EXPECT_EQ(model.step(1, &context), RESNETC_ERROR_ABI);
  EXPECT_EQ(memcmp(before.data(), state, before.size()), 0);
  EXPECT_EQ(model.workspace.u8()[0], 0xff);
  EXPECT_EQ(call(state, images, labels, workspace), RESNETC_OK) << "the loss may be left out";
  model.info.training = nullptr;
  EXPECT_EQ(call(state, images, labels, workspace), RESNETC_ERROR_ARGUMENT);
}

TEST(Train, KernelsSeeCountersAndHyperParameters) {
  Regression model;
  resnetc_hyper hyper = {0x123456789abcdef0, 4, 0.25f, 0.5f, 0.125f, 0.9f, 0.999f, 1e-8f};
  ASSERT_EQ(model.step(5, nullptr, &hyper), RESNETC_OK);
  const int32_t one = 0x3f800000; // the float 1: labels alone
  const int32_t counters[8] = {5, int32_t(0x9abcdef0), 0x12345678, 4, one, 0, 0, 0};
  EXPECT_EQ(memcmp(seenStep.counters, counters, sizeof counters), 0);
  const float expected[8] = {0.25f,
                             0.5f,
                             0.125f,
                             0.9f,
                             0.999f,
                             1e-8f,
                             float(1 - std::pow(double(0.9f), 5)),
                             float(1 - std::pow(double(0.999f), 5))};
  for (int i = 0; i < 8; ++i)
    EXPECT_FLOAT_EQ(seenStep.hyper[i], expected[i]) << i;
  EXPECT_EQ(seenAlignment, 0);
  for (uint64_t step : {uint64_t(0), uint64_t(1), uint64_t(999), uint64_t(1) << 40}) {
    hyper.step = step;
    ASSERT_EQ(model.step(1, nullptr, &hyper), RESNETC_OK);
    EXPECT_FLOAT_EQ(seenStep.hyper[7], float(1 - std::pow(double(0.999f), double(step) + 1)));
  }
  ASSERT_EQ(model.step(1), RESNETC_OK);
  EXPECT_EQ(seenStep.hyper[0], 0.5f) << "the train section's";
}

} // namespace
