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
  expect(text, R"(rn.parameter "layer1.0.conv1.bias" : tensor<4xf32>)");
  expect(text, "bias(%1) strides [2, 2] pads [1, 1] :");
  for (const char *name : {"weight", "bias", "running_mean", "running_var"})
    expect(text, R"(rn.parameter "bn1.)" + std::string(name) + R"(" {stable = false} : tensor<4xf32>)");
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

TEST_F(AstToRnTest, whatDoesNotFitIsRefused) {
  std::string message;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) { message = diagnostic.str(); });
  Conv2d conv{4, {3, 3}, {1, 1}, {0, 0}, {0, 0}, {1, 1}, 1, false};
  EXPECT_EQ(lower(network(ElementType::F32, {2, 8, 8}, {{"c", true, conv, {2, 8, 8}, {4, 8, 8}, {}, {}}})), "");
  EXPECT_EQ(message, "'rn.conv2d' op makes 4x6x6, but the result type says 4x8x8");
}

} // namespace
