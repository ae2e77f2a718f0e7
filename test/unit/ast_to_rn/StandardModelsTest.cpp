// The networks that come with the compiler, from text through every pass over rn: nothing may be left that runs alone
// although it could run in a convolution, and the layout changes twice (the entry counts).
#include "compiler/ir/rn/Rn.h"
#include "compiler/lower/AstToRn.h"
#include "compiler/passes/rn/Passes.h"
#include "dsl/FrontEnd.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace resnetc;

namespace {

/// How many ops of each kind there are; of convolutions also those with two results.
struct Expected {
  const char *model;
  unsigned convs, pads, pools, twoResults;
  unsigned depth = 0; ///< of the CIFAR networks
};

void PrintTo(const Expected &expected, std::ostream *os) { *os << expected.model << " " << expected.depth; }

struct StandardModelsTest : testing::TestWithParam<Expected> {};

TEST_P(StandardModelsTest, everythingFuses) {
  llvm::SourceMgr sources;
  dsl::Diagnostics diagnostics(sources);
  dsl::Options options;
  options.stdFolders = {RESNETC_STD};
  if (GetParam().depth)
    options.parameters = {"depth=" + std::to_string(GetParam().depth)};
  auto network =
      dsl::load(std::string(RESNETC_STD "/models/") + GetParam().model + ".rn", options, sources, diagnostics);
  ASSERT_TRUE(network);
  mlir::MLIRContext context;
  auto module = lowerToRn(*network, sources, context);
  ASSERT_TRUE(static_cast<bool>(module));
  unsigned parameters = 0, parametersAfter = 0;
  module->walk([&](rn::ParameterOp) { ++parameters; });
  mlir::PassManager manager(&context);
  rn::addRnPasses(manager);
  ASSERT_TRUE(mlir::succeeded(manager.run(*module)));

  llvm::StringMap<unsigned> count;
  module->walk([&](mlir::Operation *op) {
    ++count[op->getName().stripDialect()];
    if (auto conv = mlir::dyn_cast<rn::Conv2dOp>(op); conv && conv.getNumResults() == 2)
      ++count["two"];
    parametersAfter += mlir::isa<rn::ParameterOp>(op);
  });
  EXPECT_EQ(parameters, parametersAfter); // every one is still named
  EXPECT_EQ(count["conv2d"], GetParam().convs);
  EXPECT_EQ(count["two"], GetParam().twoResults);
  EXPECT_EQ(count["pad_shortcut"], GetParam().pads);
  EXPECT_EQ(count["max_pool2d"], GetParam().pools);
  for (const char *gone : {"add", "relu", "affine", "batch_norm", "residual"})
    EXPECT_EQ(count[gone], 0u) << gone;
  EXPECT_EQ(count["linear"], 1u);
  EXPECT_EQ(count["global_avg_pool"], 1u);
  // The exit, and the entry of an f32 input.
  EXPECT_EQ(count["to_layout"] + count["normalize"], 2u);
}

// Option A pads where the shape changes: twice. Pre-activation: a convolution has two results where the block after it
// has an identity shortcut, since that reads the sum and its activation: in all blocks but those that change the shape.
INSTANTIATE_TEST_SUITE_P(
    Models, StandardModelsTest,
    testing::Values(Expected{"resnet18", 20, 0, 1, 0}, Expected{"resnet34", 36, 0, 1, 0},
                    Expected{"resnet50", 53, 0, 1, 0}, Expected{"resnet101", 104, 0, 1, 0},
                    Expected{"resnet152", 155, 0, 1, 0}, Expected{"plain34", 33, 0, 1, 0},
                    Expected{"cifar_resnet", 19, 2, 0, 0, 20}, Expected{"cifar_resnet", 55, 2, 0, 0, 56},
                    Expected{"cifar_resnet", 109, 2, 0, 0, 110}, Expected{"cifar_preact", 111, 0, 0, 52, 110},
                    Expected{"cifar_preact", 166, 0, 0, 51, 164}),
    [](const auto &info) {
      return info.param.model + (info.param.depth ? std::to_string(info.param.depth) : std::string());
    });

} // namespace
