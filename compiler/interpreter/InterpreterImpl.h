//===- InterpreterImpl.h - walks the ops, one naive loop each -------------===//

#ifndef RESNETC_COMPILER_INTERPRETER_INTERPRETERIMPL_H
#define RESNETC_COMPILER_INTERPRETER_INTERPRETERIMPL_H

#include "compiler/interpreter/Activations.h"
#include "compiler/interpreter/Interpreter.h"
#include "compiler/interpreter/Layers.h"
#include "compiler/ir/rn/RnShapes.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

namespace resnetc::interpreter {

using namespace rn;

inline Window makeWindow(llvm::ArrayRef<int64_t> kernel, llvm::ArrayRef<int64_t> strides, llvm::ArrayRef<int64_t> pads,
                         llvm::ArrayRef<int64_t> dilations = {1, 1}) {
  auto [top, left, bottom, right] = padsOfSides(pads);
  return {{kernel[0], kernel[1]}, {strides[0], strides[1]}, {top, left}, {bottom, right}, {dilations[0], dilations[1]}};
}

template <typename T> class Interpreter {
public:
  /// Parameters are of float, or of double where T is.
  template <typename P> Interpreter(const llvm::StringMap<llvm::ArrayRef<P>> &named, int64_t batch) : batch(batch) {
    for (const auto &entry : named)
      for (P element : entry.second)
        parameters[entry.first()].push_back(T(element));
  }
  virtual ~Interpreter() = default;

  llvm::Expected<std::vector<T>> run(NetworkOp network, llvm::ArrayRef<T> input) {
    if (batch < 1)
      return llvm::createStringError("the batch must be at least 1, is " + llvm::Twine(batch));
    int64_t elements = batch;
    for (int64_t extent : imageShape(network.getInput().getType()))
      if (llvm::MulOverflow(elements, extent, elements))
        return llvm::createStringError("the batch is too large");
    if (static_cast<int64_t>(input.size()) != elements)
      return llvm::createStringError("input has " + llvm::Twine(input.size()) + " elements, a batch of " +
                                     llvm::Twine(batch) + " needs " + llvm::Twine(elements));
    Tensor<T> &image = make(network.getInput());
    image.data.assign(input.begin(), input.end());
    if (llvm::Error error = evaluate(network.getBody()))
      return error;
    return std::move(values[network.getOutput()].data);
  }

protected:
  /// An op that inference does not have.
  virtual llvm::Error evaluateOther(mlir::Operation &op) {
    return llvm::createStringError("the interpreter does not know " + op.getName().getStringRef());
  }

  //===-- values -----------------------------------------------------------===//

  /// Zeros of the value's shape; the batch takes the place of the dynamic extent.
  Tensor<T> zeros(mlir::Value value) {
    llvm::SmallVector<int64_t, 4> shape(mlir::cast<mlir::RankedTensorType>(value.getType()).getShape());
    for (int64_t &extent : shape)
      if (mlir::ShapedType::isDynamic(extent))
        extent = batch;
    return Tensor<T>(shape);
  }
  Tensor<T> &make(mlir::Value value) { return values[value] = zeros(value); }
  const Tensor<T> &get(mlir::Value value) { return values.find(value)->second; }

  llvm::Error evaluate(mlir::Region &region) {
    for (mlir::Operation &op : region.front().without_terminator())
      if (llvm::Error error = evaluate(op))
        return error;
    return llvm::Error::success();
  }

  llvm::Error evaluate(mlir::Operation &op) {
    return llvm::TypeSwitch<mlir::Operation *, llvm::Error>(&op)
        .Case<ParameterOp, ResidualOp>([&](auto op) { return visit(op); })
        .template Case<BnScaleOp, BnShiftOp, ScaleFilterOp, Conv2dOp, LinearOp, BatchNormOp, AffineOp, NormalizeOp,
                       ActivationOp, MaxPool2dOp, AvgPool2dOp, GlobalAvgPoolOp, GlobalMaxPoolOp, LayerNormOp, DropoutOp,
                       DropPathOp, MultiplyOp, ConcatOp, FillOp, BroadcastOp, FlattenOp, SoftmaxOp, PadShortcutOp,
                       AddOp, ToLayoutOp>([&](auto op) {
          visit(op);
          return llvm::Error::success();
        })
        .Default([&](mlir::Operation *op) { return evaluateOther(*op); });
  }

  //===-- parameters -------------------------------------------------------===//

  llvm::Error visit(ParameterOp op) {
    auto found = parameters.find(op.getName());
    if (found == parameters.end())
      return llvm::createStringError("parameter '" + op.getName() + "' is missing");
    Tensor<T> tensor = zeros(op);
    if (found->second.size() != tensor.data.size())
      return llvm::createStringError("parameter '" + op.getName() + "' has " + llvm::Twine(found->second.size()) +
                                     " elements, the network needs " + llvm::Twine(tensor.data.size()));
    tensor.data = found->second;
    values[op] = std::move(tensor);
    return llvm::Error::success();
  }

  void visit(BnScaleOp op) {
    Tensor<T> &result = make(op);
    const auto &gamma = get(op.getGamma()).data, &variance = get(op.getVariance()).data;
    for (size_t c = 0; c < result.data.size(); ++c)
      result.data[c] = gamma[c] / squareRoot(T(variance[c] + T(op.getEps().convertToDouble())));
  }
  void visit(BnShiftOp op) {
    Tensor<T> &result = make(op);
    const auto &beta = get(op.getBeta()).data, &mean = get(op.getMean()).data, &scale = get(op.getScale()).data;
    for (size_t c = 0; c < result.data.size(); ++c) {
      result.data[c] = beta[c] - mean[c] * scale[c];
      if (op.getBias())
        result.data[c] += get(op.getBias()).data[c] * scale[c];
    }
  }
  void visit(ScaleFilterOp op) {
    Tensor<T> result = get(op.getFilter());
    const auto &scale = get(op.getScale()).data;
    size_t perOutput = result.data.size() / scale.size();
    for (size_t i = 0; i < result.data.size(); ++i)
      result.data[i] = result.data[i] * scale[i / perOutput];
    values[op] = std::move(result);
  }

  void visit(FillOp op) {
    for (T &value : make(op).data)
      value = T(op.getValue().convertToDouble());
  }
  void visit(BroadcastOp op) {
    T only = get(op.getInput()).data[0];
    for (T &value : make(op).data)
      value = only;
  }

  //===-- layers with parameters ---------------------------------------------===//

  static T activate(T value, ActivationAttr activation) {
    return interpreter::activate(value, activation.getFunction(), activation.getParameter());
  }

  /// Stores `sums` (bias and residual are in them) as the op's epilogue says.
  void store(EpilogueOp op, Tensor<T> sums) {
    for (T &value : sums.data)
      value = activate(value, op.getActivation());
    if (mlir::Value second = op.getSecond()) {
      Tensor<T> result = affine(sums, op.getScale(), op.getShift(), op.getAffineActivation());
      values[second] = std::move(result);
    }
    if (mlir::Value first = op.getFirst())
      values[first] = std::move(sums);
  }

  /// activation(scale[c] * x + shift[c])
  Tensor<T> affine(Tensor<T> x, mlir::Value scale, mlir::Value shift, ActivationAttr activation) {
    const auto &factor = get(scale).data, &summand = get(shift).data;
    forEach(x, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
      x(n, c, h, w) = activate(factor[c] * x(n, c, h, w) + summand[c], activation);
    });
    return x;
  }

