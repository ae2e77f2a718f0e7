// What a training step is beside its gradients: the loss, statistics, valid images, random drops, errors.
#include "compiler/interpreter/Gradients.h"
#include "compiler/interpreter/TrainingLayers.h"
#include "compiler/kernels/Philox.h"
#include "test/unit/interpreter/TrainingFixture.h"
#include "llvm/Support/FormatVariadic.h"

using namespace resnetc;
using namespace resnetc::test;

namespace {

std::string linearNet(const std::string &attributes) {
  return "rn.network @net(%x: tensor<?x3xf32>) " + attributes + R"( {
  %w = rn.parameter "w" : tensor<4x3xf32>
  %b = rn.parameter "b" : tensor<4xf32>
  %y = rn.linear %x, %w bias(%b) : (tensor<?x3xf32>, tensor<4x3xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  rn.return %y : tensor<?x4xf32>
})";
}
std::string lossOf(const std::string &smoothing, const std::string &weights) {
  return "attributes {train = {loss = {name = \"cross_entropy\", label_smoothing = " + smoothing +
         (weights.empty() ? "" : ", class_weights = [" + weights + "]") + "}}}";
}

/// conv, batch norm, relu, a residual of the same, pool, linear.
const char *smallNet = R"(
rn.network @net(%x: tensor<?x2x4x4xf32>) {
  %w0 = rn.parameter "conv.weight" : tensor<3x2x3x3xf32>
  %g0 = rn.parameter "bn.weight" : tensor<3xf32>
  %b0 = rn.parameter "bn.bias" : tensor<3xf32>
  %m0 = rn.parameter "bn.running_mean" : tensor<3xf32>
  %v0 = rn.parameter "bn.running_var" : tensor<3xf32>
  %0 = rn.conv2d %x, %w0 pads [1, 1] : (tensor<?x2x4x4xf32>, tensor<3x2x3x3xf32>) -> tensor<?x3x4x4xf32>
  %1 = rn.batch_norm %0, %g0, %b0, %m0, %v0 {momentum = 0.25} : (tensor<?x3x4x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<?x3x4x4xf32>
  %2 = rn.activation %1 relu : (tensor<?x3x4x4xf32>) -> tensor<?x3x4x4xf32>
  %3 = rn.dropout %2 rate 0.25 : (tensor<?x3x4x4xf32>) -> tensor<?x3x4x4xf32>
  %4 = rn.add %3, %0 : (tensor<?x3x4x4xf32>, tensor<?x3x4x4xf32>) -> tensor<?x3x4x4xf32>
  %5 = rn.global_avg_pool %4 : (tensor<?x3x4x4xf32>) -> tensor<?x3xf32>
  rn.return %5 : tensor<?x3xf32>
})";

//===-- the loss ---------------------------------------------------------------===//

TEST(CrossEntropy, byHand) {
  // Scores 0 and log 3: probabilities 1/4 and 3/4.
  using interpreter::Tensor;
  Tensor<double> scores({2, 2}), losses({2, 1}), gradient({2, 2});
  scores.data = {0, std::log(3.0), 0, std::log(3.0)};
  interpreter::crossEntropy<double>(scores, {0, 1}, 2, 0, {}, losses, gradient);
  const double rare = std::log(4.0), frequent = std::log(4.0 / 3);
  EXPECT_NEAR(losses.data[0], rare / 2, 1e-15);
  EXPECT_NEAR(losses.data[1], frequent / 2, 1e-15);
  EXPECT_NEAR(gradient.data[0], (0.25 - 1) / 2, 1e-15);
  EXPECT_NEAR(gradient.data[1], 0.75 / 2, 1e-15);

  // Class weights 1 and 2: the mean is over the labels' weights.
  interpreter::crossEntropy<double>(scores, {0, 1}, 2, 0, {1, 2}, losses, gradient);
  EXPECT_NEAR(losses.data[0], rare / 3, 1e-15);
  EXPECT_NEAR(losses.data[1], 2 * frequent / 3, 1e-15);

  // Smoothing shares 0.2 among both classes, each with its weight.
  interpreter::crossEntropy<double>(scores, {0, 1}, 2, 0.2, {1, 2}, losses, gradient);
  const double shared = 0.1 * (rare + 2 * frequent);
  EXPECT_NEAR(losses.data[0], (0.8 * rare + shared) / 3, 1e-15);
  EXPECT_NEAR(losses.data[1], (0.8 * 2 * frequent + shared) / 3, 1e-15);
}

