//===- AstToRn.cpp - one rn op a layer ------------------------------------===//

#include "compiler/lower/AstToRn.h"
#include "compiler/ir/rn/Rn.h"
#include "mlir/IR/Verifier.h"

namespace resnetc {
namespace {

using mlir::Value;

class Lowering {
public:
  Lowering(const llvm::SourceMgr &sources, mlir::MLIRContext &context) : sources(sources), builder(&context) {}

  mlir::OwningOpRef<mlir::ModuleOp> run(const dsl::Network &network) {
    mlir::OwningOpRef<mlir::ModuleOp> module = mlir::ModuleOp::create(place(network.location));
    builder.setInsertionPointToEnd(module->getBody());
    at = location(network.name, network.location);
    auto op = rn::NetworkOp::create(builder, at, builder.getStringAttr(network.name),
                                    network.input.size() == 2 ? builder.getUnitAttr() : mlir::UnitAttr(),
                                    settings(network.train));
    bool bytes = network.inputType == dsl::ElementType::U8;
    mlir::Type element = bytes ? mlir::Type(builder.getIntegerType(8, /*isSigned=*/false)) : builder.getF32Type();
    mlir::Block &block = op.getBody().emplaceBlock();
    Value value = block.addArgument(rn::activationType(element, image(network.input)), at);
    builder.setInsertionPointToEnd(&block);
    if (bytes && (network.layers.empty() || !std::holds_alternative<dsl::Normalize>(network.layers[0].kind)))
      value = divideBy255(value, network.input);
    value = sequence(network.layers, value);
    rn::ReturnOp::create(builder, location(network.name, network.location), value);
    if (mlir::failed(mlir::verify(*module)))
      return {};
    return module;
  }

private:
  //===-- places ---------------------------------------------------------===//

  mlir::Location place(const dsl::Location &location) {
    unsigned buffer = location.begin.isValid() ? sources.FindBufferContainingLoc(location.begin) : 0;
    if (!buffer)
      return builder.getUnknownLoc();
    auto [line, column] = sources.getLineAndColumn(location.begin, buffer);
    return mlir::FileLineColLoc::get(builder.getContext(), sources.getMemoryBuffer(buffer)->getBufferIdentifier(), line,
                                     column);
  }
  mlir::Location location(const std::string &name, const dsl::Location &text) {
    if (name.empty())
      return place(text);
    return mlir::NameLoc::get(builder.getStringAttr(name), place(text));
  }

  //===-- parts of layers ------------------------------------------------===//

  /// A signal C x L is a map C x 1 x L.
  static dsl::Shape image(const dsl::Shape &shape) {
    return shape.size() == 2 ? dsl::Shape{shape[0], 1, shape[1]} : shape;
  }
  mlir::RankedTensorType output() { return rn::activationType(builder.getF32Type(), image(layer->output)); }
  static llvm::SmallVector<int64_t, 4> pads(const dsl::Pair &begin, const dsl::Pair &end) {
    if (begin == end)
      return {begin[0], begin[1]};
    return {begin[0], begin[1], end[0], end[1]};
  }
  Value fill(double value) {
    auto type = mlir::RankedTensorType::get({layer->input[0]}, builder.getF32Type());
    return rn::FillOp::create(builder, at, type, builder.getF64FloatAttr(value));
  }
  /// The learnt factor or summand of each channel.
  Value learned(llvm::StringRef suffix, bool perChannel, double init) {
    Value value = parameter(suffix, {perChannel ? layer->input[0] : 1}, init);
    auto type = mlir::RankedTensorType::get({layer->input[0]}, builder.getF32Type());
    return value.getType() == type ? value : Value(rn::BroadcastOp::create(builder, at, type, value));
  }
  Value affine(Value input, Value scale, Value shift) {
    return rn::AffineOp::create(builder, at, output(), input, scale, shift, none());
  }
  /// Training begins with `init` in each element, or with random numbers.
  Value parameter(llvm::StringRef suffix, llvm::ArrayRef<int64_t> shape, std::optional<double> init = std::nullopt) {
    auto type = mlir::RankedTensorType::get(shape, builder.getF32Type());
    return rn::ParameterOp::create(builder, at, type, layer->name + "." + suffix.str(), layer->nameIsStable,
                                   init ? builder.getF64FloatAttr(*init) : mlir::FloatAttr());
  }
  rn::ActivationAttr none() { return rn::ActivationAttr::get(builder.getContext(), rn::Activation::None); }
  Value divideBy255(Value value, const dsl::Shape &shape) {
    llvm::SmallVector<double> zeros(shape[0], 0.0), ones(shape[0], 1.0);
    return rn::NormalizeOp::create(builder, at, rn::activationType(builder.getF32Type(), image(shape)), value, zeros,
                                   ones);
  }