  void addBias(Tensor<T> &sums, mlir::Value bias) {
    if (bias)
      forEach(sums, [&](int64_t n, int64_t c, int64_t y, int64_t x) { sums(n, c, y, x) += get(bias).data[c]; });
  }

  void addTo(Tensor<T> &sums, mlir::Value summand) {
    const auto &data = get(summand).data;
    for (size_t i = 0; i < data.size(); ++i)
      sums.data[i] += data[i];
  }

  void visit(Conv2dOp op) {
    Tensor<T> sums = zeros(op.getOutputs()[0]);
    Tensor<T> filter = get(op.getFilter());
    if (filter.shape.size() == 3) // of a signal
      filter.shape.insert(filter.shape.begin() + 2, 1);
    interpreter::conv2d(get(op.getInput()), filter,
                        makeWindow({filter.height(), filter.width()}, op.getStrides(), op.getPads(), op.getDilations()),
                        op.getGroups(), sums);
    addBias(sums, op.getBias());
    if (op.getResidual())
      addTo(sums, op.getResidual());
    store(op, std::move(sums));
  }
  void visit(LinearOp op) {
    Tensor<T> &result = make(op);
    interpreter::linear(get(op.getInput()), get(op.getWeight()), result);
    addBias(result, op.getBias());
    for (T &value : result.data)
      value = activate(value, op.getActivation());
  }
  void visit(BatchNormOp op) {
    Tensor<T> result = get(op.getInput());
    const auto &gamma = get(op.getGamma()).data, &beta = get(op.getBeta()).data;
    const auto &mean = get(op.getMean()).data, &variance = get(op.getVariance()).data;
    T eps = T(op.getEps().convertToDouble());
    forEach(result, [&](int64_t n, int64_t c, int64_t y, int64_t x) {
      T &value = result(n, c, y, x);
      value = gamma[c] * (value - mean[c]) / squareRoot(T(variance[c] + eps)) + beta[c];
    });
    values[op] = std::move(result);
  }
  void visit(LayerNormOp op) {
    Tensor<T> result = zeros(op);
    interpreter::layerNorm(get(op.getInput()), get(op.getGamma()).data, get(op.getBeta()).data,
                           op.getEps().convertToDouble(), result);
    values[op] = std::move(result);
  }
  void visit(AffineOp op) { values[op] = affine(get(op.getInput()), op.getScale(), op.getShift(), op.getActivation()); }

