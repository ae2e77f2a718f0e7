// Every gradient rule against central differences in double. A layer under test stands between a linear layer, whose
// weights make every element of its input a function of a parameter of its own, and a linear readout.
#include "test/unit/interpreter/TrainingFixture.h"
#include "llvm/Support/FormatVariadic.h"

using namespace resnetc;
using namespace resnetc::test;

namespace {

std::string type(const std::vector<int64_t> &image) {
  std::string text = "tensor<?x";
  for (int64_t extent : image)
    text += std::to_string(extent) + "x";
  return text + "f32>";
}
int64_t elements(const std::vector<int64_t> &image) {
  int64_t product = 1;
  for (int64_t extent : image)
    product *= extent;
  return product;
}

/// A network around `body`, which makes %y of %x; of the shapes without batch.
std::string around(const std::string &body, const std::vector<int64_t> &from, const std::vector<int64_t> &to) {
  std::string text = llvm::formatv(R"(
rn.network @net(%image: tensor<?x3xf32>) {{
  %w0 = rn.parameter "in.weight" : tensor<{0}x3xf32>
  %flat = rn.linear %image, %w0 : (tensor<?x3xf32>, tensor<{0}x3xf32>) -> tensor<?x{0}xf32>
  %x = rn.unflatten %flat : (tensor<?x{0}xf32>) -> {1}
  {2}
  %v = rn.flatten %y : ({3}) -> tensor<?x{4}xf32>
  %w1 = rn.parameter "out.weight" : tensor<4x{4}xf32>
  %b1 = rn.parameter "out.bias" : tensor<4xf32>
  %scores = rn.linear %v, %w1 bias(%b1) : (tensor<?x{4}xf32>, tensor<4x{4}xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  rn.return %scores : tensor<?x4xf32>
})",
                                   elements(from), type(from), body, type(to), elements(to));
  return text;
}

/// For batches of 1 to 3; in the last one of them only two images are valid.
void check(const std::string &what, const std::string &body, const std::vector<int64_t> &from,
           const std::vector<int64_t> &to, bool frozen = false, int64_t least = 1) {
  for (int64_t batch = least; batch <= 4; ++batch) {
    TrainingStep step(around(body, from, to), std::min<int64_t>(batch, 3), uint32_t(batch), frozen);
    if (batch == 4)
      step.valid = 2;
    expectGradients(step, what + ", batch " + std::to_string(batch));
    if (testing::Test::HasFatalFailure())
      return;
  }
}

struct Conv {
  int64_t channels, outputs, groups, height, width, kernelHeight, kernelWidth;
  std::vector<int64_t> strides, pads, dilations;
};

void checkConv(const Conv &c) {
  std::vector<int64_t> sides =
      c.pads.size() == 4 ? c.pads : std::vector<int64_t>{c.pads[0], c.pads[1], c.pads[0], c.pads[1]};
  auto extent = [&](int64_t in, int axis, int64_t kernel) {
    return (in + sides[axis] + sides[axis + 2] - c.dilations[axis] * (kernel - 1) - 1) / c.strides[axis] + 1;
  };
  std::vector<int64_t> from = {c.channels, c.height, c.width};
  std::vector<int64_t> to = {c.outputs, extent(c.height, 0, c.kernelHeight), extent(c.width, 1, c.kernelWidth)};
  auto list = [](const std::vector<int64_t> &values) {
    std::string text;
    for (int64_t value : values)
      text += (text.empty() ? "" : ", ") + std::to_string(value);
    return "[" + text + "]";
  };
  std::string filter =
      llvm::formatv("tensor<{0}x{1}x{2}x{3}xf32>", c.outputs, c.channels / c.groups, c.kernelHeight, c.kernelWidth);
  std::string attributes = llvm::formatv("strides {0} pads {1} dilations {2} groups {3}", list(c.strides), list(c.pads),
                                         list(c.dilations), c.groups);
  std::string body = llvm::formatv(R"(
  %w = rn.parameter "w" : {0}
  %b = rn.parameter "b" : tensor<{1}xf32>
  %y = rn.conv2d %x, %w bias(%b) {2} : ({3}, {0}, tensor<{1}xf32>) -> {4})",
                                   filter, c.outputs, attributes, type(from), type(to));
  check("conv2d " + filter + " " + attributes, body, from, to);
}

TEST(Gradients, convolutions) {
  checkConv({2, 3, 1, 5, 5, 3, 3, {1, 1}, {1, 1}, {1, 1}});
  checkConv({2, 3, 1, 5, 7, 3, 3, {2, 2}, {1, 1}, {1, 1}});
  checkConv({1, 2, 1, 7, 6, 3, 2, {2, 3}, {1, 0}, {1, 1}});
  checkConv({2, 2, 1, 7, 7, 3, 3, {1, 1}, {2, 2}, {2, 2}});
  checkConv({1, 2, 1, 8, 7, 3, 3, {2, 1}, {0, 2}, {2, 3}});
  checkConv({4, 6, 2, 4, 5, 3, 3, {1, 1}, {1, 1}, {1, 1}});
  checkConv({4, 4, 4, 5, 5, 3, 3, {2, 2}, {1, 1}, {1, 1}}); // depthwise
  checkConv({4, 8, 4, 3, 3, 1, 1, {1, 1}, {0, 0}, {1, 1}});
  checkConv({3, 2, 1, 5, 5, 1, 1, {2, 2}, {0, 0}, {1, 1}}); // pixels that no window reads
  checkConv({2, 2, 1, 5, 4, 3, 3, {2, 2}, {0, 1, 1, 2}, {1, 1}});
  checkConv({2, 2, 2, 6, 6, 5, 4, {3, 2}, {2, 1, 1, 0}, {1, 1}});
}

TEST(Gradients, convolutionOfASignal) {
  check("conv1d", R"(
  %w = rn.parameter "w" : tensor<4x1x3xf32>
  %y = rn.conv2d %x, %w strides [1, 2] pads [0, 1] groups 2 : (tensor<?x2x1x7xf32>, tensor<4x1x3xf32>) -> tensor<?x4x1x4xf32>)",
        {2, 1, 7}, {4, 1, 4});
}

