// Each op on numbers small enough to check by hand.
#include "compiler/interpreter/Interpreter.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"
#include <functional>
#include <map>

using namespace resnetc;

namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

struct LayersTest : testing::Test {
  LayersTest() { context.loadDialect<rn::RnDialect>(); }

  /// Interprets `body`, which makes %y of %x.
  template <typename T = float>
  llvm::Expected<std::vector<T>> tryRun(const std::string &inputType, const std::string &outputType,
                                        const std::string &body, std::vector<T> input, int64_t batch = 1) {
    std::string text = "rn.network @net(%x: " + inputType + ") {\n" + body + "\nrn.return %y : " + outputType + "\n}";
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    if (!module)
      return llvm::createStringError("does not parse");
    NamedTensors views;
    for (auto &[name, data] : parameters)
      views[name] = data;
    return interpret<T>(*module->getOps<rn::NetworkOp>().begin(), views, input, batch);
  }
  std::vector<float> run(const std::string &inputType, const std::string &outputType, const std::string &body,
                         std::vector<float> input, int64_t batch = 1) {
    auto result = tryRun<float>(inputType, outputType, body, std::move(input), batch);
    if (result)
      return *result;
    ADD_FAILURE() << llvm::toString(result.takeError());
    return {};
  }
  std::string error(const std::string &body, std::vector<float> input, int64_t batch = 1) {
    auto result = tryRun<float>("tensor<?x2xf32>", "tensor<?x2xf32>", body, std::move(input), batch);
    return result ? "no error" : llvm::toString(result.takeError());
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::map<std::string, std::vector<float>> parameters;
};

const std::string map3 = "tensor<?x1x3x3xf32>", map2 = "tensor<?x1x2x2xf32>", vector2 = "tensor<?x2xf32>";
const std::vector<float> nine = {1, 2, 3, 4, 5, 6, 7, 8, 9};
using Floats = std::vector<float>;

TEST_F(LayersTest, conv2dIsACrossCorrelation) {
  parameters["w"] = {1, 2, 3, 4};
  EXPECT_EQ(run(map3, map2,
                R"(%w = rn.parameter "w" : tensor<1x1x2x2xf32>
                %y = rn.conv2d %x, %w : (tensor<?x1x3x3xf32>, tensor<1x1x2x2xf32>) -> tensor<?x1x2x2xf32>)",
                nine),
            (Floats{1 + 4 + 12 + 20, 2 + 6 + 15 + 24, 4 + 10 + 21 + 32, 5 + 12 + 24 + 36}));
}

TEST_F(LayersTest, conv2dPadsStridesAndDilates) {
  parameters["w"] = {1, 10, 100, 1, 10, 100, 1, 10, 100};
  EXPECT_EQ(run(map3, map2,
                R"(%w = rn.parameter "w" : tensor<1x1x3x3xf32>
                %y = rn.conv2d %x, %w strides [2, 2] pads [1, 1]
                  : (tensor<?x1x3x3xf32>, tensor<1x1x3x3xf32>) -> tensor<?x1x2x2xf32>)",
                nine),
            (Floats{50 + 700, 7 + 90, 110 + 1300, 13 + 150}));
  parameters["w"] = {1, 2, 3, 4};
  EXPECT_EQ(run(map3, "tensor<?x1x1x1xf32>",
                R"(%w = rn.parameter "w" : tensor<1x1x2x2xf32>
                %y = rn.conv2d %x, %w dilations [2, 2]
                  : (tensor<?x1x3x3xf32>, tensor<1x1x2x2xf32>) -> tensor<?x1x1x1xf32>)",
                nine),
            Floats{1 + 6 + 21 + 36});
}

TEST_F(LayersTest, conv2dGroupsChannels) {
  parameters["w"] = {1, 10, 100, 1000};
  EXPECT_EQ(run("tensor<?x4x1x1xf32>", "tensor<?x2x1x1xf32>",
                R"(%w = rn.parameter "w" : tensor<2x2x1x1xf32>
                %y = rn.conv2d %x, %w groups 2
                  : (tensor<?x4x1x1xf32>, tensor<2x2x1x1xf32>) -> tensor<?x2x1x1xf32>)",
                {1, 2, 3, 4}),
            (Floats{21, 4300}));
}

