//===- Layers.cpp - the table of built-in layers ----------------------------------===//

#include "dsl/Layers.h"
#include "llvm/Support/Format.h"
#include <tuple>

using namespace resnetc::dsl;

namespace {

using Type = ParameterType;

/// {top, left} and {bottom, right}. Unless given, padding keeps the size at stride 1: (kernel - 1) / 2 x dilation. An
/// even kernel has none and must say its own.
std::optional<std::array<Pair, 2>> readPadding(const LayerArguments &arguments, Pair kernel, Pair dilation) {
  if (arguments.has("pad"))
    return arguments.padding("pad");
  Pair pad;
  for (int axis : {0, 1}) {
    if (kernel[axis] % 2 == 0) {
      arguments.reportError("kernel", "an even kernel (" + llvm::Twine(kernel[axis]) + ") has no default padding")
          .help("say it, for example pad = " + llvm::Twine((kernel[axis] - 1) / 2));
      return std::nullopt;
    }
    pad[axis] = (kernel[axis] - 1) / 2 * dilation[axis];
  }
  return std::array<Pair, 2>{pad, pad};
}

std::optional<LayerKind> buildConv(const LayerArguments &arguments) {
  Conv2d conv;
  conv.channels = arguments.integer("channels", 1);
  conv.kernel = arguments.pair("kernel", {1, 1});
  conv.stride = arguments.pair("stride", {1, 1});
  conv.dilation = arguments.pair("dilation", {1, 1});
  conv.groups = arguments.integer("groups", 1);
  conv.bias = arguments.flag("bias", false);
  std::optional<std::array<Pair, 2>> pads = readPadding(arguments, conv.kernel, conv.dilation);
  if (!pads)
    return std::nullopt;
  std::tie(conv.pad, conv.padEnd) = std::tie((*pads)[0], (*pads)[1]);
  if (conv.channels % conv.groups != 0) {
    arguments
        .reportError("groups", "conv can't share " + llvm::Twine(conv.channels) + " channels among " +
                                   llvm::Twine(conv.groups) + " groups")
        .help("channels must be a multiple of groups");
    return std::nullopt;
  }
  return conv;
}

std::optional<LayerKind> buildLinear(const LayerArguments &arguments) {
  return Linear{arguments.integer("features", 1), arguments.flag("bias", true)};
}

/// A real number between bounds; what they are stands in the error.
std::optional<double> readReal(const LayerArguments &arguments, llvm::StringRef name, double otherwise,
                               llvm::function_ref<bool(double)> isGood, llvm::StringRef wanted) {
  double value = arguments.real(name, otherwise);
  if (isGood(value))
    return value;
  std::string given, fraction;
  llvm::raw_string_ostream(given) << llvm::format("%g", value);
  llvm::raw_string_ostream(fraction) << llvm::format("%g", value / 100);
  Diagnostic &error =
      arguments.reportError(name, name + " of " + arguments.layerName() + " must be " + wanted + ", not " + given);
  if (name == "rate" && value >= 2 && value < 100)
    error.help("a rate is no percentage: write " + fraction);
  if (name == "eps" && value >= 1)
    error.help("a norm takes the number of channels from its input");
  return std::nullopt;
}

std::optional<double> readEps(const LayerArguments &arguments) {
  auto isGood = [](double eps) { return eps > 0 && eps <= 1; };
  return readReal(arguments, "eps", 1e-5, isGood, "above 0 and at most 1");
}

std::optional<LayerKind> buildBatchNorm(const LayerArguments &arguments) {
  std::optional<double> eps = readEps(arguments);
  auto isMomentum = [](double momentum) { return momentum >= 0 && momentum <= 1; };
  std::optional<double> momentum = readReal(arguments, "momentum", 0.1, isMomentum, "between 0 and 1");
  if (!eps || !momentum)
    return std::nullopt;
  return BatchNorm{*eps, *momentum};
}

std::optional<LayerKind> buildLayerNorm(const LayerArguments &arguments) {
  std::optional<double> eps = readEps(arguments);
  if (!eps)
    return std::nullopt;
  return LayerNorm{*eps};
}

template <ActivationFunction function> std::optional<LayerKind> buildActivation(const LayerArguments &) {
  return Activation{function};
}

std::optional<LayerKind> buildLeakyRelu(const LayerArguments &arguments) {
  return Activation{ActivationFunction::LeakyRelu, arguments.real("slope", 0.01)};
}

std::optional<LayerKind> buildElu(const LayerArguments &arguments) {
  return Activation{ActivationFunction::Elu, arguments.real("alpha", 1.0)};
}

std::optional<LayerKind> buildGelu(const LayerArguments &arguments) {
  return Activation{arguments.flag("approximate", false) ? ActivationFunction::GeluTanh : ActivationFunction::Gelu};
}

/// Dropout and DropPath.
template <typename Layer> std::optional<LayerKind> buildDrop(const LayerArguments &arguments) {
  auto isRate = [](double rate) { return rate >= 0 && rate < 1; };
  std::optional<double> rate = readReal(arguments, "rate", 0.5, isRate, "at least 0 and below 1");
  if (!rate)
    return std::nullopt;
  return Layer{*rate};
}

std::optional<LayerKind> buildMultiply(const LayerArguments &arguments) {
  return Multiply{arguments.real("factor", 1.0)};
}

std::optional<LayerKind> buildLearnedScale(const LayerArguments &arguments) {
  return LearnedScale{arguments.real("init", 1.0), arguments.flag("per_channel", false)};
}

std::optional<LayerKind> buildLearnedBias(const LayerArguments &arguments) {
  return LearnedBias{arguments.real("init", 0.0), arguments.flag("per_channel", false)};
}

/// Max and average pools: the stride is the kernel unless given, and a window holds at least one element of the input.
template <typename Pool> std::optional<Pool> buildPool(const LayerArguments &arguments) {
  Pool pool;
  pool.kernel = arguments.pair("kernel", {1, 1});
  pool.stride = arguments.pair("stride", pool.kernel);
  std::optional<std::array<Pair, 2>> pads = readPadding(arguments, pool.kernel, {1, 1});
  if (!pads)
    return std::nullopt;
  std::tie(pool.pad, pool.padEnd) = std::tie((*pads)[0], (*pads)[1]);
  pool.ceil = arguments.flag("ceil", false);
  for (const Pair &pad : *pads)
    for (int axis : {0, 1})
      if (pad[axis] > pool.kernel[axis] / 2) {
        arguments.reportError("pad", "padding " + llvm::Twine(pad[axis]) + " is more than half of the pool's kernel " +
                                         llvm::Twine(pool.kernel[axis]));
        return std::nullopt;
      }
  return pool;
}

std::optional<LayerKind> buildMaxPool(const LayerArguments &arguments) { return buildPool<MaxPool>(arguments); }

std::optional<LayerKind> buildAvgPool(const LayerArguments &arguments) {
  std::optional<AvgPool> pool = buildPool<AvgPool>(arguments);
  if (!pool)
    return std::nullopt;
  pool->countPadding = arguments.flag("count_include_pad", true);
  return *pool;
}

std::optional<LayerKind> buildNormalize(const LayerArguments &arguments) {
  Normalize normalize{arguments.reals("mean"), arguments.reals("std")};
  for (double deviation : normalize.std)
    if (!(deviation > 0)) {
      arguments.reportError("std", "every std of normalize must be above 0");
      return std::nullopt;
    }
  return normalize;
}

template <typename Layer> std::optional<LayerKind> buildPlain(const LayerArguments &) { return Layer{}; }

constexpr LayerParameter convParameters[] = {
    {"channels", Type::Integer, true},
    {"kernel", Type::Pair, true, 1, 1 << 12},
    {"stride", Type::Pair, false, 1, 1 << 12},
    {"pad", Type::Padding, false, 0, 1 << 12},
    {"dilation", Type::Pair, false, 1, 1 << 12},
    {"groups", Type::Integer},
    {"bias", Type::Flag},
};
constexpr LayerParameter linearParameters[] = {
    {"features", Type::Integer, true},
    {"bias", Type::Flag},
};
constexpr LayerParameter batchNormParameters[] = {
    {"eps", Type::Real},
    {"momentum", Type::Real},
};
constexpr LayerParameter epsParameters[] = {{"eps", Type::Real}};
constexpr LayerParameter maxPoolParameters[] = {
    {"kernel", Type::Pair, true, 1, 1 << 12},
    {"stride", Type::Pair, false, 1, 1 << 12},
    {"pad", Type::Padding, false, 0, 1 << 12},
    {"ceil", Type::Flag},
};
constexpr LayerParameter avgPoolParameters[] = {
    {"kernel", Type::Pair, true, 1, 1 << 12},
    {"stride", Type::Pair, false, 1, 1 << 12},
    {"pad", Type::Padding, false, 0, 1 << 12},
    {"count_include_pad", Type::Flag},
    {"ceil", Type::Flag},
};
constexpr LayerParameter slopeParameters[] = {{"slope", Type::Real}};
constexpr LayerParameter alphaParameters[] = {{"alpha", Type::Real}};
constexpr LayerParameter geluParameters[] = {{"approximate", Type::Flag}};
constexpr LayerParameter dropoutParameters[] = {{"rate", Type::Real}};
constexpr LayerParameter dropPathParameters[] = {{"rate", Type::Real, true}};
constexpr LayerParameter multiplyParameters[] = {{"factor", Type::Real, true}};
constexpr LayerParameter learnedParameters[] = {
    {"init", Type::Real},
    {"per_channel", Type::Flag},
};
constexpr LayerParameter normalizeParameters[] = {
    {"mean", Type::Reals, true},
    {"std", Type::Reals, true},
};

const LayerInfo layers[] = {
    {"conv", convParameters, buildConv},
    {"linear", linearParameters, buildLinear},
    {"batch_norm", batchNormParameters, buildBatchNorm},
    {"layer_norm", epsParameters, buildLayerNorm},
    {"relu", {}, buildActivation<ActivationFunction::Relu>},
    {"relu6", {}, buildActivation<ActivationFunction::Relu6>},
    {"leaky_relu", slopeParameters, buildLeakyRelu},
    {"elu", alphaParameters, buildElu},
    {"gelu", geluParameters, buildGelu},
    {"silu", {}, buildActivation<ActivationFunction::Silu>},
    {"sigmoid", {}, buildActivation<ActivationFunction::Sigmoid>},
    {"tanh", {}, buildActivation<ActivationFunction::Tanh>},
    {"hard_sigmoid", {}, buildActivation<ActivationFunction::HardSigmoid>},
    {"hard_swish", {}, buildActivation<ActivationFunction::HardSwish>},
    {"hard_tanh", {}, buildActivation<ActivationFunction::HardTanh>},
    {"max_pool", maxPoolParameters, buildMaxPool},
    {"avg_pool", avgPoolParameters, buildAvgPool},
    {"global_avg_pool", {}, buildPlain<GlobalAvgPool>},
    {"global_max_pool", {}, buildPlain<GlobalMaxPool>},
    {"flatten", {}, buildPlain<Flatten>},
    {"softmax", {}, buildPlain<Softmax>},
    {"normalize", normalizeParameters, buildNormalize},
    {"dropout", dropoutParameters, buildDrop<Dropout>},
    {"drop_path", dropPathParameters, buildDrop<DropPath>},
    {"multiply", multiplyParameters, buildMultiply},
    {"learned_scale", learnedParameters, buildLearnedScale},
    {"learned_bias", learnedParameters, buildLearnedBias},
};

} // namespace

llvm::ArrayRef<LayerInfo> resnetc::dsl::allLayers() { return layers; }

const LayerInfo *resnetc::dsl::findLayer(llvm::StringRef name) {
  for (const LayerInfo &layer : layers)
    if (layer.name == name)
      return &layer;
  return nullptr;
}
