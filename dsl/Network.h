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
#include <string>
#include <variant>
#include <vector>

namespace resnetc::dsl {

/// Extents without the batch: {C, H, W} or {F}.
using Shape = std::vector<int64_t>;

/// One call on the way from the network to a layer: block `callee`, called at `location` as `path`.
struct Frame {
  std::string callee;
  std::string path;
  Location location;
};

enum class ElementType { F32, U8 };

// ---- layers: one struct a kind, named as in the language ----

struct Conv2d {
  int64_t channels;
  std::array<int64_t, 2> kernel, stride, pad, dilation; ///< height, width
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
struct Relu {};
struct MaxPool {
  std::array<int64_t, 2> kernel, stride, pad;
};
struct AvgPool {
  std::array<int64_t, 2> kernel, stride, pad;
  bool countPadding = true;
};
struct GlobalAvgPool {}; ///< C x H x W -> C
struct Flatten {};
struct Softmax {};
/// (x - mean) / std per channel; a u8 input is divided by 255 first.
struct Normalize {
  std::vector<double> mean, std;
};

/// What `residual` adds to its body.
enum class ShortcutKind { Identity, Pad, Branch };

struct Layer;
using Sequence = std::vector<Layer>;

/// body(x) + shortcut(x). `projection` has become a Branch (or Identity) here.
struct Residual {
  Sequence body;
  ShortcutKind kind = ShortcutKind::Identity;
  Sequence shortcut;             ///< Branch only
  std::array<int64_t, 2> stride; ///< Pad only: subsampling that makes the sizes meet
};

using LayerKind = std::variant<Conv2d, Linear, BatchNorm, Relu, MaxPool, AvgPool, GlobalAvgPool, Flatten, Softmax,
                               Normalize, Residual>;

struct Layer {
  /// The full name, e.g. "layer1.0.conv1": the prefix of its parameters. A Residual has the name of its block.
  std::string name;
  /// The name came from labels and Sequential ordinals alone, so that a PyTorch state_dict has it too.
  bool nameIsStable = true;
  LayerKind kind;
  Shape input, output;
  Location location;
  std::vector<Frame> chain; ///< outermost call first
};

struct Network {
  std::string name;
  ElementType inputType = ElementType::F32;
  Shape input, output;
  Sequence layers;
  Location location;
};

} // namespace resnetc::dsl

#endif // RESNETC_DSL_NETWORK_H
