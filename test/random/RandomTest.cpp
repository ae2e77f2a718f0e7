// What the random networks rely on: the generator draws all of the language, a failing network is reduced, a crash and
// a hang are failures. And what holds for every network but needs one that is known.
#include "compiler/passes/rn/Passes.h"
#include "dsl/Layers.h"
#include "mlir/Pass/PassManager.h"
#include "test/random/Generator.h"
#include "test/random/Isolate.h"
#include "test/random/Loaded.h"
#include "test/random/PlanSimulation.h"
#include "test/random/Reduce.h"
#include "test/random/TextTree.h"
#include "test/random/Values.h"
#include "gtest/gtest.h"
#include <csignal>
#include <functional>
#include <unistd.h>

using namespace resnetc;
using namespace resnetc::test;

namespace {

TEST(Generator, oneSeedGivesOneText) {
  EXPECT_EQ(generate(7, {}).text, generate(7, {}).text);
  EXPECT_NE(generate(7, {}).text, generate(8, {}).text);
}

TEST(Generator, drawsTheWholeLanguage) {
  std::string all;
  for (uint64_t seed = 1; seed <= 400; ++seed)
    all += generate(seed, {}).text;
  for (const dsl::LayerInfo &layer : dsl::allLayers()) {
    EXPECT_NE(all.find(layer.name.str()), std::string::npos) << layer.name.str() << " is never drawn";
    for (const dsl::LayerParameter &parameter : layer.parameters)
      EXPECT_NE(all.find(parameter.name.str()), std::string::npos) << parameter.name.str() << " is never given";
  }
  for (const char *part : {"block ",
                           "residual {",
                           "shortcut pad",
                           "shortcut projection",
                           "shortcut projection_always",
                           "shortcut {",
                           "gated {",
                           "scale {",
                           "carry {",
                           "concat {",
                           "} {",
                           "const k",
                           "import std.resnet",
                           "repeat ",
                           " as i",
                           "if ",
                           "else {",
                           "train ",
                           " // ",
                           " / ",
                           " * ",
                           ",]",
                           ",)",
                           "; ",
                           "u8[",
                           "f32[",
                           "pad = [",
                           "stride = ["})
    EXPECT_NE(all.find(part), std::string::npos) << "'" << part << "' is never drawn";
}

TEST(Generator, givesNoMoreClassWeightsThanAListHolds) {
  // The seed whose flattened map has more than 65536 scores, and a loss with a weight for each.
  Generated network = generate(827728, {});
  EXPECT_GT(network.output[0], 65536);
  EXPECT_TRUE(Loaded(network.text).module) << Loaded(network.text).failure;
}

TEST(Values, aDifferenceIsFound) {
  EXPECT_EQ(compareExact({1, 2}, {1, 2 + 1e-11}), "");
  EXPECT_EQ(compareExact({1, 2}, {1, 2 + 1e-9}), "result 1 is 2.000000001000000e+00, not 2.000000000000000e+00");
  EXPECT_EQ(compareExact({1}, {std::nan("")}), "result 0 is nan, not 1.000000000000000e+00");
  EXPECT_EQ(compareExact({1}, {}), "0 results, not 1");
  const RunningError one(1.0f, 1e-6), loose(1.0f, 1e9);
  EXPECT_EQ(compareBounded({one}, {RunningError(1.0f + 1e-6f, 1e-6)}), "");
  EXPECT_EQ(compareBounded({one}, {RunningError(1.0f + 1e-5f, 1e-6)}),
            "result 0 is 1.000010014e+00, not 1.000000000e+00 +- 2.000e-06");
  // A bound that says nothing does not let everything pass.
  EXPECT_EQ(compareBounded({loose}, {RunningError(1.0f + 1e-4f, 1e9)}), "");
  EXPECT_EQ(compareBounded({loose}, {RunningError(2.0f, 1e9)}),
            "result 0 is 2.000000000e+00, not 1.000000000e+00 +- 1.000e-03");
}

TEST(Isolate, aCrashAndAHangAreFailures) {
  EXPECT_EQ(isolated([] { return Failure(); }, 10), "");
  EXPECT_EQ(isolated([] { return Failure("pass x: words"); }, 10), "pass x: words");
  EXPECT_EQ(isolated(
                []() -> Failure {
                  raise(SIGSEGV);
                  return "";
                },
                10),
            "crash: Segmentation fault");
  EXPECT_EQ(isolated(
                []() -> Failure {
                  pause();
                  return "";
                },
                1),
            "hang: no end after 1 s");
}

/// A pass that forgot about average pools of stride 2, say: everything else goes.
TEST(Reduce, findsTheStatementThatFails) {
  const std::string text = R"(
block b(channels, stride = 2) {
  residual { conv1: conv(channels, 3, stride = stride); avg_pool(kernel = 3, stride = stride * 1); relu }
    shortcut { conv(channels, kernel = 1, stride = 4) }
  relu
}
block twice(n) { repeat n as i { b(n * 8 + i) }; relu }
network net(classes = 10) {
  input image: f32[3, 33, 33]
  layer1: { twice(2); batch_norm }
  global_avg_pool; fc: linear(classes)
}
)";
  int checks = 0;
  std::string reduced = reduce(text, [&](const std::string &candidate) {
    ++checks;
    llvm::SourceMgr sources;
    dsl::Diagnostics diagnostics(sources);
    auto network = dsl::load(llvm::MemoryBuffer::getMemBufferCopy(candidate, "net.rn"), {}, sources, diagnostics);
    std::function<bool(const dsl::Sequence &)> fails = [&](const dsl::Sequence &layers) {
      return llvm::any_of(layers, [&](const dsl::Layer &layer) {
        if (auto *residual = std::get_if<dsl::Residual>(&layer.kind))
          return fails(residual->body) || fails(residual->shortcut);
        auto *pool = std::get_if<dsl::AvgPool>(&layer.kind);
        return pool && pool->stride[0] == 2;
      });
    };
    return network && fails(network->layers);
  });
  EXPECT_EQ(reduced, "network net {\n  input image: f32[1, 1, 1]\n  avg_pool(kernel = 1, stride = 2)\n}\n");
  EXPECT_LT(checks, 300);
}

