//===- Training.cpp - the ops of a training step --------------------------===//

#include "compiler/interpreter/Training.h"
#include "compiler/interpreter/ActivationSlopes.h"
#include "compiler/interpreter/Gradients.h"
#include "compiler/interpreter/InterpreterImpl.h"
#include "compiler/interpreter/TrainingLayers.h"
#include "compiler/kernels/Philox.h"

namespace resnetc {
namespace {

using namespace rn;
using namespace interpreter;

template <typename T> class Trainer : public Interpreter<T> {
  using Base = Interpreter<T>;
  using Base::batch, Base::get, Base::make, Base::parameters, Base::values, Base::zeros;

public:
  template <typename P>
  Trainer(const llvm::StringMap<llvm::ArrayRef<P>> &named, llvm::ArrayRef<int32_t> labels,
          const TrainingCounters &counters)
      : Base(named, labels.size()), labels(labels), counters(counters) {}

  llvm::Expected<TrainingResult<T>> train(NetworkOp network, llvm::ArrayRef<T> images) {
    if (!network.getLabels())
      return llvm::createStringError("the network has no labels: it is no training step");
    if (counters.valid < 1 || counters.valid > batch)
      return llvm::createStringError("valid images must be within 1.." + llvm::Twine(batch) + ", are " +
                                     llvm::Twine(counters.valid));
    llvm::Expected<std::vector<T>> losses = this->run(network, images);
    if (!losses)
      return losses.takeError();
    result.losses = std::move(*losses);
    return std::move(result);
  }

private:
  llvm::Error evaluateOther(mlir::Operation &op) override {
    return llvm::TypeSwitch<mlir::Operation *, llvm::Error>(&op)
        .Case<CrossEntropyOp, UpdateStatisticsOp, BatchNormTrainOp>([&](auto op) { return visit(op); })
        .template Case<GradientOfOp, ProbeOp, BatchNormGradientOp, Conv2dInputGradientOp, Conv2dFilterGradientOp,
                       LinearInputGradientOp, LinearWeightGradientOp, ChannelSumOp, SumChannelsOp, ActivationGradientOp,
                       MaxPool2dGradientOp, AvgPool2dGradientOp, GlobalAvgPoolGradientOp, GlobalMaxPoolGradientOp,
                       GateGradientOp, ChannelSliceOp, PadShortcutGradientOp, UnflattenOp, LayerNormGradientOp,
                       SoftmaxGradientOp, RandomDropOp>([&](auto op) {
          visit(op);
          return llvm::Error::success();
        })
        .Default([&](mlir::Operation *op) { return Base::evaluateOther(*op); });
  }

  //===-- the ends of a step -------------------------------------------------===//

  llvm::Error visit(CrossEntropyOp op) {
    auto found = lossOf(op, labels);
    if (!found)
      return found.takeError();
    auto &[losses, gradient] = *found;
    if (!counters.secondLabels.empty()) {
      auto other = lossOf(op, counters.secondLabels);
      if (!other)
        return other.takeError();
      blend(losses, other->first);
      blend(gradient, other->second);
    }
    values[op.getLosses()] = std::move(losses);
    values[op.getGradient()] = std::move(gradient);
    return llvm::Error::success();
  }
  llvm::Expected<std::pair<Tensor<T>, Tensor<T>>> lossOf(CrossEntropyOp op, llvm::ArrayRef<int32_t> labels) {
    Tensor<T> logits = get(op.getLogits()), losses = zeros(op.getLosses()), gradient = zeros(op.getGradient());
    for (int64_t n = 0; n < counters.valid; ++n)
      if (labels[n] < 0 || labels[n] >= logits.channels())
        return llvm::createStringError("label " + llvm::Twine(labels[n]) + " of image " + llvm::Twine(n) +
                                       " is none of the " + llvm::Twine(logits.channels()) + " classes");
    llvm::ArrayRef<double> weights = op.getClassWeights().value_or(llvm::ArrayRef<double>());
    crossEntropy(logits, labels, counters.valid, op.getSmoothing().convertToDouble(), weights, losses, gradient);
    return std::pair(std::move(losses), std::move(gradient));
  }
  /// first becomes mix first + (1 - mix) second.
  void blend(Tensor<T> &first, const Tensor<T> &second) {
    for (size_t i = 0; i < first.data.size(); ++i)
      first.data[i] = T(counters.mix) * first.data[i] + T(1 - counters.mix) * second.data[i];
  }
  void visit(ProbeOp op) {
    const Tensor<T> &value = get(op.getValue());
    T sum = T(0.0f);
    forEach(value, [&](int64_t n, int64_t c, int64_t y, int64_t x) {
      if (n < counters.valid)
        sum += value(n, c, y, x) * value(n, c, y, x);
    });
    result.probes[{op.getBlock().str(), stringifyProbeKind(op.getKind()).str()}] = sum;
  }
  void visit(GradientOfOp op) { result.gradients[op.getName().str()] = get(op.getGradient()).data; }

  //===-- batch norm -----------------------------------------------------------===//

  llvm::Error visit(BatchNormTrainOp op) {
    Tensor<T> y = get(op.getInput());
    if (counters.valid * y.height() * y.width() == 1)
      return llvm::createStringError("batch norm of one value a channel: statistics need two or more");
    Tensor<T> mean = zeros(op.getMean()), variance = zeros(op.getVariance());
    batchStatistics(y, counters.valid, mean.data, variance.data);
    const auto &gamma = get(op.getGamma()).data, &beta = get(op.getBeta()).data;
    T eps = T(op.getEps().convertToDouble());
    forEach(y, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
      T deviation = squareRoot(T(variance.data[c] + eps));
      y(n, c, h, w) = gamma[c] * ((y(n, c, h, w) - mean.data[c]) / deviation) + beta[c];
    });
    if (op.getResidual())
      this->addTo(y, op.getResidual());
    for (T &value : y.data)
      value = Base::activate(value, op.getActivation());
    values[op.getResult()] = std::move(y);
    values[op.getMean()] = std::move(mean);
    values[op.getVariance()] = std::move(variance);
    return llvm::Error::success();
  }