TEST(Gradients, linear) {
  check("linear", R"(
  %w = rn.parameter "w" : tensor<7x5xf32>
  %b = rn.parameter "b" : tensor<7xf32>
  %y = rn.linear %x, %w bias(%b) : (tensor<?x5xf32>, tensor<7x5xf32>, tensor<7xf32>) -> tensor<?x7xf32>)",
        {5}, {7});
}

const char *norm = R"(
  %g = rn.parameter "gamma" : tensor<3xf32>
  %b = rn.parameter "beta" : tensor<3xf32>
  %m = rn.parameter "running_mean" : tensor<3xf32>
  %s = rn.parameter "running_var" : tensor<3xf32>
  %y = rn.batch_norm %x, %g, %b, %m, %s {{eps = 0.001} : ({0}, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> {0})";

TEST(Gradients, batchNorm) {
  check("batch_norm of maps", llvm::formatv(norm, type({3, 3, 5})), {3, 3, 5}, {3, 3, 5});
  check("batch_norm of vectors", llvm::formatv(norm, type({3})), {3}, {3}, /*frozen=*/false, /*least=*/2);
  check("frozen batch_norm", llvm::formatv(norm, type({3, 2, 3})), {3, 2, 3}, {3, 2, 3}, /*frozen=*/true);
  check("frozen batch_norm of vectors", llvm::formatv(norm, type({3})), {3}, {3}, /*frozen=*/true);
}

TEST(Gradients, layerNorm) {
  const char *body = R"(
  %g = rn.parameter "gamma" : tensor<5xf32>
  %b = rn.parameter "beta" : tensor<5xf32>
  %y = rn.layer_norm %x, %g, %b {{eps = 0.001} : ({0}, tensor<5xf32>, tensor<5xf32>) -> {0})";
  check("layer_norm of maps", llvm::formatv(body, type({5, 2, 3})), {5, 2, 3}, {5, 2, 3});
  check("layer_norm of vectors", llvm::formatv(body, type({5})), {5}, {5});
}

TEST(Gradients, activations) {
  // Twice, so that the inputs of the first one reach far into both tails.
  for (std::string function :
       {"relu", "relu6", "leaky_relu(0.1)", "leaky_relu(-0.5)", "elu(1.0)", "elu(0.5)", "elu(-0.5)", "gelu",
        "gelu_tanh", "silu", "sigmoid", "tanh", "hard_sigmoid", "hard_swish", "hard_tanh"})
    for (double factor : {1.0, 6.0})
      check(function,
            llvm::formatv(R"(
  %f = rn.fill {1} : tensor<8xf32>
  %z = rn.fill 0.1 : tensor<8xf32>
  %0 = rn.affine %x, %f, %z : (tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  %y = rn.activation %0 {0} : (tensor<?x8xf32>) -> tensor<?x8xf32>)",
                          function, factor),
            {8}, {8});
}

TEST(Gradients, pools) {
  const std::string ends = " : (tensor<?x2x5x7xf32>) -> ";
  for (std::string kind : {"max_pool2d", "avg_pool2d"}) {
    std::string op = "%y = rn." + kind + " %x ";
    check(kind, op + "kernel [2, 2] strides [2, 2]" + ends + type({2, 2, 3}), {2, 5, 7}, {2, 2, 3});
    check(kind, op + "kernel [3, 3] strides [2, 2] pads [1, 1]" + ends + type({2, 3, 4}), {2, 5, 7}, {2, 3, 4});
    check(kind, op + "kernel [3, 3] strides [1, 1] pads [1, 1]" + ends + type({2, 5, 7}), {2, 5, 7}, {2, 5, 7});
    check(kind, op + "kernel [2, 2] strides [2, 2] ceil" + ends + type({2, 3, 4}), {2, 5, 7}, {2, 3, 4});
    check(kind, op + "kernel [3, 2] strides [2, 3] pads [1, 0, 0, 1]" + ends + type({2, 2, 3}), {2, 5, 7}, {2, 2, 3});
  }
  check("avg_pool2d without padding",
        "%y = rn.avg_pool2d %x kernel [3, 3] strides [2, 2] pads [1, 1] ceil {count_include_pad = false}" + ends +
            type({2, 3, 4}),
        {2, 5, 7}, {2, 3, 4});
  for (std::string kind : {"global_avg_pool", "global_max_pool"})
    check(kind, "%y = rn." + kind + " %x" + ends + type({2}), {2, 5, 7}, {2});
}

TEST(Gradients, gates) {
  for (std::string complement : {"", " complement"}) {
    check("gate of maps" + complement, R"(
  %g = rn.activation %x sigmoid : (tensor<?x2x3x3xf32>) -> tensor<?x2x3x3xf32>
  %y = rn.multiply %x, %g)" + complement + " : (tensor<?x2x3x3xf32>, tensor<?x2x3x3xf32>) -> tensor<?x2x3x3xf32>",
          {2, 3, 3}, {2, 3, 3});
    check("gate of one pixel" + complement, R"(
  %p = rn.global_avg_pool %x : (tensor<?x2x3x3xf32>) -> tensor<?x2xf32>
  %w = rn.parameter "w" : tensor<2x2xf32>
  %l = rn.linear %p, %w : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
  %g = rn.activation %l sigmoid : (tensor<?x2xf32>) -> tensor<?x2xf32>
  %y = rn.multiply %x, %g)" + complement + " : (tensor<?x2x3x3xf32>, tensor<?x2xf32>) -> tensor<?x2x3x3xf32>",
          {2, 3, 3}, {2, 3, 3});
  }
}

