//===- TrainingFixture.h - a training step of a network given as text -----===//

#ifndef RESNETC_TEST_UNIT_INTERPRETER_TRAININGFIXTURE_H
#define RESNETC_TEST_UNIT_INTERPRETER_TRAININGFIXTURE_H

#include "compiler/interpreter/Training.h"
#include "compiler/passes/rn/Passes.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"
#include <random>

namespace resnetc::test {

/// A network of the ops of inference that became a training step, with random parameters, images and labels.
struct TrainingStep {
  explicit TrainingStep(const std::string &network, int64_t batch, uint32_t seed = 1, bool frozen = false)
      : batch(batch), random(seed) {
    context.loadDialect<rn::RnDialect>();
    context.getDiagEngine().registerHandler(
        [this](mlir::Diagnostic &diagnostic) { objections += diagnostic.str() + "\n"; });
    module = mlir::parseSourceString<mlir::ModuleOp>(network, &context);
    if (!module)
      return;
    draw();
    mlir::PassManager manager(&context);
    auto &passes = manager.nest<rn::NetworkOp>();
    passes.addPass(rn::createFlattenResiduals());
    rn::PrepareTrainingOptions options;
    options.freezeBatchNorm = frozen;
    passes.addPass(rn::createPrepareTraining(options));
    passes.addPass(rn::createDifferentiate());
    if (failed(manager.run(*module)))
      module = {};
  }

  rn::NetworkOp network() { return *module->getOps<rn::NetworkOp>().begin(); }

  llvm::Expected<TrainingResult<double>> tryRun() {
    llvm::StringMap<llvm::ArrayRef<double>> views;
    for (auto &[name, data] : parameters)
      views[name] = data;
    return interpretTraining<double>(network(), views, images, labels, counters());
  }
  TrainingResult<double> run() { return llvm::cantFail(tryRun()); }
  double loss() {
    double sum = 0;
    for (double part : run().losses)
      sum += part;
    return sum;
  }
  TrainingCounters counters() const { return {valid ? valid : batch, 42, 7, mix, secondLabels}; }

  int64_t batch, valid = 0; ///< 0: all
  std::map<std::string, std::vector<double>> parameters;
  std::vector<double> images;
  std::vector<int32_t> labels, secondLabels; ///< the latter: none, or one each
  float mix = 1;
  std::string objections;
  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::mt19937 random;

private:
  /// Before the passes: running statistics are parameters of inference.
  void draw() {
    auto uniform = [&](double low, double high) { return std::uniform_real_distribution<double>(low, high)(random); };
    network().walk([&](rn::ParameterOp op) {
      bool isVariance = op.getName().ends_with("running_var");
      std::vector<double> &data = parameters[op.getName().str()];
      for (data.clear(); int64_t(data.size()) < op.getType().getNumElements();)
        data.push_back(isVariance ? uniform(0.5, 2) : uniform(-1, 1));
    });
    int64_t elements = batch;
    for (int64_t extent : rn::imageShape(network().getInput().getType()))
      elements *= extent;
    while (int64_t(images.size()) < elements)
      images.push_back(uniform(-1, 1));
    int64_t classes = rn::channels(network().getOutput().getType());
    while (int64_t(labels.size()) < batch)
      labels.push_back(int32_t(random() % classes));
  }
};

/// Each parameter's gradient is the central difference, element by element, to rtol and to a rounding of the loss.
inline void expectGradients(TrainingStep &step, const std::string &what, double rtol = 1e-5) {
  ASSERT_TRUE(static_cast<bool>(step.module)) << what << ": " << step.objections;
  TrainingResult<double> result = step.run();
  for (auto &[name, data] : step.parameters)
    ASSERT_EQ(result.gradients.count(name), name.find("running_") == std::string::npos) << what << ", " << name;
  constexpr double h = 1e-5;
  for (auto &[name, gradient] : result.gradients) {
    std::vector<double> &data = step.parameters[name];
    ASSERT_EQ(gradient.size(), data.size()) << what << ", " << name;
    for (size_t i = 0; i < data.size(); ++i) {
      const double kept = data[i];
      data[i] = kept + h;
      double above = step.loss();
      data[i] = kept - h;
      double below = step.loss();
      data[i] = kept;
      double difference = (above - below) / (2 * h);
      // (1e-16 of the loss) / h
      ASSERT_NEAR(gradient[i], difference, rtol * std::abs(difference) + 2e-10)
          << what << ", " << name << "[" << i << "]";
    }
  }
}

} // namespace resnetc::test

#endif // RESNETC_TEST_UNIT_INTERPRETER_TRAININGFIXTURE_H