TEST_F(LayersTest, epilogueInItsOrder) {
  parameters["w"] = {1};
  parameters["b"] = {-3};
  parameters["s"] = {-2};
  parameters["t"] = {5};
  const std::string body = R"(
    %w = rn.parameter "w" : tensor<1x1x1x1xf32>
    %b = rn.parameter "b" : tensor<1xf32>
    %s = rn.parameter "s" : tensor<1xf32>
    %t = rn.parameter "t" : tensor<1xf32>
    %r:2 = rn.conv2d %x, %w bias(%b) residual(%x) affine(%s, %t) activation relu affine_activation relu
      : (tensor<?x1x2x2xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>, tensor<?x1x2x2xf32>, tensor<1xf32>, tensor<1xf32>)
      -> (tensor<?x1x2x2xf32>, tensor<?x1x2x2xf32>)
    %y = rn.pad_shortcut %r#)";
  const std::string rest = " : (tensor<?x1x2x2xf32>) -> tensor<?x1x2x2xf32>";
  EXPECT_EQ(run(map2, map2, body + "0" + rest, {1, 2, 3, 4}), (Floats{0, 1, 3, 5}));
  EXPECT_EQ(run(map2, map2, body + "1" + rest, {1, 2, 3, 4}), (Floats{5, 3, 0, 0}));
}

TEST_F(LayersTest, addWithAffineAloneStoresTheSecond) {
  parameters["s"] = {2, 3};
  EXPECT_EQ(run(vector2, vector2,
                R"(%s = rn.parameter "s" : tensor<2xf32>
                %y = rn.add %x, %x affine(%s, %s)
                  : (tensor<?x2xf32>, tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<?x2xf32>)",
                {1, -1, 0, 2}, 2),
            (Floats{6, -3, 2, 15}));
}

TEST_F(LayersTest, linear) {
  parameters["w"] = {1, 2, 3, 4, 5, 6};
  parameters["b"] = {0.5, 0, -100};
  EXPECT_EQ(run(vector2, "tensor<?x3xf32>",
                R"(%w = rn.parameter "w" : tensor<3x2xf32>
                %b = rn.parameter "b" : tensor<3xf32>
                %y = rn.linear %x, %w bias(%b) activation relu
                  : (tensor<?x2xf32>, tensor<3x2xf32>, tensor<3xf32>) -> tensor<?x3xf32>)",
                {1, 10, 2, 0}, 2),
            (Floats{21.5, 43, 0, 2.5, 6, 0}));
}

TEST_F(LayersTest, batchNormAndTheArithmeticItBecomes) {
  parameters["g"] = {2, 1};
  parameters["b"] = {1, 0};
  parameters["m"] = {3, -1};
  parameters["v"] = {3, 0};
  const std::string head = R"(
    %g = rn.parameter "g" : tensor<2xf32>
    %b = rn.parameter "b" : tensor<2xf32>
    %m = rn.parameter "m" : tensor<2xf32>
    %v = rn.parameter "v" : tensor<2xf32>)";
  // sqrt(3 + 1) = 2, sqrt(0 + 1) = 1
  EXPECT_EQ(run(vector2, vector2, head + R"(
    %y = rn.batch_norm %x, %g, %b, %m, %v {eps = 1.0}
      : (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<?x2xf32>)",
                {5, 4}),
            (Floats{3, 5}));
  EXPECT_EQ(run(vector2, vector2, head + R"(
    %s = rn.bn_scale %g, %v eps 1.0 : tensor<2xf32>
    %t = rn.bn_shift %b, %m, %s bias(%g) : tensor<2xf32>
    %y = rn.affine %x, %s, %t : (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<?x2xf32>)",
                {5, 4}),
            (Floats{5, 6}));
}

TEST_F(LayersTest, scaleFilterScalesEachOutput) {
  parameters["w"] = {1, 2, 3, 4};
  parameters["s"] = {10, 100};
  EXPECT_EQ(run(vector2, vector2, R"(
    %w = rn.parameter "w" : tensor<2x2xf32>
    %s = rn.parameter "s" : tensor<2xf32>
    %f = rn.scale_filter %w, %s : tensor<2x2xf32>, tensor<2xf32>
    %y = rn.linear %x, %f : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>)",
                {1, 1}),
            (Floats{30, 700}));
}

