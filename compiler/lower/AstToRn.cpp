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
    auto op = rn::NetworkOp::create(builder, at, network.name);
    bool bytes = network.inputType == dsl::ElementType::U8;
    mlir::Type element = bytes ? mlir::Type(builder.getIntegerType(8, /*isSigned=*/false)) : builder.getF32Type();
    mlir::Block &block = op.getBody().emplaceBlock();
    Value value = block.addArgument(rn::activationType(element, network.input), at);
    builder.setInsertionPointToEnd(&block);
    if (bytes && (network.layers.empty() || !std::holds_alternative<dsl::Normalize>(network.layers[0].kind)))
      value = divideBy255(value, network.input);
    value = sequence(network.layers, value);
    rn::ReturnOp::create(builder, location(network.name, network.location), value);
    if (isIncomplete || mlir::failed(mlir::verify(*module)))
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

  mlir::RankedTensorType output() { return rn::activationType(builder.getF32Type(), layer->output); }
  Value parameter(llvm::StringRef suffix, llvm::ArrayRef<int64_t> shape) {
    auto type = mlir::RankedTensorType::get(shape, builder.getF32Type());
    return rn::ParameterOp::create(builder, at, type, layer->name + "." + suffix.str(), layer->nameIsStable);
  }
  rn::ActivationAttr none() { return rn::ActivationAttr::get(builder.getContext(), rn::Activation::None); }
  Value divideBy255(Value value, const dsl::Shape &shape) {
    llvm::SmallVector<double> zeros(shape[0], 0.0), ones(shape[0], 1.0);
    return rn::NormalizeOp::create(builder, at, rn::activationType(builder.getF32Type(), shape), value, zeros, ones);
  }

  Value sequence(const dsl::Sequence &layers, Value value) {
    for (const dsl::Layer &each : layers) {
      layer = &each;
      at = location(each.name, each.location);
      value = std::visit([&](const auto &kind) { return lower(kind, value); }, each.kind);
    }
    return value;
  }

  //===-- one function a kind ----------------------------------------------===//

  Value lower(const dsl::Conv2d &conv, Value input) {
    if (conv.pad != conv.padEnd || layer->input.size() != 3)
      return notYet(input);
    int64_t inputChannels = layer->input[0] / conv.groups;
    Value filter = parameter("weight", {conv.channels, inputChannels, conv.kernel[0], conv.kernel[1]});
    Value bias = conv.bias ? parameter("bias", {conv.channels}) : Value();
    return rn::Conv2dOp::create(builder, at, mlir::TypeRange(output()), input, filter, bias, /*residual=*/Value(),
                                /*scale=*/Value(), /*shift=*/Value(), conv.stride, conv.pad, conv.dilation, conv.groups,
                                none(), none(), /*block=*/nullptr)
        .getResult(0);
  }
  Value lower(const dsl::Linear &linear, Value input) {
    Value weight = parameter("weight", {linear.features, layer->input[0]});
    Value bias = linear.bias ? parameter("bias", {linear.features}) : Value();
    return rn::LinearOp::create(builder, at, output(), input, weight, bias, none());
  }
  Value lower(const dsl::BatchNorm &norm, Value input) {
    llvm::SmallVector<int64_t, 1> shape = {layer->input[0]};
    Value gamma = parameter("weight", shape), beta = parameter("bias", shape);
    Value mean = parameter("running_mean", shape), variance = parameter("running_var", shape);
    return rn::BatchNormOp::create(builder, at, output(), input, gamma, beta, mean, variance,
                                   builder.getF64FloatAttr(norm.eps), builder.getF64FloatAttr(norm.momentum));
  }
  Value lower(const dsl::Activation &activation, Value input) {
    // Both enums name the functions in one order; rn has `none` before them.
    auto function = static_cast<rn::Activation>(static_cast<int>(activation.function) + 1);
    return rn::ActivationOp::create(builder, at, output(), input,
                                    rn::ActivationAttr::get(builder.getContext(), function, activation.parameter));
  }
  Value lower(const dsl::MaxPool &pool, Value input) {
    if (pool.pad != pool.padEnd || pool.ceil)
      return notYet(input);
    return rn::MaxPool2dOp::create(builder, at, output(), input, pool.kernel, pool.stride, pool.pad);
  }
  Value lower(const dsl::AvgPool &pool, Value input) {
    if (pool.pad != pool.padEnd || pool.ceil)
      return notYet(input);
    return rn::AvgPool2dOp::create(builder, at, output(), input, pool.kernel, pool.stride, pool.pad, pool.countPadding);
  }
  Value lower(const dsl::GlobalAvgPool &, Value input) {
    return rn::GlobalAvgPoolOp::create(builder, at, output(), input);
  }
  Value lower(const dsl::Flatten &, Value input) { return rn::FlattenOp::create(builder, at, output(), input); }
  Value lower(const dsl::Softmax &, Value input) { return rn::SoftmaxOp::create(builder, at, output(), input); }
  Value lower(const dsl::Normalize &normalize, Value input) {
    return rn::NormalizeOp::create(builder, at, output(), input, normalize.mean, normalize.std);
  }

  // What the rn dialect can't say yet.
  Value lower(const dsl::LayerNorm &, Value input) { return notYet(input); }
  Value lower(const dsl::GlobalMaxPool &, Value input) { return notYet(input); }
  Value lower(const dsl::Dropout &, Value input) { return notYet(input); }
  Value lower(const dsl::DropPath &, Value input) { return notYet(input); }
  Value lower(const dsl::Multiply &, Value input) { return notYet(input); }
  Value lower(const dsl::LearnedScale &, Value input) { return notYet(input); }
  Value lower(const dsl::LearnedBias &, Value input) { return notYet(input); }
  Value lower(const dsl::Scale &, Value input) { return notYet(input); }
  Value lower(const dsl::Concat &, Value input) { return notYet(input); }

  /// Stands for the layer until it can be lowered; the network is refused.
  Value notYet(Value input) {
    if (!isIncomplete)
      mlir::emitError(at) << "layer '" << layer->name << "' is not lowered yet";
    isIncomplete = true;
    return input;
  }

  Value lower(const dsl::Residual &residual, Value input) {
    if (residual.gate)
      return notYet(input);
    const dsl::Layer *self = layer;
    mlir::Location selfAt = at;
    auto op = rn::ResidualOp::create(builder, at, output(), input, self->name);
    mlir::OpBuilder::InsertionGuard guard(builder);
    auto branch = [&](mlir::Region &region, auto fill) {
      mlir::Block &block = region.emplaceBlock();
      Value argument = block.addArgument(input.getType(), selfAt);
      builder.setInsertionPointToEnd(&block);
      rn::YieldOp::create(builder, selfAt, fill(argument));
    };
    branch(op.getBody(), [&](Value value) { return sequence(residual.body, value); });
    branch(op.getShortcut(), [&](Value value) -> Value {
      if (residual.kind == dsl::ShortcutKind::Branch)
        return sequence(residual.shortcut, value);
      if (residual.kind == dsl::ShortcutKind::Identity)
        return value;
      return rn::PadShortcutOp::create(builder, selfAt, op.getType(), value, residual.stride);
    });
    return op;
  }

  const llvm::SourceMgr &sources;
  mlir::OpBuilder builder;
  const dsl::Layer *layer = nullptr; ///< the one that is lowered now
  mlir::Location at = builder.getUnknownLoc();
  bool isIncomplete = false; ///< a layer could not be lowered, and this has been said
};

} // namespace

mlir::OwningOpRef<mlir::ModuleOp> lowerToRn(const dsl::Network &network, const llvm::SourceMgr &sources,
                                            mlir::MLIRContext &context) {
  context.loadDialect<rn::RnDialect>();
  return Lowering(sources, context).run(network);
}

} // namespace resnetc