  /// running = (1 - momentum) running + momentum statistic
  llvm::Error update(llvm::StringRef name, const std::vector<T> &statistic, double momentum, T factor) {
    auto found = parameters.find(name);
    if (found == parameters.end() || found->second.size() != statistic.size())
      return llvm::createStringError("running statistic '" + name + "' is missing or has another size");
    std::vector<T> running = found->second;
    for (size_t c = 0; c < running.size(); ++c)
      running[c] = T(1 - momentum) * running[c] + T(momentum) * (statistic[c] * factor);
    result.statistics[name.str()] = std::move(running);
    return llvm::Error::success();
  }
  llvm::Error visit(UpdateStatisticsOp op) {
    const Tensor<T> &x = get(op.getX());
    double count = static_cast<double>(counters.valid * x.height() * x.width());
    double momentum = op.getMomentum().convertToDouble();
    if (llvm::Error error = update(op.getMeanName(), get(op.getMean()).data, momentum, T(1.0f)))
      return error;
    return update(op.getVarianceName(), get(op.getVariance()).data, momentum, T(count / (count - 1)));
  }

  void visit(BatchNormGradientOp op) {
    Tensor<T> dy = get(op.getDy()), dx = zeros(op.getDx());
    if (op.getOutput())
      mask(dy, get(op.getOutput()), op.getActivation(), /*ofOutput=*/true);
    Tensor<T> dgamma = zeros(op.getDgamma()), dbeta = zeros(op.getDbeta());
    batchNormGradient<T>({dy, get(op.getX()), get(op.getGamma()).data, get(op.getMean()).data,
                          get(op.getVariance()).data, op.getEps().convertToDouble(), op.getFrozen(), counters.valid},
                         dx, dgamma.data, dbeta.data);
    if (op.getResidual())
      this->addTo(dx, op.getResidual());
    values[op.getDx()] = std::move(dx);
    values[op.getDgamma()] = std::move(dgamma);
    values[op.getDbeta()] = std::move(dbeta);
    if (op.getMaskedDy())
      values[op.getMaskedDy()] = std::move(dy);
  }