TEST_F(LayersTest, normalizeDividesBytes) {
  const std::string body = "%y = rn.normalize %x mean [0.5, 0.0] std [0.5, 2.0] : (tensor<?x2xui8>) -> tensor<?x2xf32>";
  std::string text = "rn.network @net(%x: tensor<?x2xui8>) {\n" + body + "\nrn.return %y : tensor<?x2xf32>\n}";
  module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  auto result = interpretBytes<double>(*module->getOps<rn::NetworkOp>().begin(), {}, {255, 51}, 1);
  ASSERT_TRUE(static_cast<bool>(result));
  EXPECT_DOUBLE_EQ((*result)[0], 1.0);
  EXPECT_DOUBLE_EQ((*result)[1], 0.1);
  // f32 is taken as it is
  EXPECT_EQ(run(vector2, vector2,
                "%y = rn.normalize %x mean [0.5, 0.0] std [0.5, 2.0] : (tensor<?x2xf32>) -> tensor<?x2xf32>", {1, 1}),
            (Floats{1, 0.5}));
}

TEST_F(LayersTest, pools) {
  EXPECT_EQ(run(map3, map2,
                "%y = rn.max_pool2d %x kernel [2, 2] strides [2, 2] pads [1, 1] : (tensor<?x1x3x3xf32>) -> "
                "tensor<?x1x2x2xf32>",
                {-1, -2, -3, -4, -5, -6, -7, -8, -9}),
            (Floats{-1, -2, -4, -5}));
  const std::string average = "%y = rn.avg_pool2d %x kernel [2, 2] strides [2, 2] pads [1, 1]";
  const std::string types = " : (tensor<?x1x3x3xf32>) -> tensor<?x1x2x2xf32>";
  EXPECT_EQ(run(map3, map2, average + types, nine), (Floats{0.25, 1.25, 2.75, 7}));
  EXPECT_EQ(run(map3, map2, average + " {count_include_pad = false}" + types, nine), (Floats{1, 2.5, 5.5, 7}));
  EXPECT_EQ(run("tensor<?x2x1x2xf32>", vector2, "%y = rn.global_avg_pool %x : (tensor<?x2x1x2xf32>) -> tensor<?x2xf32>",
                {1, 2, 3, 5}),
            (Floats{1.5, 4}));
}

TEST_F(LayersTest, shapes) {
  EXPECT_EQ(run(map2, "tensor<?x4xf32>", "%y = rn.flatten %x : (tensor<?x1x2x2xf32>) -> tensor<?x4xf32>", {1, 2, 3, 4}),
            (Floats{1, 2, 3, 4}));
  EXPECT_EQ(run(map3, "tensor<?x2x2x2xf32>",
                "%y = rn.pad_shortcut %x strides [2, 2] : (tensor<?x1x3x3xf32>) -> tensor<?x2x2x2xf32>", nine),
            (Floats{1, 3, 7, 9, 0, 0, 0, 0}));
}

TEST_F(LayersTest, softmax) {
  auto result = run(vector2, vector2, "%y = rn.softmax %x : (tensor<?x2xf32>) -> tensor<?x2xf32>",
                    {std::log(3.0f), 0, 1000, 1000}, 2);
  EXPECT_FLOAT_EQ(result[0], 0.75f);
  EXPECT_FLOAT_EQ(result[1], 0.25f);
  EXPECT_FLOAT_EQ(result[2], 0.5f); // no overflow
}

TEST_F(LayersTest, residualAddsBodyAndShortcut) {
  EXPECT_EQ(run(vector2, vector2, R"(
    %y = rn.residual %x block "b" : tensor<?x2xf32> -> tensor<?x2xf32> {
    ^bb0(%a: tensor<?x2xf32>):
      %r = rn.activation %a relu : (tensor<?x2xf32>) -> tensor<?x2xf32>
      rn.yield %r : tensor<?x2xf32>
    } shortcut {
    ^bb0(%a: tensor<?x2xf32>):
      rn.yield %a : tensor<?x2xf32>
    })",
                {-1, 2}),
            (Floats{-1, 4}));
}

