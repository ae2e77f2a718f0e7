//===- Elaborate.h - from the tree to the network --------------------------------------------===//

#ifndef RESNETC_DSL_ELABORATE_H
#define RESNETC_DSL_ELABORATE_H

#include "dsl/Ast.h"
#include "dsl/Diagnostics.h"
#include "dsl/Network.h"
#include "dsl/Value.h"

namespace resnetc::dsl {

/// A value for a parameter of the network, in place of its default.
struct Override {
  ast::Name name;
  Value value;
};

/// Bounds that keep every file terminating soon and its network of a size that a machine can hold.
constexpr int64_t maximalRepeats = 10'000;
constexpr unsigned maximalSteps = 200'000; ///< statements executed, and turns of repeats
constexpr size_t maximalWork = 20'000'000; ///< statements looked at for their labels, and parameters bound
constexpr unsigned maximalLayers = 20'000;
constexpr unsigned maximalCallDepth = 32;
constexpr unsigned maximalBranchDepth = 32;                    ///< of residual, scale, carry and concat in each other
constexpr int64_t maximalParameterElements = int64_t(1) << 33; ///< of all tensors together

/// Expands the calls of a resolved network, names its layers and infers and checks every shape. After an error that
/// makes a shape unknown, what follows is still elaborated, but not checked against that shape.
std::optional<Network> elaborate(const ast::Definition &network, llvm::ArrayRef<Override> overrides,
                                 Diagnostics &diagnostics);

/// Prints what elaboration made: one line a layer, with name and shape.
void printNetwork(const Network &network, llvm::raw_ostream &os);

/// A parameter tensor with PyTorch's name and shape.
struct ParameterTensor {
  std::string name; ///< "layer1.0.conv1.weight", "bn1.running_mean"
  Shape shape;      ///< conv: out x in/groups x height x width; linear: out x in; the others: channels
  bool isStable;
};

/// All parameters in the order of the layers: .weight, .bias; batch norm: .weight, .bias, .running_mean, .running_var.
std::vector<ParameterTensor> listParameters(const Network &network);

} // namespace resnetc::dsl

#endif // RESNETC_DSL_ELABORATE_H