  //===-- layers without parameters ------------------------------------------===//

  void visit(NormalizeOp op) {
    Tensor<T> result = get(op.getInput());
    bool bytes = mlir::cast<mlir::RankedTensorType>(op.getInput().getType()).getElementType().isInteger(8);
    // As one multiply-add with constants that are rounded once: where mean and value are near each other, this order of
    // operations decides how large the error may be.
    double unit = bytes ? 1.0 / 255.0 : 1.0;
    forEach(result, [&](int64_t n, int64_t c, int64_t y, int64_t x) {
      T scale = T(unit / op.getStd()[c]), shift = T(-op.getMean()[c] / op.getStd()[c]);
      result(n, c, y, x) = result(n, c, y, x) * scale + shift;
    });
    values[op] = std::move(result);
  }
  void visit(ActivationOp op) {
    Tensor<T> result = get(op.getInput());
    for (T &value : result.data)
      value = activate(value, op.getActivation());
    values[op] = std::move(result);
  }
  void visit(MaxPool2dOp op) {
    Tensor<T> result = zeros(op);
    interpreter::maxPool2d(get(op.getInput()), makeWindow(op.getKernel(), op.getStrides(), op.getPads()), result);
    values[op] = std::move(result);
  }
  void visit(AvgPool2dOp op) {
    Tensor<T> result = zeros(op);
    interpreter::avgPool2d(get(op.getInput()), makeWindow(op.getKernel(), op.getStrides(), op.getPads()),
                           op.getCountIncludePad(), result);
    values[op] = std::move(result);
  }
  void visit(GlobalAvgPoolOp op) {
    const Tensor<T> input = get(op.getInput());
    Tensor<T> result({batch, input.channels(), 1, 1});
    interpreter::avgPool2d(input, makeWindow({input.height(), input.width()}, {1, 1}, {0, 0}), true, result);
    result.shape.resize(2);
    values[op] = std::move(result);
  }
  void visit(GlobalMaxPoolOp op) {
    const Tensor<T> input = get(op.getInput());
    Tensor<T> result({batch, input.channels(), 1, 1});
    interpreter::maxPool2d(input, makeWindow({input.height(), input.width()}, {1, 1}, {0, 0}), result);
    result.shape.resize(2);
    values[op] = std::move(result);
  }
  void copy(mlir::Value from, mlir::Value to) {
    Tensor<T> same = get(from);
    values[to] = std::move(same);
  }
  void visit(DropoutOp op) { copy(op.getInput(), op); }
  void visit(DropPathOp op) { copy(op.getInput(), op); }
  void visit(MultiplyOp op) {
    Tensor<T> result = get(op.getInput());
    interpreter::multiply(get(op.getGate()), op.getComplement(), result);
    values[op] = std::move(result);
  }
  void visit(ConcatOp op) {
    Tensor<T> result = zeros(op);
    int64_t before = 0;
    for (mlir::Value input : op.getInputs()) {
      const Tensor<T> &part = get(input);
      forEach(part,
              [&](int64_t n, int64_t c, int64_t y, int64_t x) { result(n, before + c, y, x) = part(n, c, y, x); });
      before += part.channels();
    }
    values[op] = std::move(result);
  }
  void visit(FlattenOp op) {
    Tensor<T> result = get(op.getInput());
    result.shape = {batch, channels(op.getType())};
    values[op] = std::move(result);
  }
  void visit(SoftmaxOp op) {
    Tensor<T> result = zeros(op);
    interpreter::softmax(get(op.getInput()), result);
    values[op] = std::move(result);
  }
  void visit(PadShortcutOp op) {
    Tensor<T> result = zeros(op);
    interpreter::padShortcut(get(op.getInput()), op.getStrides(), result);
    values[op] = std::move(result);
  }
  void visit(ToLayoutOp op) { copy(op.getInput(), op); }

  //===-- skip connections ---------------------------------------------------===//

  void visit(AddOp op) {
    Tensor<T> sums = get(op.getBody());
    addTo(sums, op.getSkip());
    store(op, std::move(sums));
  }

  llvm::Error visit(ResidualOp op) {
    llvm::SmallVector<mlir::Value, 2> results;
    for (mlir::Region *branch : {&op.getShortcut(), &op.getBody()}) {
      Tensor<T> input = get(op.getInput());
      values[branch->getArgument(0)] = std::move(input);
      if (llvm::Error error = evaluate(*branch))
        return error;
      results.push_back(branch->front().getTerminator()->getOperand(0));
    }
    Tensor<T> sums = get(results[1]);
    addTo(sums, results[0]);
    values[op] = std::move(sums);
    return llvm::Error::success();
  }

  llvm::StringMap<std::vector<T>> parameters;
  int64_t batch;
  llvm::DenseMap<mlir::Value, Tensor<T>> values;
};

} // namespace resnetc::interpreter

#endif // RESNETC_COMPILER_INTERPRETER_INTERPRETERIMPL_H
