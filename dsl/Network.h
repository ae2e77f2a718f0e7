//===- Network.h - an elaborated network: blocks expanded, names given ----===//
//
// What elaboration makes of a .rn file and lowering reads. No expression, block or
// repeat is left; every shape is known and checked; every layer has its final name
// and knows where it was written and through which calls it came.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_DSL_NETWORK_H
#define RESNETC_DSL_NETWORK_H

#include "dsl/Source.h"
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace resnetc::dsl {

/// Extents without the batch: {C, H, W}, {C, L} (a signal) or {F}.
using Shape = std::vector<int64_t>;

/// One call on the way from the network to a layer: block `callee`, called at `location` as `path`.
struct Frame {
  std::string callee;
  std::string path;
  Location location;
};

enum class ElementType { F32, U8 };

// ---- layers: one struct a kind, named as in the language ----

/// Of windows on maps: height, width. A signal has windows of height 1: kernel {1, k}, stride {1, s}, padding {0, p}.
using Pair = std::array<int64_t, 2>;

struct Conv2d {
  int64_t channels;
  Pair kernel, stride;
  Pair pad, padEnd; ///< {top, left}, {bottom, right}
  Pair dilation;
  int64_t groups = 1;
  bool bias = false;
};
struct Linear {
  int64_t features;
  bool bias = true;
};
struct BatchNorm {
  double eps = 1e-5, momentum = 0.1;
};
/// Over the channels at each place.
struct LayerNorm {
  double eps = 1e-5;
};

enum class ActivationFunction {
  Relu,
  Relu6,
  LeakyRelu,
  Elu,
  Gelu,
  GeluTanh,
  Silu,
  Sigmoid,
  Tanh,
  HardSigmoid,
  HardSwish,
  HardTanh
};
struct Activation {
  ActivationFunction function;
  double parameter = 0; ///< LeakyRelu: slope; Elu: alpha
};

struct MaxPool {
  Pair kernel, stride, pad, padEnd;
  bool ceil = false; ///< a last window may stand out over the end, as with PyTorch's ceil_mode
};
struct AvgPool {
  Pair kernel, stride, pad, padEnd;
  bool countPadding = true;
  bool ceil = false;
};
struct GlobalAvgPool {}; ///< C x H x W or C x L -> C
struct GlobalMaxPool {};
struct Flatten {};
struct Softmax {};
/// (x - mean) / std per channel; a u8 input is divided by 255 first.
struct Normalize {
  std::vector<double> mean, std;
};

// The identity in inference.
struct Dropout {
  double rate;
};
struct DropPath {
  double rate;
};

struct Multiply {
  double factor;
};
/// x * w or x + b; the parameter NAME.weight or NAME.bias is [1], or [C] if there is one for each channel.
struct LearnedScale {
  double init;
  bool perChannel;
};
struct LearnedBias {
  double init;
  bool perChannel;
};

struct Layer;
using Sequence = std::vector<Layer>;

/// x * branch(x) (`scale`), or x * (1 - branch(x)) if `complement` (`carry`). The branch makes the shape of x, or one
/// value for each channel: {C}, {C, 1} or {C, 1, 1}.
struct Scale {
  Sequence branch;
  bool complement = false;
};

/// The branches' channels behind each other; an empty branch is x itself.
struct Concat {
  std::vector<Sequence> branches;
};

/// What `residual` adds to its body.
enum class ShortcutKind { Identity, Pad, Branch };

/// body(x) + shortcut(x), or gate(x) * body(x) + (1 - gate(x)) * shortcut(x). `projection` has become a Branch (or
/// Identity) here.
struct Residual {
  Sequence body;
  ShortcutKind kind = ShortcutKind::Identity;
  Sequence shortcut;            ///< Branch only
  Pair stride = {1, 1};         ///< Pad only: subsampling that makes the sizes meet
  std::optional<Sequence> gate; ///< makes the body's shape, or one value for each of its channels
};

using LayerKind = std::variant<Conv2d, Linear, BatchNorm, LayerNorm, Activation, MaxPool, AvgPool, GlobalAvgPool,
                               GlobalMaxPool, Flatten, Softmax, Normalize, Dropout, DropPath, Multiply, LearnedScale,
                               LearnedBias, Scale, Concat, Residual>;

struct Layer {
  /// The full name, e.g. "layer1.0.conv1": the prefix of its parameters. A Residual, Scale or Concat has the name of
  /// its block; further ones of the same block are "layer1.0#2", "layer1.0#3" in the order in which they begin.
  std::string name;
  /// The name came from labels and Sequential ordinals alone, so that a PyTorch state_dict has it too.
  bool nameIsStable = true;
  LayerKind kind;
  Shape input, output;
  Location location;
  std::vector<Frame> chain; ///< outermost call first
};

/// Calls `visit` with each sequence inside a Residual (body, shortcut, gate), a Scale or a Concat.
/// `Kind`: LayerKind or const LayerKind.
template <typename Kind, typename F> void forEachBranch(Kind &kind, F visit) {
  if (auto *residual = std::get_if<Residual>(&kind)) {
    visit(residual->body);
    visit(residual->shortcut);
    if (residual->gate)
      visit(*residual->gate);
  } else if (auto *scale = std::get_if<Scale>(&kind))
    visit(scale->branch);
  else if (auto *concat = std::get_if<Concat>(&kind))
    for (auto &branch : concat->branches)
      visit(branch);
}

// ---- the train section, its names, types and ranges checked ----

struct TrainValue;
/// `sgd(lr = 0.1)`, `flip`: with all arguments, defaults included, in the order of dsl/TrainTable.cpp.
struct TrainChoice {
  std::string name;
  std::vector<std::pair<std::string, TrainValue>> arguments;
};
struct TrainValue {
  std::variant<bool, int64_t, double, std::vector<TrainValue>, TrainChoice> data;
};
struct TrainSection {
  std::vector<std::pair<std::string, TrainValue>> settings; ///< those that are written
  Location location;
};

struct Network {
  std::string name;
  ElementType inputType = ElementType::F32;
  Shape input, output;
  Sequence layers;
  Location location;
  std::optional<TrainSection> train;
};

} // namespace resnetc::dsl

#endif // RESNETC_DSL_NETWORK_H