TEST(TextTree, unrollsWhatItKnowsTheCountOf) {
  EXPECT_EQ(
      unrolled("block b(n) { repeat n { relu } }\nnetwork net { input x: f32[1]; repeat 1 + 1 as i { linear(i + 1, "
               "bias = i == 0); repeat i + 1 { relu } } }"),
      "block b(n) {\n  repeat n {\n    relu\n  }\n}\nnetwork net {\n  input x: f32[1]\n"
      "  linear(0 + 1, bias = 0 == 0)\n  relu\n  linear(1 + 1, bias = 1 == 0)\n  relu\n  relu\n}\n");
  EXPECT_EQ(unrolled("network net { input x: f32[1]; relu }"), "");
}

const char *const knownNetwork = R"(
network net {
  input image: u8[2, 9, 7]
  conv(5, kernel = 3); batch_norm; relu
  max_pool(kernel = 3, stride = 2)
  residual { conv(9, kernel = 3, stride = 2); batch_norm; relu; conv(9, kernel = 3); batch_norm } shortcut pad
  batch_norm; relu
  residual { residual { conv(9, kernel = 1) } shortcut projection_always; relu }
  global_avg_pool; linear(4)
}
)";

mlir::OwningOpRef<mlir::ModuleOp> optimised(Loaded &loaded) {
  mlir::OwningOpRef<mlir::ModuleOp> module = loaded.module->clone();
  mlir::PassManager manager(&loaded.context);
  rn::addRnPasses(manager);
  EXPECT_TRUE(mlir::succeeded(manager.run(*module)));
  return module;
}

