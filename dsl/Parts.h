//===- Parts.h - networks made of parts of a network -----------------------===//
//
// What experiments do to a trained network: take one block out (lesions, Veit et al.
// 2016), or train the first blocks alone, then more (greedily layer by layer, Bengio et al. 2007).
// Layers that stay keep their names, so weights are found by name.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_DSL_PARTS_H
#define RESNETC_DSL_PARTS_H

#include "dsl/Network.h"
#include "llvm/Support/Error.h"

namespace resnetc::dsl {

/// A part without which the network still fits together.
struct RemovablePart {
  std::string name;  ///< of the residual ("layer1.0"), or of the block's call
  std::string block; ///< the block that made it; "residual" if it stands in none
  size_t index;      ///< which one, for withoutPart
};

/// In the order of the layers: every residual, also of those in each other. In a network that has none every call of a
/// block that keeps the shape; of a block that does not, such calls within it.
std::vector<RemovablePart> removableParts(const Network &network);

/// A copy of the network in which a residual is its shortcut (a gated one, too), or a block call is gone.
/// New layers, which come where the shortcut is `pad` (a 1x1 convolution that takes the body's place), have parameters
/// that must be zero: those are named NAME.removed.weight.
Network withoutPart(const Network &network, const RemovablePart &part);

/// How much of the body is one step of greedy training.
enum class Granularity {
  Stages, ///< blocks up to the next one that changes the shape
  Blocks  ///< one call of a block, or one residual outside of blocks
};

/// A network is stem, body and head: what comes before the first block, the blocks with what stands between them, what
/// comes after the last one.
struct Body {
  /// For each step how many layers (of network.layers) it ends after; strictly increasing, the last one is where the
  /// head begins. The first step holds the stem, too.
  std::vector<size_t> ends;
  std::vector<std::string> names; ///< of the steps: "layer1", "layer1.0", "layer1.0 to layer1.2"
};

/// An error, with the network's name, if it has no block and no residual.
llvm::Expected<Body> bodyOf(const Network &network, Granularity granularity);

/// The first `end` layers and the head, whose shapes are inferred anew: parameters of the head have other shapes than
/// in the whole network. The error says which layer of the head can't be applied.
llvm::Expected<Network> firstPart(const Network &network, const Body &body, size_t step);

/// The names of all layers with parameters in network.layers[0, end), also of those in branches.
std::vector<std::string> parameterLayers(const Network &network, size_t end);

} // namespace resnetc::dsl

#endif // RESNETC_DSL_PARTS_H
