// A network computes the same before and after every pass: to 1e-10 in double, and in float within the sum of both
// running error bounds.
#include "compiler/passes/rn/Passes.h"
#include "RandomNetwork.h"
#include "compiler/lower/AstToRn.h"
#include "mlir/IR/Verifier.h"
#include "gtest/gtest.h"

using namespace resnetc;
using namespace resnetc::test;

namespace {

struct Case {
  Case(unsigned seed, int blocks, int64_t batch) : random(seed), batch(batch) {
    dsl::Network network = randomNetwork(random, blocks);
    module = lowerToRn(network, llvm::SourceMgr(), context);
    if (!module)
      return;
    parameters.emplace(op(), random);
    int64_t elements = batch;
    for (int64_t extent : network.input)
      elements *= extent;
    bool bytes = network.inputType == dsl::ElementType::U8;
    std::uniform_real_distribution<float> values(-1, 1);
    std::uniform_int_distribution<int> byteValues(0, 255);
    for (int64_t i = 0; i < elements; ++i)
      input.push_back(bytes ? byteValues(random) : values(random));
  }

  rn::NetworkOp op() { return *module->getOps<rn::NetworkOp>().begin(); }

  template <typename T> std::vector<T> run() {
    std::vector<T> values;
    for (float value : input)
      values.push_back(T(value));
    auto result = interpret<T>(op(), parameters->views, values, batch);
    EXPECT_TRUE(static_cast<bool>(result)) << llvm::toString(result.takeError());
    return result ? *result : std::vector<T>();
  }

  std::mt19937 random;
  int64_t batch;
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::optional<RandomParameters> parameters;
  std::vector<float> input;
};

class PassesTest : public testing::TestWithParam<unsigned> {};

TEST_P(PassesTest, everyPassKeepsTheMeaning) {
  Case net(GetParam(), /*blocks=*/4, /*batch=*/2);
  ASSERT_TRUE(static_cast<bool>(net.module));
  auto exact = net.run<double>();
  auto bounded = net.run<RunningError>();
  ASSERT_EQ(exact.size(), 10u);
  for (size_t i = 0; i < exact.size(); ++i) {
    ASSERT_LE(std::abs(exact[i] - bounded[i].value), bounded[i].error * (1 + 1e-6) + 1e-12);
    ASSERT_LE(bounded[i].error, 0.1 * std::max(1.0, std::abs(exact[i]))) << "a bound that says nothing";
  }

  auto step = [&](auto create, const char *name) {
    mlir::PassManager manager(&net.context);
    manager.addNestedPass<rn::NetworkOp>(create());
    ASSERT_TRUE(mlir::succeeded(manager.run(*net.module))) << name;
    auto exactAfter = net.run<double>();
    auto boundedAfter = net.run<RunningError>();
    ASSERT_EQ(exactAfter.size(), exact.size()) << name;
    for (size_t i = 0; i < exact.size(); ++i) {
      EXPECT_NEAR(exactAfter[i], exact[i], 1e-10 * std::max(1.0, std::abs(exact[i]))) << name;
      EXPECT_LE(std::abs(boundedAfter[i].value - bounded[i].value),
                (boundedAfter[i].error + bounded[i].error) * (1 + 1e-6))
          << name;
    }
  };
  step(rn::createFoldBatchNorm, "fold-batch-norm");
  step(rn::createFlattenResiduals, "flatten-residuals");
  step(rn::createFuseSkipAdd, "fuse-skip-add");
  step(rn::createFuseActivation, "fuse-activation");
  step(rn::createSelectLayout, "select-layout");
}

TEST_P(PassesTest, pipelineKeepsTheMeaning) {
  Case net(GetParam() + 1000, /*blocks=*/5, /*batch=*/1);
  ASSERT_TRUE(static_cast<bool>(net.module));
  auto before = net.run<double>();
  mlir::PassManager manager(&net.context);
  rn::addRnPasses(manager);
  ASSERT_TRUE(mlir::succeeded(manager.run(*net.module)));
  auto after = net.run<double>();
  ASSERT_EQ(after.size(), before.size());
  for (size_t i = 0; i < before.size(); ++i)
    EXPECT_NEAR(after[i], before[i], 1e-10 * std::max(1.0, std::abs(before[i])));
  net.op().walk([](mlir::Operation *op) {
    EXPECT_FALSE((mlir::isa<rn::BatchNormOp, rn::ResidualOp>(op))) << op->getName().getStringRef().str();
    for (mlir::Value result : op->getResults())
      EXPECT_TRUE(rn::isParameter(result.getType()) || rn::hasLayout(result.getType()));
  });
}

/// NaN in any pixel reaches the result, through ReLU and pools, at every stage.
TEST_P(PassesTest, nanReachesTheResult) {
  Case net(GetParam() + 2000, /*blocks=*/3, /*batch=*/1);
  ASSERT_TRUE(static_cast<bool>(net.module));
  net.input[net.input.size() / 2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(net.run<float>().front()));
  mlir::PassManager manager(&net.context);
  rn::addRnPasses(manager);
  ASSERT_TRUE(mlir::succeeded(manager.run(*net.module)));
  EXPECT_TRUE(std::isnan(net.run<float>().front()));
}

INSTANTIATE_TEST_SUITE_P(Seeds, PassesTest, testing::Range(0u, 12u));

} // namespace