TEST(Pipeline, leavesNothingThatRnToPlanCannotRead) {
  Loaded loaded(knownNetwork);
  networkOf(*optimised(loaded)).walk([](mlir::Operation *op) {
    EXPECT_FALSE((mlir::isa<rn::BatchNormOp, rn::ResidualOp>(op))) << op->getName().getStringRef().str();
    for (mlir::Value result : op->getResults())
      EXPECT_TRUE(rn::isParameter(result.getType()) || rn::hasLayout(result.getType()));
  });
}

TEST(Plan, isSimulatedWithLoops) {
  Loaded loaded(knownNetwork);
  LoopCounts loops;
  EXPECT_EQ(checkPlan(*loaded.module, /*seed: no cache=*/3, loaded.objections, &loops), "");
  EXPECT_EQ(loops.overImages, 1);
}

TEST(Plan, isSimulatedWithLoopsOverBlocks) {
  for (const char *block :
       {"residual { conv(16, kernel = 3); batch_norm; relu; conv(16, kernel = 3); batch_norm }; relu",
        "residual { batch_norm; relu; conv(16, kernel = 3); batch_norm; relu; conv(16, kernel = 3) }",
        "conv(16, kernel = 3); relu"}) {
    Loaded loaded(
        ("network net(classes = 3) {\n  input image: u8[3, 9, 7]\n  conv(16, kernel = 3)\n  relu\n  repeat 9 { " +
         std::string(block) + " }\n  global_avg_pool\n  linear(classes)\n}\n"));
    LoopCounts loops;
    EXPECT_EQ(checkPlan(*loaded.module, /*seed: no cache=*/3, loaded.objections, &loops), "") << block;
    EXPECT_EQ(loops.overBlocks, 2) << block;
    EXPECT_EQ(loops.nested, 1) << block;
  }
}

/// Compiled with and without loops over blocks: the same packed weights, the same bits, for one image and for five.
TEST(Native, aLoopOverBlocksChangesNoBit) {
  auto around = [](const std::string &block) {
    return "network net(classes = 3) {\n  input image: u8[3, 19, 17]\n  conv(16, kernel = 3)\n  relu\n  repeat 5 { " +
           block + " }\n  global_avg_pool\n  linear(classes)\n}\n";
  };
  auto file = llvm::MemoryBuffer::getFile(RESNETC_STD_FOLDER "/models/cifar_preact.rn");
  ASSERT_TRUE(!!file);
  std::string cifar = (*file)->getBuffer().str();
  cifar.replace(cifar.find("depth = 110"), 11, "depth = 32");
  const std::string basic =
      "residual { conv(16, kernel = 3); batch_norm; relu; conv(16, kernel = 3); batch_norm }; relu";
  const std::string excited = "residual { conv(16, kernel = 3); scale { global_avg_pool; linear(16); sigmoid } }";
  // Segments of single images end before the first vector: blocks that have some run for whole batches.
  for (const auto &[text, isNested] :
       {std::pair(around(basic), true), std::pair(around(excited), false), std::pair(cifar, true)})
    for (uint64_t seed : {1, 3}) { // 3: image by image
      LoopCounts loops;
      EXPECT_EQ(checkNative(text, seed, &loops), "") << text;
      EXPECT_EQ(loops.overBlocks, 2) << text;
      EXPECT_EQ(loops.nested, seed == 3 && isNested) << text;
    }
}

/// NaN in any pixel reaches the result, through activations and pools.
TEST(Pipeline, nanReachesTheResult) {
  Loaded loaded(knownNetwork);
  Values values(networkOf(*loaded.module), 1, 1);
  values.input[values.input.size() / 2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(values.run<float>(networkOf(*loaded.module)).front()));
  EXPECT_TRUE(std::isnan(values.run<float>(networkOf(*optimised(loaded))).front()));
}

} // namespace
