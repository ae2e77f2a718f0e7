#include "compiler/lower/AstToRn.h"
#include "compiler/ir/rn/Rn.h"
#include "mlir/IR/Diagnostics.h"
#include "gtest/gtest.h"

using namespace resnetc;
using namespace resnetc::dsl;

namespace {

struct AstToRnTest : testing::Test {
  AstToRnTest() {
    sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBuffer("network n {\n  conv1: conv(4)\n}\n", "net.rn"),
                               llvm::SMLoc());
  }
  /// The place of `text` in the file.
  Location at(llvm::StringRef text) {
    llvm::StringRef file = sources.getMemoryBuffer(1)->getBuffer();
    const char *begin = file.data() + file.find(text);
    return {llvm::SMLoc::getFromPointer(begin), llvm::SMLoc::getFromPointer(begin + text.size())};
  }
  std::string lower(const Network &network) {
    module = lowerToRn(network, sources, context);
    if (!module)
      return "";
    std::string text;
    llvm::raw_string_ostream os(text);
    module->print(os);
    return text;
  }
  Network network(ElementType type, Shape input, Sequence layers) {
    Network network{"n",           type, input, layers.empty() ? input : layers.back().output, std::move(layers),
                    at("network"), {}};
    return network;
  }
  void expect(const std::string &text, llvm::StringRef part) {
    EXPECT_NE(text.find(part.str()), std::string::npos) << "no '" << part.str() << "' in\n" << text;
  }