TEST(CrossEntropy, largeScores) {
  interpreter::Tensor<double> scores({1, 2}), losses({1, 1}), gradient({1, 2});
  scores.data = {1000, -1000};
  interpreter::crossEntropy<double>(scores, {1}, 1, 0, {}, losses, gradient);
  EXPECT_EQ(losses.data[0], 2000);
  EXPECT_EQ(gradient.data, (std::vector<double>{1, -1}));
}

TEST(CrossEntropy, gradientsWithSmoothingAndWeights) {
  for (std::string smoothing : {"0.0", "0.1", "1.0"})
    for (std::string weights : {"", "1.0, 0.5, 0.0, 3.0"})
      for (int64_t batch : {1, 3}) {
        TrainingStep step(linearNet(lossOf(smoothing, weights)), batch, 5);
        step.labels[0] = 1; // a weight that is not zero
        expectGradients(step, "smoothing " + smoothing + ", weights " + weights);
      }
}

TEST(CrossEntropy, twoLabelsAnImage) {
  for (std::string weights : {"", "1.0, 0.5, 0.25, 3.0"})
    for (float mix : {0.0f, 0.25f, 1.0f}) {
      TrainingStep step(linearNet(lossOf("0.1", weights)), 3, 5);
      const auto lossWith = [&](const std::vector<int32_t> &labels, const std::vector<int32_t> &others, float share) {
        step.labels = labels, step.secondLabels = others, step.mix = share;
        return step.loss();
      };
      const std::vector<int32_t> labels = {1, 0, 3}, others = {2, 0, 1};
      const double first = lossWith(labels, {}, 0.5f), second = lossWith(others, {}, 1);
      EXPECT_NEAR(lossWith(labels, others, mix), mix * first + (1 - mix) * second, 1e-14);
      expectGradients(step, "mix " + std::to_string(mix) + ", weights " + weights);
    }
  TrainingStep step(linearNet(""), 2);
  step.secondLabels = {0, 4};
  EXPECT_EQ(llvm::toString(step.tryRun().takeError()), "label 4 of image 1 is none of the 4 classes");
}

TEST(CrossEntropy, aLabelMustBeAClass) {
  for (int32_t label : {-1, 4}) {
    TrainingStep step(linearNet(""), 2);
    step.labels[1] = label;
    auto result = step.tryRun();
    ASSERT_FALSE(static_cast<bool>(result));
    EXPECT_EQ(llvm::toString(result.takeError()),
              "label " + std::to_string(label) + " of image 1 is none of the 4 classes");
    step.valid = 1; // nobody reads it
    EXPECT_TRUE(static_cast<bool>(step.tryRun()));
  }
}

//===-- valid images -------------------------------------------------------------===//

TEST(ValidImages, areASmallerBatch) {
  for (int64_t valid : {1, 2, 4}) {
    TrainingStep whole(smallNet, 5), part(smallNet, valid);
    whole.valid = valid;
    part.parameters = whole.parameters;
    part.images.assign(whole.images.begin(), whole.images.begin() + part.images.size());
    part.labels.assign(whole.labels.begin(), whole.labels.begin() + valid);
    auto expected = part.run(), is = whole.run();
    EXPECT_EQ(is.gradients, expected.gradients);
    EXPECT_EQ(is.statistics, expected.statistics);
    EXPECT_EQ(is.losses.size(), 5u);
    expected.losses.resize(5);
    EXPECT_EQ(is.losses, expected.losses);
  }
}

TEST(ValidImages, areSomeAndNoMoreThanTheBatch) {
  TrainingStep step(smallNet, 2);
  step.valid = 3;
  auto result = step.tryRun();
  ASSERT_FALSE(static_cast<bool>(result));
  EXPECT_EQ(llvm::toString(result.takeError()), "valid images must be within 1..2, are 3");
}

//===-- batch norm -----------------------------------------------------------------===//

