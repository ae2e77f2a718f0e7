//===- DescribeLayer.cpp - a layer as one would write it ----------------------------===//

#include "dsl/InferShape.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace resnetc::dsl;

namespace {

/// Writes name(a, key = value, …); parentheses only if there is something inside.
class Writer {
public:
  Writer(llvm::StringRef name, bool isSignal = false) : isSignal(isSignal), os(text) { os << name; }

  llvm::raw_ostream &next(llvm::StringRef key = "") {
    os << (isOpen ? ", " : "(");
    isOpen = true;
    if (!key.empty())
      os << key << " = ";
    return os;
  }
  Writer &value(int64_t number) {
    next() << number;
    return *this;
  }
  Writer &pair(llvm::StringRef key, Pair pair, Pair otherwise) {
    if (pair == otherwise)
      return *this;
    next(key);
    if (isSignal || pair[0] == pair[1])
      os << pair[1];
    else
      os << '[' << pair[0] << ", " << pair[1] << ']';
    return *this;
  }
  Writer &padding(Pair begin, Pair end, Pair otherwise) {
    if (begin == end)
      return pair("pad", begin, otherwise);
    next("pad") << '[';
    if (isSignal)
      os << begin[1] << ", " << end[1] << ']';
    else
      os << begin[0] << ", " << begin[1] << ", " << end[0] << ", " << end[1] << ']';
    return *this;
  }
  Writer &flag(llvm::StringRef key, bool flag, bool otherwise) {
    if (flag != otherwise)
      next(key) << (flag ? "true" : "false");
    return *this;
  }
  Writer &real(llvm::StringRef key, double number, double otherwise) {
    if (number != otherwise)
      next(key) << llvm::format("%g", number);
    return *this;
  }
  Writer &number(double number) {
    next() << llvm::format("%g", number);
    return *this;
  }
  Writer &reals(llvm::StringRef key, const std::vector<double> &numbers) {
    next(key) << '[';
    for (size_t i = 0; i < numbers.size(); ++i)
      os << (i ? ", " : "") << llvm::format("%g", numbers[i]);
    os << ']';
    return *this;
  }
  std::string finish() {
    if (isOpen)
      os << ')';
    return text;
  }

private:
  bool isSignal;
  std::string text;
  llvm::raw_string_ostream os;
  bool isOpen = false;
};

Pair defaultPadding(Pair kernel, Pair dilation) {
  Pair pad;
  for (int axis : {0, 1})
    pad[axis] = kernel[axis] % 2 ? (kernel[axis] - 1) / 2 * dilation[axis] : -1;
  return pad;
}

constexpr Pair never = {-1, -1};

llvm::StringRef activationName(ActivationFunction function) {
  switch (function) {
  case ActivationFunction::Relu:
    return "relu";
  case ActivationFunction::Relu6:
    return "relu6";
  case ActivationFunction::LeakyRelu:
    return "leaky_relu";
  case ActivationFunction::Elu:
    return "elu";
  case ActivationFunction::Gelu:
  case ActivationFunction::GeluTanh:
    return "gelu";
  case ActivationFunction::Silu:
    return "silu";
  case ActivationFunction::Sigmoid:
    return "sigmoid";
  case ActivationFunction::Tanh:
    return "tanh";
  case ActivationFunction::HardSigmoid:
    return "hard_sigmoid";
  case ActivationFunction::HardSwish:
    return "hard_swish";
  case ActivationFunction::HardTanh:
    return "hard_tanh";
  }
  return "";
}

struct Describe {
  bool isSignal;