  Value sequence(const dsl::Sequence &layers, Value value) {
    for (const dsl::Layer &each : layers) {
      layer = &each;
      at = location(each.name, each.location);
      value = std::visit([&](const auto &kind) { return lower(kind, value); }, each.kind);
    }
    return value;
  }

  /// The layers of a branch; the layer that holds it is the current one again behind it.
  Value branch(const dsl::Sequence &layers, Value value) {
    auto [self, selfAt] = std::pair(layer, at);
    value = sequence(layers, value);
    layer = self;
    at = selfAt;
    return value;
  }

  //===-- one function a kind ----------------------------------------------===//

  Value lower(const dsl::Conv2d &conv, Value input) {
    int64_t inputChannels = layer->input[0] / conv.groups;
    bool isSignal = layer->input.size() == 2; // as nn.Conv1d
    Value filter = isSignal ? parameter("weight", {conv.channels, inputChannels, conv.kernel[1]})
                            : parameter("weight", {conv.channels, inputChannels, conv.kernel[0], conv.kernel[1]});
    Value bias = conv.bias ? parameter("bias", {conv.channels}, 0) : Value();
    return rn::Conv2dOp::create(builder, at, mlir::TypeRange(output()), input, filter, bias, /*residual=*/Value(),
                                /*scale=*/Value(), /*shift=*/Value(), conv.stride, pads(conv.pad, conv.padEnd),
                                conv.dilation, conv.groups, none(), none(), /*block=*/nullptr)
        .getResult(0);
  }
  Value lower(const dsl::Linear &linear, Value input) {
    Value weight = parameter("weight", {linear.features, layer->input[0]});
    Value bias = linear.bias ? parameter("bias", {linear.features}, 0) : Value();
    return rn::LinearOp::create(builder, at, output(), input, weight, bias, none());
  }
  Value lower(const dsl::BatchNorm &norm, Value input) {
    llvm::SmallVector<int64_t, 1> shape = {layer->input[0]};
    Value gamma = parameter("weight", shape, 1), beta = parameter("bias", shape, 0);
    Value mean = parameter("running_mean", shape, 0), variance = parameter("running_var", shape, 1);
    return rn::BatchNormOp::create(builder, at, output(), input, gamma, beta, mean, variance, llvm::APFloat(norm.eps),
                                   llvm::APFloat(norm.momentum));
  }
  Value lower(const dsl::Activation &activation, Value input) {
    // Both enums name the functions in one order; rn has `none` before them.
    auto function = static_cast<rn::Activation>(static_cast<int>(activation.function) + 1);
    return rn::ActivationOp::create(builder, at, output(), input,
                                    rn::ActivationAttr::get(builder.getContext(), function, activation.parameter));
  }
  Value lower(const dsl::MaxPool &pool, Value input) {
    return rn::MaxPool2dOp::create(builder, at, output(), input, pool.kernel, pool.stride, pads(pool.pad, pool.padEnd),
                                   pool.ceil);
  }
  Value lower(const dsl::AvgPool &pool, Value input) {
    return rn::AvgPool2dOp::create(builder, at, output(), input, pool.kernel, pool.stride, pads(pool.pad, pool.padEnd),
                                   pool.ceil, pool.countPadding);
  }
  Value lower(const dsl::GlobalAvgPool &, Value input) {
    return rn::GlobalAvgPoolOp::create(builder, at, output(), input);
  }
  Value lower(const dsl::Flatten &, Value input) { return rn::FlattenOp::create(builder, at, output(), input); }
  Value lower(const dsl::Softmax &, Value input) { return rn::SoftmaxOp::create(builder, at, output(), input); }
  Value lower(const dsl::Normalize &normalize, Value input) {
    return rn::NormalizeOp::create(builder, at, output(), input, normalize.mean, normalize.std);
  }