const char *normNet = R"(
rn.network @net(%x: tensor<?x1xf32>) {
  %g = rn.parameter "g" : tensor<1xf32>
  %b = rn.parameter "b" : tensor<1xf32>
  %m = rn.parameter "n.running_mean" : tensor<1xf32>
  %v = rn.parameter "n.running_var" : tensor<1xf32>
  %y = rn.batch_norm %x, %g, %b, %m, %v {momentum = 0.25} : (tensor<?x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<?x1xf32>
  rn.return %y : tensor<?x1xf32>
})";

TEST(BatchNorm, updatesRunningStatisticsWithTheUnbiasedVariance) {
  TrainingStep step(normNet, 3);
  step.images = {1, 2, 6}; // mean 3, squares 4 + 1 + 9 = 14, unbiased variance 7
  step.parameters["n.running_mean"] = {10};
  step.parameters["n.running_var"] = {1};
  auto result = step.run();
  EXPECT_EQ(result.statistics["n.running_mean"], std::vector<double>{0.75 * 10 + 0.25 * 3});
  EXPECT_EQ(result.statistics["n.running_var"], std::vector<double>{0.75 * 1 + 0.25 * 7});
}

TEST(BatchNorm, needsTwoValuesAChannel) {
  TrainingStep step(normNet, 3);
  step.valid = 1;
  auto result = step.tryRun();
  ASSERT_FALSE(static_cast<bool>(result));
  EXPECT_EQ(llvm::toString(result.takeError()), "batch norm of one value a channel: statistics need two or more");
  TrainingStep frozen(normNet, 3, 1, /*frozen=*/true);
  frozen.valid = 1;
  EXPECT_TRUE(static_cast<bool>(frozen.tryRun()));
}

TEST(BatchNorm, frozenStatisticsStay) {
  TrainingStep step(smallNet, 3, 1, /*frozen=*/true);
  auto result = step.run();
  EXPECT_TRUE(result.statistics.empty());
  EXPECT_EQ(result.gradients.count("bn.running_mean"), 0u);
  expectGradients(step, "frozen");
}

//===-- random drops -----------------------------------------------------------------===//