TEST_F(LayersTest, nanStays) {
  auto relu = run(vector2, vector2, "%y = rn.activation %x relu : (tensor<?x2xf32>) -> tensor<?x2xf32>", {nan, -1});
  EXPECT_TRUE(std::isnan(relu[0]));
  EXPECT_EQ(relu[1], 0);
  for (int position : {0, 2, 3}) {
    Floats input = {1, 2, 3, 4};
    input[position] = nan;
    EXPECT_TRUE(std::isnan(run(map2, "tensor<?x1x1x1xf32>",
                               "%y = rn.max_pool2d %x kernel [2, 2] : (tensor<?x1x2x2xf32>) -> tensor<?x1x1x1xf32>",
                               input)[0]));
  }
  auto softmax = run(vector2, vector2, "%y = rn.softmax %x : (tensor<?x2xf32>) -> tensor<?x2xf32>", {1, nan});
  EXPECT_TRUE(std::isnan(softmax[0]) && std::isnan(softmax[1]));
}

TEST_F(LayersTest, activationsByTheirFormulas) {
  auto gelu = [](double x) { return x / 2 * std::erfc(-x / std::sqrt(2.0)); };
  auto geluTanh = [](double x) {
    return x / 2 * (1 + std::tanh(std::sqrt(2 / std::acos(-1.0)) * (x + 0.044715 * std::pow(x, 3))));
  };
  auto hardSigmoid = [](double x) { return std::min(std::max(x + 3, 0.0), 6.0) / 6; };
  std::map<std::string, std::function<double(double)>> functions = {
      {"relu", [](double x) { return std::max(x, 0.0); }},
      {"relu6", [](double x) { return std::min(std::max(x, 0.0), 6.0); }},
      {"leaky_relu(0.25)", [](double x) { return x < 0 ? x / 4 : x; }},
      {"elu(2.0)", [](double x) { return x < 0 ? 2 * (std::exp(x) - 1) : x; }},
      {"gelu", gelu},
      {"gelu_tanh", geluTanh},
      {"silu", [](double x) { return x / (1 + std::exp(-x)); }},
      {"sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }},
      {"tanh", [](double x) { return std::tanh(x); }},
      {"hard_sigmoid", hardSigmoid},
      {"hard_swish", [&](double x) { return x * hardSigmoid(x); }},
      {"hard_tanh", [](double x) { return std::min(std::max(x, -1.0), 1.0); }}};
  std::vector<double> points = {-20, -3.5, -1, -0.01, 0, 0.5, 2, 3, 7};
  for (auto &[name, function] : functions) {
    std::string body = "%y = rn.activation %x " + name + " : (tensor<?x1xf32>) -> tensor<?x1xf32>";
    auto exact = tryRun<double>("tensor<?x1xf32>", "tensor<?x1xf32>", body, points, points.size());
    std::vector<RunningError> bounded(points.begin(), points.end());
    auto within = tryRun<RunningError>("tensor<?x1xf32>", "tensor<?x1xf32>", body, bounded, points.size());
    ASSERT_TRUE(static_cast<bool>(exact)) << name;
    ASSERT_TRUE(static_cast<bool>(within)) << name;
    for (size_t i = 0; i < points.size(); ++i) {
      double expected = function(points[i]);
      EXPECT_NEAR((*exact)[i], expected, 1e-12 * std::max(1.0, std::abs(expected))) << name << " of " << points[i];
      EXPECT_LE(std::abs((*within)[i].value - expected), (*within)[i].error) << name << " of " << points[i];
      EXPECT_LE((*within)[i].error, 1e-5) << name << " of " << points[i];
    }
    EXPECT_TRUE(std::isnan(run("tensor<?x1xf32>", "tensor<?x1xf32>", body, {nan})[0])) << name;
  }
}

TEST_F(LayersTest, gatesAndConcatenation) {
  const std::string types = " : (tensor<?x2x1x2xf32>, tensor<?x2xf32>) -> tensor<?x2x1x2xf32>";
  const std::string map = "tensor<?x2x1x2xf32>";
  const std::string gate = "%g = rn.global_max_pool %x : (tensor<?x2x1x2xf32>) -> tensor<?x2xf32>\n";
  EXPECT_EQ(run(map, map, gate + "%y = rn.multiply %x, %g" + types, {1, 2, 3, -4}), (Floats{2, 4, 9, -12}));
  EXPECT_EQ(run(map, map, gate + "%y = rn.multiply %x, %g complement" + types, {1, 2, 3, -4}), (Floats{-1, -2, -6, 8}));
  EXPECT_EQ(run(map, map, "%y = rn.multiply %x, %x : (" + map + ", " + map + ") -> " + map, {1, 2, 3, -4}),
            (Floats{1, 4, 9, 16}));
  EXPECT_EQ(run(vector2, "tensor<?x4xf32>",
                "%r = rn.activation %x relu : (tensor<?x2xf32>) -> tensor<?x2xf32>\n"
                "%y = rn.concat %x, %r : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x4xf32>",
                {-1, 2, 3, -4}, 2),
            (Floats{-1, 2, 0, 2, 3, -4, 3, 0}));
}

TEST_F(LayersTest, layerNormOverTheChannelsOfEachPlace) {
  parameters["g"] = {2, 1};
  parameters["b"] = {0, 5};
  // (1, 3): mean 2, variance 1; with eps 3 the deviation is 2. (4, 4): mean 4, variance 0.
  EXPECT_EQ(run("tensor<?x2x1x2xf32>", "tensor<?x2x1x2xf32>", R"(
    %g = rn.parameter "g" : tensor<2xf32>
    %b = rn.parameter "b" : tensor<2xf32>
    %y = rn.layer_norm %x, %g, %b {eps = 3.0}
      : (tensor<?x2x1x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<?x2x1x2xf32>)",
                {1, 4, 3, 4}),
            (Floats{-1, 0, 5.5, 5}));
}

TEST_F(LayersTest, signalsAndPaddingOnEachSide) {
  parameters["w"] = {1, 10};
  EXPECT_EQ(run("tensor<?x1x1x3xf32>", "tensor<?x1x1x3xf32>",
                R"(%w = rn.parameter "w" : tensor<1x1x2xf32>
                %y = rn.conv2d %x, %w pads [0, 1, 0, 0]
                  : (tensor<?x1x1x3xf32>, tensor<1x1x2xf32>) -> tensor<?x1x1x3xf32>)",
                {1, 2, 3}),
            (Floats{10, 21, 32}));
  // The last window stands out over the end: it counts what lies in the map and its padding.
  const std::string average = "%y = rn.avg_pool2d %x kernel [1, 2] strides [1, 2] ceil";
  const std::string types = " : (tensor<?x1x1x3xf32>) -> tensor<?x1x1x2xf32>";
  EXPECT_EQ(run("tensor<?x1x1x3xf32>", "tensor<?x1x1x2xf32>", average + types, {1, 3, 5}), (Floats{2, 5}));
}