  Value lower(const dsl::LayerNorm &norm, Value input) {
    Value gamma = parameter("weight", {layer->input[0]}, 1), beta = parameter("bias", {layer->input[0]}, 0);
    return rn::LayerNormOp::create(builder, at, output(), input, gamma, beta, builder.getF64FloatAttr(norm.eps));
  }
  Value lower(const dsl::GlobalMaxPool &, Value input) {
    return rn::GlobalMaxPoolOp::create(builder, at, output(), input);
  }
  Value lower(const dsl::Dropout &dropout, Value input) {
    return rn::DropoutOp::create(builder, at, output(), input, builder.getF64FloatAttr(dropout.rate));
  }
  Value lower(const dsl::DropPath &dropPath, Value input) {
    return rn::DropPathOp::create(builder, at, output(), input, builder.getF64FloatAttr(dropPath.rate));
  }
  Value lower(const dsl::Multiply &multiply, Value input) {
    Value factor = fill(multiply.factor), summand = fill(0);
    return affine(input, factor, summand);
  }
  Value lower(const dsl::LearnedScale &scale, Value input) {
    Value factor = learned("weight", scale.perChannel, scale.init);
    return affine(input, factor, fill(0));
  }
  Value lower(const dsl::LearnedBias &bias, Value input) {
    Value summand = learned("bias", bias.perChannel, bias.init);
    return affine(input, fill(1), summand);
  }

  //===-- branches ---------------------------------------------------------===//

  Value lower(const dsl::Scale &scale, Value input) {
    Value gate = branch(scale.branch, input);
    return rn::MultiplyOp::create(builder, at, output(), input, gate, scale.complement);
  }
  Value lower(const dsl::Concat &concat, Value input) {
    llvm::SmallVector<Value> parts;
    for (const dsl::Sequence &each : concat.branches)
      parts.push_back(branch(each, input));
    return rn::ConcatOp::create(builder, at, output(), parts);
  }
  /// The gate is computed before the residual; its regions end with the products.
  Value lower(const dsl::Residual &residual, Value input) {
    Value gate = residual.gate ? branch(*residual.gate, input) : Value();
    auto op = rn::ResidualOp::create(builder, at, output(), input, layer->name);
    mlir::OpBuilder::InsertionGuard guard(builder);
    auto region = [&](mlir::Region &region, bool complement, auto fill) {
      mlir::Block &block = region.emplaceBlock();
      Value argument = block.addArgument(input.getType(), at);
      builder.setInsertionPointToEnd(&block);
      Value result = fill(argument);
      if (gate)
        result = rn::MultiplyOp::create(builder, at, op.getType(), result, gate, complement);
      rn::YieldOp::create(builder, at, result);
    };
    region(op.getBody(), false, [&](Value value) { return branch(residual.body, value); });
    region(op.getShortcut(), true, [&](Value value) -> Value {
      if (residual.kind == dsl::ShortcutKind::Branch)
        return branch(residual.shortcut, value);
      if (residual.kind == dsl::ShortcutKind::Identity)
        return value;
      return rn::PadShortcutOp::create(builder, at, op.getType(), value, residual.stride);
    });
    return op;
  }

  //===-- the train section ------------------------------------------------===//

  mlir::NamedAttribute named(llvm::StringRef name, mlir::Attribute value) {
    return {builder.getStringAttr(name), value};
  }
  mlir::Attribute attribute(bool value) { return builder.getBoolAttr(value); }
  mlir::Attribute attribute(int64_t value) { return builder.getI64IntegerAttr(value); }
  mlir::Attribute attribute(double value) { return builder.getF64FloatAttr(value); }
  mlir::Attribute attribute(const dsl::TrainValue &value) {
    return std::visit([&](const auto &data) { return attribute(data); }, value.data);
  }
  mlir::Attribute attribute(const std::vector<dsl::TrainValue> &values) {
    llvm::SmallVector<mlir::Attribute> parts;
    for (const dsl::TrainValue &value : values)
      parts.push_back(attribute(value));
    return builder.getArrayAttr(parts);
  }
  mlir::Attribute attribute(const dsl::TrainChoice &choice) {
    llvm::SmallVector<mlir::NamedAttribute> parts = {named("name", builder.getStringAttr(choice.name))};
    for (const auto &[name, value] : choice.arguments)
      parts.push_back(named(name, attribute(value)));
    return builder.getDictionaryAttr(parts);
  }
  mlir::DictionaryAttr settings(const std::optional<dsl::TrainSection> &train) {
    if (!train)
      return {};
    llvm::SmallVector<mlir::NamedAttribute> parts;
    for (const auto &[name, value] : train->settings)
      parts.push_back(named(name, attribute(value)));
    return builder.getDictionaryAttr(parts);
  }

  const llvm::SourceMgr &sources;
  mlir::OpBuilder builder;
  const dsl::Layer *layer = nullptr; ///< the one that is lowered now
  mlir::Location at = builder.getUnknownLoc();
};

} // namespace

mlir::OwningOpRef<mlir::ModuleOp> lowerToRn(const dsl::Network &network, const llvm::SourceMgr &sources,
                                            mlir::MLIRContext &context) {
  context.loadDialect<rn::RnDialect>();
  return Lowering(sources, context).run(network);
}

} // namespace resnetc