  /// dy times the derivative that `saved` tells.
  static void mask(Tensor<T> &dy, const Tensor<T> &saved, ActivationAttr activation, bool ofOutput) {
    for (size_t i = 0; i < dy.data.size(); ++i)
      dy.data[i] = dy.data[i] * slope(saved.data[i], activation.getFunction(), activation.getParameter(), ofOutput);
  }
  void visit(ActivationGradientOp op) {
    Tensor<T> dx = get(op.getDy());
    mask(dx, get(op.getSaved()), op.getActivation(), op.getOfOutput());
    values[op] = std::move(dx);
  }

  //===-- convolutions and linear layers -----------------------------------===//

  /// A signal's filter as one of height 1.
  static Tensor<T> withHeight(Tensor<T> filter) {
    if (filter.shape.size() == 3)
      filter.shape.insert(filter.shape.begin() + 2, 1);
    return filter;
  }
  template <typename Op> Window window(Op op, const Tensor<T> &filter) {
    return makeWindow({filter.height(), filter.width()}, op.getStrides(), op.getPads(), op.getDilations());
  }
  void store(mlir::Value value, Tensor<T> sums, mlir::Value residual) {
    if (residual)
      this->addTo(sums, residual);
    values[value] = std::move(sums);
  }
  void visit(Conv2dInputGradientOp op) {
    Tensor<T> dx = zeros(op), filter = withHeight(get(op.getFilter()));
    conv2dInputGradient(get(op.getDy()), filter, window(op, filter), op.getGroups(), dx);
    store(op, std::move(dx), op.getResidual());
  }
  void visit(Conv2dFilterGradientOp op) {
    Tensor<T> dfilter = withHeight(zeros(op));
    conv2dFilterGradient(get(op.getX()), get(op.getDy()), window(op, dfilter), op.getGroups(), dfilter);
    dfilter.shape = zeros(op).shape;
    values[op] = std::move(dfilter);
  }
  void visit(LinearInputGradientOp op) {
    Tensor<T> dx = zeros(op);
    linearInputGradient(get(op.getDy()), get(op.getWeight()), dx);
    store(op, std::move(dx), op.getResidual());
  }
  void visit(LinearWeightGradientOp op) {
    Tensor<T> dweight = zeros(op);
    linearWeightGradient(get(op.getX()), get(op.getDy()), dweight);
    values[op] = std::move(dweight);
  }

  //===-- parameters of one value a channel ----------------------------------===//

  void visit(ChannelSumOp op) {
    Tensor<T> sums = zeros(op);
    const Tensor<T> &dy = get(op.getDy());
    forEach(dy, [&](int64_t n, int64_t c, int64_t y, int64_t x) {
      sums.data[c] += op.getX() ? T(dy(n, c, y, x) * get(op.getX())(n, c, y, x)) : dy(n, c, y, x);
    });
    values[op] = std::move(sums);
  }
  void visit(SumChannelsOp op) {
    Tensor<T> sum = zeros(op);
    for (T value : get(op.getInput()).data)
      sum.data[0] += value;
    values[op] = std::move(sum);
  }

  //===-- layers without parameters --------------------------------------------===//

