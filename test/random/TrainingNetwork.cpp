//===- TrainingNetwork.cpp - any random network as one that can be trained -===//

#include "test/random/TrainingNetwork.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/Passes.h"

namespace resnetc::test {
namespace {

using Module = mlir::OwningOpRef<mlir::ModuleOp>;

/// A function much like it that has all derivatives.
rn::Activation smoothed(rn::Activation function) {
  switch (function) {
  case rn::Activation::Relu:
  case rn::Activation::Relu6:
  case rn::Activation::HardSwish:
    return rn::Activation::Silu;
  case rn::Activation::LeakyRelu:
  case rn::Activation::Elu:
  case rn::Activation::HardTanh:
    return rn::Activation::Tanh;
  case rn::Activation::HardSigmoid:
    return rn::Activation::Sigmoid;
  default:
    return function;
  }
}

/// The norm of few values is a step function but for its eps: several in a row have no finite difference.
constexpr double gentleEps = 0.1;

void makeSmooth(rn::NetworkOp network) {
  mlir::IRRewriter rewriter(network.getContext());
  network.walk([&](mlir::Operation *op) {
    rewriter.setInsertionPoint(op);
    if (auto activation = mlir::dyn_cast<rn::ActivationOp>(op))
      activation.setActivationAttr(rn::ActivationAttr::get(
          op->getContext(), smoothed(activation.getActivation().getFunction()),
          smoothed(activation.getActivation().getFunction()) == activation.getActivation().getFunction()
              ? activation.getActivation().getParameter()
              : 0));
    else if (auto norm = mlir::dyn_cast<rn::BatchNormOp>(op))
      norm.setEps(llvm::APFloat(gentleEps));
    else if (auto norm = mlir::dyn_cast<rn::LayerNormOp>(op))
      norm.setEps(llvm::APFloat(gentleEps));
    else if (auto pool = mlir::dyn_cast<rn::MaxPool2dOp>(op))
      rewriter.replaceOpWithNewOp<rn::AvgPool2dOp>(pool, pool.getType(), pool.getInput(), pool.getKernel(),
                                                   pool.getStrides(), pool.getPads(), pool.getCeil(),
                                                   /*count_include_pad=*/false);
    else if (auto pool = mlir::dyn_cast<rn::GlobalMaxPoolOp>(op))
      rewriter.replaceOpWithNewOp<rn::GlobalAvgPoolOp>(pool, pool.getType(), pool.getInput());
  });
}

} // namespace

Module trainable(mlir::ModuleOp module, bool smooth) {
  Module copy = module.clone();
  rn::NetworkOp network = networkOf(*copy);
  if (smooth)
    makeSmooth(network);
  auto end = mlir::cast<rn::ReturnOp>(network.getBody().front().getTerminator());
  auto image = rn::imageShape(end.getOutput().getType());
  if (image.size() == 3) {
    mlir::OpBuilder builder(end);
    auto type = rn::activationType(builder.getF32Type(), {image[0] * image[1] * image[2]});
    end.getOutputMutable().assign(rn::FlattenOp::create(builder, network.getLoc(), type, end.getOutput()));
  }
  return copy;
}

Module differentiated(mlir::ModuleOp module, const rn::TrainingOptions &options) {
  Module copy = module.clone();
  mlir::PassManager manager(module->getContext());
  auto &network = manager.nest<rn::NetworkOp>();
  network.addPass(rn::createFlattenResiduals());
  network.addPass(mlir::createCanonicalizerPass());
  rn::PrepareTrainingOptions prepare;
  prepare.freezeBatchNorm = options.freezeBatchNorm;
  prepare.frozen.assign(options.frozen.begin(), options.frozen.end());
  prepare.probes = options.probes;
  network.addPass(rn::createPrepareTraining(prepare));
  network.addPass(rn::createDifferentiate());
  return failed(manager.run(*copy)) ? Module() : std::move(copy);
}

TrainingValues::TrainingValues(rn::NetworkOp network, uint64_t seed, int64_t batch, int64_t valid)
    : values(network, seed, batch), counters{valid, seed * 0x9E3779B97F4A7C15u, uint32_t(seed)} {
  std::mt19937 random(uint32_t(seed * 13 + 1));
  while (int64_t(labels.size()) < batch)
    labels.push_back(int32_t(random() % rn::channels(network.getOutput().getType())));
  while (seed % 2 && int64_t(secondLabels.size()) < batch)
    secondLabels.push_back(int32_t(random() % rn::channels(network.getOutput().getType())));
  counters.mix = secondLabels.empty() ? 1 : float(random() % 5) / 4;
}

TrainingCounters TrainingValues::withLabels() const {
  TrainingCounters all = counters;
  all.secondLabels = secondLabels;
  return all;
}

template <typename T> llvm::Expected<TrainingResult<T>> TrainingValues::run(rn::NetworkOp network) const {
  NamedTensors views;
  for (auto &parameter : values.parameters)
    views[parameter.first()] = parameter.second;
  std::vector<T> images;
  for (float value : values.input)
    images.push_back(T(value));
  return interpretTraining<T, float>(network, views, images, labels, withLabels());
}
template llvm::Expected<TrainingResult<double>> TrainingValues::run(rn::NetworkOp) const;
template llvm::Expected<TrainingResult<RunningError>> TrainingValues::run(rn::NetworkOp) const;

double TrainingValues::loss(rn::NetworkOp network, const llvm::StringMap<std::vector<double>> &direction,
                            double distance) const {
  llvm::StringMap<std::vector<double>> moved;
  llvm::StringMap<llvm::ArrayRef<double>> views;
  for (auto &parameter : values.parameters) {
    std::vector<double> &data = moved[parameter.first()];
    data.assign(parameter.second.begin(), parameter.second.end());
    if (auto found = direction.find(parameter.first()); found != direction.end())
      for (size_t i = 0; i < data.size(); ++i)
        data[i] += distance * found->second[i];
    views[parameter.first()] = data;
  }
  std::vector<double> images(values.input.begin(), values.input.end());
  auto result = llvm::cantFail(interpretTraining<double, double>(network, views, images, labels, withLabels()));
  double sum = 0;
  for (double part : result.losses)
    sum += part;
  return sum;
}

} // namespace resnetc::test