  std::string operator()(const Conv2d &conv) {
    return Writer("conv", isSignal)
        .value(conv.channels)
        .pair("kernel", conv.kernel, never)
        .pair("stride", conv.stride, {1, 1})
        .padding(conv.pad, conv.padEnd, defaultPadding(conv.kernel, conv.dilation))
        .pair("dilation", conv.dilation, {1, 1})
        .pair("groups", {conv.groups, conv.groups}, {1, 1})
        .flag("bias", conv.bias, false)
        .finish();
  }
  std::string operator()(const Linear &linear) {
    return Writer("linear").value(linear.features).flag("bias", linear.bias, true).finish();
  }
  std::string operator()(const BatchNorm &norm) {
    return Writer("batch_norm").real("eps", norm.eps, 1e-5).real("momentum", norm.momentum, 0.1).finish();
  }
  std::string operator()(const LayerNorm &norm) { return Writer("layer_norm").real("eps", norm.eps, 1e-5).finish(); }
  std::string operator()(const Activation &activation) {
    Writer writer(activationName(activation.function));
    if (activation.function == ActivationFunction::LeakyRelu)
      writer.real("slope", activation.parameter, 0.01);
    if (activation.function == ActivationFunction::Elu)
      writer.real("alpha", activation.parameter, 1.0);
    return writer.flag("approximate", activation.function == ActivationFunction::GeluTanh, false).finish();
  }
  template <typename Pool> static Writer &windows(Writer &writer, const Pool &pool) {
    return writer.pair("kernel", pool.kernel, never)
        .pair("stride", pool.stride, pool.kernel)
        .padding(pool.pad, pool.padEnd, defaultPadding(pool.kernel, {1, 1}));
  }
  std::string operator()(const MaxPool &max) {
    Writer writer("max_pool", isSignal);
    return windows(writer, max).flag("ceil", max.ceil, false).finish();
  }
  std::string operator()(const AvgPool &average) {
    Writer writer("avg_pool", isSignal);
    return windows(writer, average)
        .flag("count_include_pad", average.countPadding, true)
        .flag("ceil", average.ceil, false)
        .finish();
  }
  std::string operator()(const GlobalAvgPool &) { return "global_avg_pool"; }
  std::string operator()(const GlobalMaxPool &) { return "global_max_pool"; }
  std::string operator()(const Flatten &) { return "flatten"; }
  std::string operator()(const Softmax &) { return "softmax"; }
  std::string operator()(const Normalize &normalize) {
    return Writer("normalize").reals("mean", normalize.mean).reals("std", normalize.std).finish();
  }
  std::string operator()(const Dropout &dropout) { return Writer("dropout").number(dropout.rate).finish(); }
  std::string operator()(const DropPath &dropPath) { return Writer("drop_path").number(dropPath.rate).finish(); }
  std::string operator()(const Multiply &multiply) { return Writer("multiply").number(multiply.factor).finish(); }
  std::string operator()(const LearnedScale &scale) {
    return Writer("learned_scale").real("init", scale.init, 1).flag("per_channel", scale.perChannel, false).finish();
  }
  std::string operator()(const LearnedBias &bias) {
    return Writer("learned_bias").real("init", bias.init, 0).flag("per_channel", bias.perChannel, false).finish();
  }
  std::string operator()(const Scale &scale) { return scale.complement ? "carry" : "scale"; }
  std::string operator()(const Concat &) { return "concat"; }
  std::string operator()(const Residual &) { return "residual"; }
};

} // namespace

std::string resnetc::dsl::describe(const LayerKind &kind, bool isSignal) {
  return std::visit(Describe{isSignal}, kind);
}

llvm::StringRef resnetc::dsl::layerName(const LayerKind &kind) {
  if (const auto *activation = std::get_if<Activation>(&kind))
    return activationName(activation->function);
  if (const auto *scale = std::get_if<Scale>(&kind))
    return scale->complement ? "carry" : "scale";
  static constexpr llvm::StringLiteral names[] = {
      "conv",          "linear",       "batch_norm",      "layer_norm",      "activation",
      "max_pool",      "avg_pool",     "global_avg_pool", "global_max_pool", "flatten",
      "softmax",       "normalize",    "dropout",         "drop_path",       "multiply",
      "learned_scale", "learned_bias", "scale",           "concat",          "residual"};
  static_assert(std::size(names) == std::variant_size_v<LayerKind>, "a name for each layer, in the variant's order");
  return names[kind.index()];
}