  void visit(MaxPool2dGradientOp op) {
    Tensor<T> dx = zeros(op);
    maxPool2dGradient(get(op.getDy()), get(op.getX()), makeWindow(op.getKernel(), op.getStrides(), op.getPads()), dx);
    values[op] = std::move(dx);
  }
  void visit(AvgPool2dGradientOp op) {
    Tensor<T> dx = zeros(op);
    avgPool2dGradient(get(op.getDy()), makeWindow(op.getKernel(), op.getStrides(), op.getPads()),
                      op.getCountIncludePad(), dx);
    values[op] = std::move(dx);
  }
  void visit(GlobalAvgPoolGradientOp op) {
    Tensor<T> dx = zeros(op), dy = get(op.getDy());
    dy.shape = {batch, dx.channels(), 1, 1};
    avgPool2dGradient(dy, makeWindow({dx.height(), dx.width()}, {1, 1}, {0, 0}), true, dx);
    values[op] = std::move(dx);
  }
  void visit(GlobalMaxPoolGradientOp op) {
    Tensor<T> dx = zeros(op), dy = get(op.getDy());
    dy.shape = {batch, dx.channels(), 1, 1};
    maxPool2dGradient(dy, get(op.getX()), makeWindow({dx.height(), dx.width()}, {1, 1}, {0, 0}), dx);
    values[op] = std::move(dx);
  }
  void visit(GateGradientOp op) {
    Tensor<T> dgate = zeros(op);
    gateGradient(get(op.getDy()), get(op.getX()), op.getComplement(), dgate);
    values[op] = std::move(dgate);
  }
  void visit(ChannelSliceOp op) {
    Tensor<T> part = zeros(op);
    const Tensor<T> &all = get(op.getInput());
    int64_t first = op.getFirst();
    forEach(part, [&](int64_t n, int64_t c, int64_t y, int64_t x) { part(n, c, y, x) = all(n, first + c, y, x); });
    values[op] = std::move(part);
  }
  void visit(PadShortcutGradientOp op) {
    Tensor<T> dx = zeros(op);
    padShortcutGradient(get(op.getDy()), op.getStrides(), dx);
    values[op] = std::move(dx);
  }
  void visit(UnflattenOp op) {
    Tensor<T> map = get(op.getInput());
    map.shape = zeros(op).shape;
    values[op] = std::move(map);
  }
  void visit(LayerNormGradientOp op) {
    Tensor<T> dx = zeros(op.getDx()), normalized = zeros(op.getNormalized());
    layerNormGradient(get(op.getDy()), get(op.getX()), get(op.getGamma()).data, op.getEps().convertToDouble(), dx,
                      normalized);
    values[op.getDx()] = std::move(dx);
    values[op.getNormalized()] = std::move(normalized);
  }
  void visit(SoftmaxGradientOp op) {
    Tensor<T> dx = zeros(op);
    softmaxGradient(get(op.getDy()), get(op.getY()), dx);
    values[op] = std::move(dx);
  }
  void visit(RandomDropOp op) {
    Tensor<T> y = get(op.getInput());
    double rate = op.getRate().convertToDouble();
    DropStream stream{counters.seed, counters.step, static_cast<uint64_t>(op.getStream())};
    T factor = T(1 / (1 - rate));
    forEach(y, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
      uint64_t element = op.getPerImage() ? 0 : (c * y.height() + h) * y.width() + w;
      y(n, c, h, w) = isKept(stream, rate, static_cast<uint32_t>(n), element) ? T(y(n, c, h, w) * factor) : T(0.0f);
    });
    values[op] = std::move(y);
  }

  llvm::ArrayRef<int32_t> labels;
  TrainingCounters counters;
  TrainingResult<T> result;
};

} // namespace

template <typename T, typename P>
llvm::Expected<TrainingResult<T>>
interpretTraining(NetworkOp network, const llvm::StringMap<llvm::ArrayRef<P>> &parameters, llvm::ArrayRef<T> images,
                  llvm::ArrayRef<int32_t> labels, const TrainingCounters &counters) {
  return Trainer<T>(parameters, labels, counters).train(network, images);
}

#define RESNETC_INTERPRET_TRAINING(T, P)                                                                               \
  template llvm::Expected<TrainingResult<T>> interpretTraining(NetworkOp, const llvm::StringMap<llvm::ArrayRef<P>> &,  \
                                                               llvm::ArrayRef<T>, llvm::ArrayRef<int32_t>,             \
                                                               const TrainingCounters &);
RESNETC_INTERPRET_TRAINING(float, float)
RESNETC_INTERPRET_TRAINING(double, float)
RESNETC_INTERPRET_TRAINING(double, double)
RESNETC_INTERPRET_TRAINING(RunningError, float)

} // namespace resnetc
