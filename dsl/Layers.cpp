//===- Layers.cpp - the table of built-in layers ----------------------------------===//

#include "dsl/Layers.h"

using namespace resnetc::dsl;

namespace {

using Type = ParameterType;

/// Padding that keeps the size at stride 1: (kernel - 1) / 2 x dilation. An even kernel has none and must say its own.
std::optional<Pair> readPadding(const LayerArguments &arguments, Pair kernel, Pair dilation) {
  if (arguments.has("pad"))
    return arguments.pair("pad", {});
  Pair pad;
  for (int axis : {0, 1}) {
    if (kernel[axis] % 2 == 0) {
      arguments.reportError("kernel", "an even kernel (" + llvm::Twine(kernel[axis]) + ") has no default padding")
          .help("say it, for example pad = " + llvm::Twine((kernel[axis] - 1) / 2));
      return std::nullopt;
    }
    pad[axis] = (kernel[axis] - 1) / 2 * dilation[axis];
  }
  return pad;
}

std::optional<LayerKind> buildConv(const LayerArguments &arguments) {
  Conv2d conv;
  conv.channels = arguments.integer("channels", 1);
  conv.kernel = arguments.pair("kernel", {1, 1});
  conv.stride = arguments.pair("stride", {1, 1});
  conv.dilation = arguments.pair("dilation", {1, 1});
  conv.groups = arguments.integer("groups", 1);
  conv.bias = arguments.flag("bias", false);
  std::optional<Pair> pad = readPadding(arguments, conv.kernel, conv.dilation);
  if (!pad)
    return std::nullopt;
  conv.pad = conv.padEnd = *pad;
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

std::optional<LayerKind> buildBatchNorm(const LayerArguments &arguments) {
  BatchNorm norm{arguments.real("eps", 1e-5), arguments.real("momentum", 0.1)};
  if (!(norm.eps > 0 && norm.eps <= 1)) {
    arguments.reportError("eps", "eps of batch_norm must be above 0 and at most 1");
    return std::nullopt;
  }
  if (!(norm.momentum >= 0 && norm.momentum <= 1)) {
    arguments.reportError("momentum", "momentum of batch_norm must be between 0 and 1");
    return std::nullopt;
  }
  return norm;
}

/// Max and average pools: the stride is the kernel unless given, and a window holds at least one element of the input.
template <typename Pool> std::optional<Pool> buildPool(const LayerArguments &arguments) {
  Pool pool;
  pool.kernel = arguments.pair("kernel", {1, 1});
  pool.stride = arguments.pair("stride", pool.kernel);
  std::optional<Pair> pad = readPadding(arguments, pool.kernel, {1, 1});
  if (!pad)
    return std::nullopt;
  pool.pad = pool.padEnd = *pad;
  for (int axis : {0, 1})
    if (pool.pad[axis] > pool.kernel[axis] / 2) {
      arguments.reportError("pad", "padding " + llvm::Twine(pool.pad[axis]) +
                                       " is more than half of the pool's kernel " + llvm::Twine(pool.kernel[axis]));
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

std::optional<LayerKind> buildRelu(const LayerArguments &) { return Activation{ActivationFunction::Relu}; }

template <typename Layer> std::optional<LayerKind> buildPlain(const LayerArguments &) { return Layer{}; }

constexpr LayerParameter convParameters[] = {
    {"channels", Type::Integer, true},
    {"kernel", Type::Pair, true, 1, 1 << 12},
    {"stride", Type::Pair, false, 1, 1 << 12},
    {"pad", Type::Pair, false, 0, 1 << 12},
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
constexpr LayerParameter maxPoolParameters[] = {
    {"kernel", Type::Pair, true, 1, 1 << 12},
    {"stride", Type::Pair, false, 1, 1 << 12},
    {"pad", Type::Pair, false, 0, 1 << 12},
};
constexpr LayerParameter avgPoolParameters[] = {
    {"kernel", Type::Pair, true, 1, 1 << 12},
    {"stride", Type::Pair, false, 1, 1 << 12},
    {"pad", Type::Pair, false, 0, 1 << 12},
    {"count_include_pad", Type::Flag},
};
constexpr LayerParameter normalizeParameters[] = {
    {"mean", Type::Reals, true},
    {"std", Type::Reals, true},
};

const LayerInfo layers[] = {
    {"conv", convParameters, buildConv},
    {"linear", linearParameters, buildLinear},
    {"batch_norm", batchNormParameters, buildBatchNorm},
    {"relu", {}, buildRelu},
    {"max_pool", maxPoolParameters, buildMaxPool},
    {"avg_pool", avgPoolParameters, buildAvgPool},
    {"global_avg_pool", {}, buildPlain<GlobalAvgPool>},
    {"flatten", {}, buildPlain<Flatten>},
    {"softmax", {}, buildPlain<Softmax>},
    {"normalize", normalizeParameters, buildNormalize},
};

} // namespace

llvm::ArrayRef<LayerInfo> resnetc::dsl::allLayers() { return layers; }

const LayerInfo *resnetc::dsl::findLayer(llvm::StringRef name) {
  for (const LayerInfo &layer : layers)
    if (layer.name == name)
      return &layer;
  return nullptr;
}