TEST_F(LayersTest, fillBroadcastAndDrops) {
  parameters["p"] = {3};
  EXPECT_EQ(run(vector2, vector2, R"(
    %p = rn.parameter "p" : tensor<1xf32>
    %s = rn.broadcast %p : tensor<1xf32> -> tensor<2xf32>
    %t = rn.fill 0.5 : tensor<2xf32>
    %a = rn.dropout %x rate 0.5 : (tensor<?x2xf32>) -> tensor<?x2xf32>
    %b = rn.drop_path %a rate 0.5 : (tensor<?x2xf32>) -> tensor<?x2xf32>
    %y = rn.affine %b, %s, %t : (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<?x2xf32>)",
                {1, -2}),
            (Floats{3.5, -5.5}));
}

TEST_F(LayersTest, errorsNameWhatIsMissing) {
  const std::string affine = R"(%s = rn.parameter "scale" : tensor<2xf32>
    %y = rn.affine %x, %s, %s : (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<?x2xf32>)";
  EXPECT_EQ(error(affine, {1, 2}), "parameter 'scale' is missing");
  parameters["scale"] = {1, 2, 3};
  EXPECT_EQ(error(affine, {1, 2}), "parameter 'scale' has 3 elements, the network needs 2");
  parameters["scale"] = {1, 2};
  EXPECT_EQ(error(affine, {1, 2, 3}), "input has 3 elements, a batch of 1 needs 2");
  EXPECT_EQ(error(affine, {}, 0), "the batch must be at least 1, is 0");
  EXPECT_EQ(error(affine, {}, -1), "the batch must be at least 1, is -1");
  EXPECT_EQ(error(affine, {1}, std::numeric_limits<int64_t>::max()), "the batch is too large");
}

} // namespace