TEST(Philox, knownAnswers) {
  // Random123's kat_vectors
  EXPECT_EQ(philox({0, 0, 0, 0}, 0, 0), (PhiloxWords{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, 0xffffffff, 0xffffffff),
            (PhiloxWords{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0),
            (PhiloxWords{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomDrop, dropsItsShare) {
  for (double rate : {0.0, 0.1, 0.5, 0.9}) {
    int dropped = 0;
    for (uint64_t element = 0; element < 10000; ++element)
      dropped += !isKept({1, 2, 3}, rate, 0, element);
    EXPECT_NEAR(dropped, 10000 * rate, 5 * std::sqrt(10000 * rate * (1 - rate)) + 1e-9) << rate;
  }
}

TEST(RandomDrop, dependsOnSeedStepLayerImageAndElement) {
  const DropStream at{1, 2, 3};
  const uint32_t word = dropWord(at, 4, 5);
  EXPECT_EQ(dropWord(at, 4, 5), word);
  EXPECT_NE(dropWord({0, 2, 3}, 4, 5), word);
  EXPECT_NE(dropWord({1, 0, 3}, 4, 5), word);
  EXPECT_NE(dropWord({1, 2, 0}, 4, 5), word);
  EXPECT_NE(dropWord(at, 0, 5), word);
  EXPECT_NE(dropWord(at, 4, 4), word);
  EXPECT_NE(dropWord({1 + (uint64_t(1) << 32), 2, 3}, 4, 5), word);
}

//===-- adjoints: <A x, y> = <x, A' y> ---------------------------------------------===//

struct Adjoint : testing::Test {
  using Tensor = interpreter::Tensor<double>;

  Tensor draw(std::initializer_list<int64_t> shape) {
    Tensor tensor(shape);
    for (double &value : tensor.data)
      value = std::uniform_real_distribution<double>(-1, 1)(random);
    return tensor;
  }
  static double dot(const Tensor &a, const Tensor &b) {
    double sum = 0;
    for (size_t i = 0; i < a.data.size(); ++i)
      sum += a.data[i] * b.data[i];
    return sum;
  }
  static void expectEqual(double a, double b) { EXPECT_NEAR(a, b, 1e-13 * (1 + std::abs(a))); }

  std::mt19937 random{3};
};

TEST_F(Adjoint, convolutions) {
  for (int64_t groups : {1, 2})
    for (int64_t stride : {1, 2, 3})
      for (int64_t dilation : {1, 2})
        for (int64_t pad : {0, 1, 3}) {
          interpreter::Window window{{3, 2}, {stride, stride}, {pad, pad}, {pad, 0}, {dilation, dilation}};
          int64_t height = (9 + 2 * pad - 2 * dilation - 1) / stride + 1, width = (8 + pad - dilation - 1) / stride + 1;
          Tensor x = draw({2, 4, 9, 8}), filter = draw({6, 4 / groups, 3, 2}), dy = draw({2, 6, height, width});
          Tensor y({2, 6, height, width}), dx({2, 4, 9, 8}), dfilter({6, 4 / groups, 3, 2});
          interpreter::conv2d(x, filter, window, groups, y);
          interpreter::conv2dInputGradient(dy, filter, window, groups, dx);
          interpreter::conv2dFilterGradient(x, dy, window, groups, dfilter);
          expectEqual(dot(y, dy), dot(x, dx));
          expectEqual(dot(y, dy), dot(filter, dfilter));
        }
}

TEST_F(Adjoint, linearLayersAveragesAndShortcuts) {
  Tensor x = draw({3, 5}), weight = draw({7, 5}), dy = draw({3, 7}), y({3, 7}), dx({3, 5}), dweight({7, 5});
  interpreter::linear(x, weight, y);
  interpreter::linearInputGradient(dy, weight, dx);
  interpreter::linearWeightGradient(x, dy, dweight);
  expectEqual(dot(y, dy), dot(x, dx));
  expectEqual(dot(y, dy), dot(weight, dweight));

  for (bool countPadding : {false, true}) {
    interpreter::Window window{{3, 3}, {2, 2}, {1, 1}, {1, 1}};
    Tensor map = draw({2, 3, 7, 6}), dpool = draw({2, 3, 4, 3}), pool({2, 3, 4, 3}), dmap({2, 3, 7, 6});
    interpreter::avgPool2d(map, window, countPadding, pool);
    interpreter::avgPool2dGradient(dpool, window, countPadding, dmap);
    expectEqual(dot(pool, dpool), dot(map, dmap));
  }

  Tensor map = draw({2, 3, 5, 4}), dshort = draw({2, 5, 3, 2}), shortcut({2, 5, 3, 2}), dmap({2, 3, 5, 4});
  interpreter::padShortcut<double>(map, {2, 2}, shortcut);
  interpreter::padShortcutGradient<double>(dshort, {2, 2}, dmap);
  expectEqual(dot(shortcut, dshort), dot(map, dmap));
}

//===-- maxima -------------------------------------------------------------------------===//

TEST(MaxPool, tiesGoToTheFirst) {
  using interpreter::Tensor;
  Tensor<double> x({1, 1, 2, 2}), dy({1, 1, 1, 1}), dx({1, 1, 2, 2});
  x.data = {0, 5, 5, 5};
  dy.data = {3};
  interpreter::maxPool2dGradient(dy, x, {{2, 2}}, dx);
  EXPECT_EQ(dx.data, (std::vector<double>{0, 3, 0, 0}));
}

TEST(MaxPool, whatMayBeTheMaximumMayHaveTheGradient) {
  using interpreter::Tensor;
  Tensor<RunningError> x({1, 1, 1, 3}), dy({1, 1, 1, 1}), dx({1, 1, 1, 3});
  x.data = {RunningError(1.0f, 0.1), RunningError(1.05f, 0.1), RunningError(0.5f, 0.1)};
  dy.data = {RunningError(2.0f)};
  interpreter::maxPool2dGradient(dy, x, {{1, 3}}, dx);
  EXPECT_EQ(dx.data[1].value, 2);
  EXPECT_GE(dx.data[0].error, 2);
  EXPECT_GE(dx.data[1].error, 2);
  EXPECT_EQ(dx.data[2].error, 0);
}

} // namespace