TEST(Gradients, factorsAndSummands) {
  const std::string affine =
      "%y = rn.affine %x, %f, %s : (tensor<?x2x3x3xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<?x2x3x3xf32>";
  check("affine", R"(
  %f = rn.parameter "f" : tensor<2xf32>
  %s = rn.parameter "s" : tensor<2xf32>
  )" + affine,
        {2, 3, 3}, {2, 3, 3});
  check("affine of one number", R"(
  %one = rn.parameter "f" : tensor<1xf32>
  %f = rn.broadcast %one : tensor<1xf32> -> tensor<2xf32>
  %other = rn.parameter "s" : tensor<1xf32>
  %s = rn.broadcast %other : tensor<1xf32> -> tensor<2xf32>
  )" + affine,
        {2, 3, 3}, {2, 3, 3});
}

TEST(Gradients, whatMovesValues) {
  check("add and concat", R"(
  %1 = rn.activation %x tanh : (tensor<?x2x3x3xf32>) -> tensor<?x2x3x3xf32>
  %2 = rn.add %1, %x : (tensor<?x2x3x3xf32>, tensor<?x2x3x3xf32>) -> tensor<?x2x3x3xf32>
  %y = rn.concat %2, %x, %1 : (tensor<?x2x3x3xf32>, tensor<?x2x3x3xf32>, tensor<?x2x3x3xf32>) -> tensor<?x6x3x3xf32>)",
        {2, 3, 3}, {6, 3, 3});
  check("pad_shortcut", "%y = rn.pad_shortcut %x strides [2, 2] : (tensor<?x2x5x4xf32>) -> tensor<?x5x3x2xf32>",
        {2, 5, 4}, {5, 3, 2});
  check("pad_shortcut of vectors", "%y = rn.pad_shortcut %x : (tensor<?x2xf32>) -> tensor<?x5xf32>", {2}, {5});
  check("softmax", "%y = rn.softmax %x : (tensor<?x6xf32>) -> tensor<?x6xf32>", {6}, {6});
  check("normalize",
        "%y = rn.normalize %x mean [0.5, 0.25] std [0.5, 2.0] : (tensor<?x2x3x3xf32>) -> tensor<?x2x3x3xf32>",
        {2, 3, 3}, {2, 3, 3});
}