  llvm::SourceMgr sources;
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

TEST_F(AstToRnTest, layersAndParameterNames) {
  Conv2d conv{4, {3, 3}, {2, 2}, {1, 1}, {1, 1}, {1, 1}, 1, true};
  auto text =
      lower(network(ElementType::F32, {2, 8, 8},
                    {{"layer1.0.conv1", true, conv, {2, 8, 8}, {4, 4, 4}, at("conv1"), {}},
                     {"bn1", false, BatchNorm{1e-3, 0.1}, {4, 4, 4}, {4, 4, 4}, {}, {}},
                     {"relu", true, Activation{ActivationFunction::Relu}, {4, 4, 4}, {4, 4, 4}, {}, {}},
                     {"pool", true, MaxPool{{3, 3}, {2, 2}, {1, 1}, {1, 1}}, {4, 4, 4}, {4, 2, 2}, {}, {}},
                     {"avg", true, AvgPool{{1, 2}, {1, 1}, {0, 0}, {0, 0}, false}, {4, 2, 2}, {4, 2, 1}, {}, {}},
                     {"flat", true, Flatten{}, {4, 2, 1}, {8}, {}, {}},
                     {"fc", true, Linear{5, true}, {8}, {5}, {}, {}},
                     {"soft", true, Softmax{}, {5}, {5}, {}, {}}}));
  expect(text, "rn.network @n(%arg0: tensor<?x2x8x8xf32>) {");
  expect(text, R"(rn.parameter "layer1.0.conv1.weight" : tensor<4x2x3x3xf32>)");
  expect(text, R"(rn.parameter "layer1.0.conv1.bias" {init = 0.000000e+00 : f64} : tensor<4xf32>)");
  expect(text, "bias(%1) strides [2, 2] pads [1, 1] :");
  for (auto [name, init] : {std::pair("weight", '1'), {"bias", '0'}, {"running_mean", '0'}, {"running_var", '1'}})
    expect(text, R"(rn.parameter "bn1.)" + std::string(name) + R"(" {init = )" + init +
                     ".000000e+00 : f64, stable = false} : tensor<4xf32>");
  expect(text, "{eps = 1.000000e-03 : f64}");
  expect(text, "rn.max_pool2d %8 kernel [3, 3] strides [2, 2] pads [1, 1]");
  expect(text, "rn.avg_pool2d %9 kernel [1, 2] {count_include_pad = false}");
  expect(text, "-> tensor<?x8xf32>");
  expect(text, R"(rn.parameter "fc.weight" : tensor<5x8xf32>)");
  expect(text, "rn.softmax");
}

TEST_F(AstToRnTest, placesAndNames) {
  Conv2d conv{4, {1, 1}, {1, 1}, {0, 0}, {0, 0}, {1, 1}, 1, false};
  lower(network(ElementType::F32, {2, 1, 1}, {{"conv1", true, conv, {2, 1, 1}, {4, 1, 1}, at("conv1"), {}}}));
  ASSERT_TRUE(static_cast<bool>(module));
  rn::Conv2dOp op;
  module->walk([&](rn::Conv2dOp found) { op = found; });
  auto name = mlir::cast<mlir::NameLoc>(op.getLoc());
  EXPECT_EQ(name.getName(), "conv1");
  auto place = mlir::cast<mlir::FileLineColLoc>(name.getChildLoc());
  EXPECT_EQ(place.getFilename(), "net.rn");
  EXPECT_EQ(place.getLine(), 2u);
  EXPECT_EQ(place.getColumn(), 3u);
}

TEST_F(AstToRnTest, bytesAreDividedBy255) {
  expect(lower(network(ElementType::U8, {2}, {{"r", true, Activation{ActivationFunction::Relu}, {2}, {2}, {}, {}}})),
         "rn.normalize %arg0 mean [0.000000e+00, 0.000000e+00] std [1.000000e+00, 1.000000e+00] : (tensor<?x2xui8>) -> "
         "tensor<?x2xf32>");
  auto text = lower(network(ElementType::U8, {1}, {{"n", true, Normalize{{0.5}, {0.25}}, {1}, {1}, {}, {}}}));
  expect(text, "rn.normalize %arg0 mean [5.000000e-01] std [2.500000e-01] :");
  EXPECT_EQ(text.find("mean [0.0"), std::string::npos);
}

TEST_F(AstToRnTest, residualsKeepTheirRegions) {
  Sequence none;
  Conv2d conv{4, {1, 1}, {2, 2}, {0, 0}, {0, 0}, {1, 1}, 1, false};
  Sequence body{{"b.conv1", true, conv, {2, 3, 3}, {4, 2, 2}, {}, {}}};
  Sequence branch{{"b.downsample.0", true, conv, {2, 3, 3}, {4, 2, 2}, {}, {}}};
  auto text = lower(
      network(ElementType::F32, {2, 3, 3},
              {{"a",
                true,
                Residual{{{"r", true, Activation{ActivationFunction::Relu}, {2, 3, 3}, {2, 3, 3}, {}, {}}},
                         ShortcutKind::Identity,
                         none,
                         {1, 1},
                         {}},
                {2, 3, 3},
                {2, 3, 3},
                {},
                {}},
               {"b", true, Residual{body, ShortcutKind::Branch, branch, {2, 2}, {}}, {2, 3, 3}, {4, 2, 2}, {}, {}},
               {"c", true, Residual{none, ShortcutKind::Pad, none, {1, 1}, {}}, {4, 2, 2}, {4, 2, 2}, {}, {}}}));
  expect(text, R"(rn.residual %arg0 block "a")");
  expect(text, "shortcut {\n    ^bb0(%arg1: tensor<?x2x3x3xf32>):\n      rn.yield %arg1");
  expect(text, R"(block "b" : tensor<?x2x3x3xf32> -> tensor<?x4x2x2xf32>)");
  expect(text, R"(rn.parameter "b.downsample.0.weight")");
  expect(text, "rn.pad_shortcut %arg1 : (tensor<?x4x2x2xf32>) -> tensor<?x4x2x2xf32>");
}

/// A layer named `name` that keeps the shape.
Layer keeping(const std::string &name, LayerKind kind, const Shape &shape) {
  return {name, true, std::move(kind), shape, shape, {}, {}};
}

TEST_F(AstToRnTest, learnedFactorsAreAffine) {
  auto text = lower(network(ElementType::F32, {2},
                            {keeping("m", Multiply{0.5}, {2}), keeping("s", LearnedScale{1, false}, {2}),
                             keeping("b", LearnedBias{0, true}, {2}), keeping("d", Dropout{0.5}, {2}),
                             keeping("p", DropPath{0.25}, {2}), keeping("n", LayerNorm{1e-3}, {2}),
                             keeping("a", Activation{ActivationFunction::LeakyRelu, 0.5}, {2})}));
  expect(text, "%0 = rn.fill 5.000000e-01 : tensor<2xf32>\n    %1 = rn.fill 0.000000e+00 : tensor<2xf32>\n    "
               "%2 = rn.affine %arg0, %0, %1 :");
  expect(text, "%3 = rn.parameter \"s.weight\" {init = 1.000000e+00 : f64} : tensor<1xf32>\n    %4 = rn.broadcast %3 : "
               "tensor<1xf32> -> "
               "tensor<2xf32>\n    %5 = rn.fill 0.000000e+00 : tensor<2xf32>\n    %6 = rn.affine %2, %4, %5 :");
  expect(text, "%7 = rn.parameter \"b.bias\" {init = 0.000000e+00 : f64} : tensor<2xf32>\n    %8 = rn.fill "
               "1.000000e+00 : tensor<2xf32>\n    "
               "%9 = rn.affine %6, %8, %7 :");
  expect(text, "rn.dropout %9 rate 5.000000e-01 :");
  expect(text, "rn.drop_path %10 rate 2.500000e-01 :");
  expect(text, "rn.layer_norm %11, %12, %13 {eps = 1.000000e-03 : f64} :");
  expect(text, "rn.activation %14 leaky_relu(5.000000e-01) :");
}

TEST_F(AstToRnTest, gatesOfResidualsAreComputedBefore) {
  Sequence gate{keeping("g", Activation{ActivationFunction::Sigmoid}, {2})};
  Residual residual{
      {keeping("r", Activation{ActivationFunction::Relu}, {2})}, ShortcutKind::Identity, {}, {1, 1}, gate};
  auto text = lower(network(ElementType::F32, {2}, {keeping("h", residual, {2})}));
  expect(text, "%0 = rn.activation %arg0 sigmoid");
  expect(text, "rn.multiply %2, %0 :");
  expect(text, "rn.multiply %arg1, %0 complement :");
}

TEST_F(AstToRnTest, scaleAndConcat) {
  Sequence gate{{"g", true, GlobalMaxPool{}, {2, 3, 3}, {2}, {}, {}}};
  auto text = lower(network(ElementType::F32, {2, 3, 3},
                            {keeping("s", Scale{gate, false}, {2, 3, 3}),
                             keeping("c", Scale{gate, true}, {2, 3, 3}),
                             {"cat", true, Concat{{{}, {}, {}}}, {2, 3, 3}, {6, 3, 3}, {}, {}}}));
  expect(text, "%0 = rn.global_max_pool %arg0");
  expect(text, "%1 = rn.multiply %arg0, %0 :");
  expect(text, "%3 = rn.multiply %1, %2 complement :");
  expect(text, "rn.concat %3, %3, %3 :");
}

TEST_F(AstToRnTest, signalsAreMapsOfHeightOne) {
  Conv2d conv{4, {1, 3}, {1, 2}, {0, 2}, {0, 0}, {1, 1}, 1, false};
  MaxPool pool{{1, 2}, {1, 2}, {0, 0}, {0, 0}, true};
  auto text = lower(network(ElementType::F32, {2, 9},
                            {{"c", true, conv, {2, 9}, {4, 5}, {}, {}}, {"p", true, pool, {4, 5}, {4, 3}, {}, {}}}));
  expect(text, "rn.network @n(%arg0: tensor<?x2x1x9xf32>) attributes {signal} {");
  expect(text, R"(rn.parameter "c.weight" : tensor<4x2x3xf32>)");
  expect(text, "strides [1, 2] pads [0, 2, 0, 0] :");
  expect(text, "rn.max_pool2d %1 kernel [1, 2] strides [1, 2] ceil : (tensor<?x4x1x5xf32>) -> tensor<?x4x1x3xf32>");
}

TEST_F(AstToRnTest, trainSectionIsKept) {
  Network net = network(ElementType::F32, {2}, {});
  TrainChoice sgd{"sgd", {{"lr", {0.1}}, {"nesterov", {true}}}};
  net.train = TrainSection{{{"optimizer", {sgd}},
                            {"batch", {int64_t(8)}},
                            {"augment", {std::vector<TrainValue>{{TrainChoice{"flip", {}}}}}}},
                           {}};
  expect(lower(net), "attributes {train = {augment = [{name = \"flip\"}], batch = 8 : i64, optimizer = {lr = "
                     "1.000000e-01 : f64, name = \"sgd\", nesterov = true}}} {");
}

TEST_F(AstToRnTest, whatDoesNotFitIsRefused) {
  std::string message;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) { message = diagnostic.str(); });
  Conv2d conv{4, {3, 3}, {1, 1}, {0, 0}, {0, 0}, {1, 1}, 1, false};
  EXPECT_EQ(lower(network(ElementType::F32, {2, 8, 8}, {{"c", true, conv, {2, 8, 8}, {4, 8, 8}, {}, {}}})), "");
  EXPECT_EQ(message, "'rn.conv2d' op makes 4x6x6, but the result type says 4x8x8");
}

} // namespace
