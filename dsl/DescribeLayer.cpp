//===- DescribeLayer.cpp - a layer as one would write it ----------------------------===//

#include "dsl/InferShape.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace resnetc::dsl;

namespace {

using Pair = std::array<int64_t, 2>;

/// Writes name(a, key = value, …); parentheses only if there is something inside.
class Writer {
public:
  explicit Writer(llvm::StringRef name) : os(text) { os << name; }

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
    if (pair[0] == pair[1])
      os << pair[0];
    else
      os << '[' << pair[0] << ", " << pair[1] << ']';
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

struct Describe {
  std::string operator()(const Conv2d &conv) {
    return Writer("conv")
        .value(conv.channels)
        .pair("kernel", conv.kernel, never)
        .pair("stride", conv.stride, {1, 1})
        .pair("pad", conv.pad, defaultPadding(conv.kernel, conv.dilation))
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
  std::string operator()(const MaxPool &max) {
    return Writer("max_pool")
        .pair("kernel", max.kernel, never)
        .pair("stride", max.stride, max.kernel)
        .pair("pad", max.pad, defaultPadding(max.kernel, {1, 1}))
        .finish();
  }
  std::string operator()(const AvgPool &average) {
    return Writer("avg_pool")
        .pair("kernel", average.kernel, never)
        .pair("stride", average.stride, average.kernel)
        .pair("pad", average.pad, defaultPadding(average.kernel, {1, 1}))
        .flag("count_include_pad", average.countPadding, true)
        .finish();
  }
  std::string operator()(const GlobalAvgPool &) { return "global_avg_pool"; }
  std::string operator()(const Relu &) { return "relu"; }
  std::string operator()(const Flatten &) { return "flatten"; }
  std::string operator()(const Softmax &) { return "softmax"; }
  std::string operator()(const Normalize &normalize) {
    return Writer("normalize").reals("mean", normalize.mean).reals("std", normalize.std).finish();
  }
  std::string operator()(const Residual &) { return "residual"; }
};

} // namespace

std::string resnetc::dsl::describe(const LayerKind &kind) { return std::visit(Describe{}, kind); }

llvm::StringRef resnetc::dsl::layerName(const LayerKind &kind) {
  static constexpr llvm::StringLiteral names[] = {"conv",     "linear",    "batch_norm",      "relu",
                                                  "max_pool", "avg_pool",  "global_avg_pool", "flatten",
                                                  "softmax",  "normalize", "residual"};
  static_assert(std::size(names) == std::variant_size_v<LayerKind>, "a name for each layer, in the variant's order");
  return names[kind.index()];
}