TEST(Gradients, randomDrops) {
  check("dropout", "%y = rn.dropout %x rate 0.4 : (tensor<?x2x3x3xf32>) -> tensor<?x2x3x3xf32>", {2, 3, 3}, {2, 3, 3});
  check("drop_path", "%y = rn.drop_path %x rate 0.5 : (tensor<?x2x3x3xf32>) -> tensor<?x2x3x3xf32>", {2, 3, 3},
        {2, 3, 3});
}

TEST(Gradients, residualsWithRegions) {
  check("residual", R"(
  %w = rn.parameter "w" : tensor<2x2x3x3xf32>
  %g = rn.activation %x sigmoid : (tensor<?x2x3x3xf32>) -> tensor<?x2x3x3xf32>
  %y = rn.residual %x block "b" : tensor<?x2x3x3xf32> -> tensor<?x2x3x3xf32> {
  ^bb0(%a: tensor<?x2x3x3xf32>):
    %1 = rn.conv2d %a, %w pads [1, 1] : (tensor<?x2x3x3xf32>, tensor<2x2x3x3xf32>) -> tensor<?x2x3x3xf32>
    %2 = rn.activation %1 silu : (tensor<?x2x3x3xf32>) -> tensor<?x2x3x3xf32>
    %3 = rn.multiply %2, %g : (tensor<?x2x3x3xf32>, tensor<?x2x3x3xf32>) -> tensor<?x2x3x3xf32>
    rn.yield %3 : tensor<?x2x3x3xf32>
  } shortcut {
  ^bb0(%a: tensor<?x2x3x3xf32>):
    %4 = rn.multiply %a, %g complement : (tensor<?x2x3x3xf32>, tensor<?x2x3x3xf32>) -> tensor<?x2x3x3xf32>
    rn.yield %4 : tensor<?x2x3x3xf32>
  })",
        {2, 3, 3}, {2, 3, 3});
}

} // namespace
