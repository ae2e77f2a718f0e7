//===- LayerTree.h - a network as a person would tell it ------------------===//
//
// The layers of dsl/Network.h, grouped by the blocks that made them, with equal
// neighbours folded into one that knows its count: what the table and the drawing
// show.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_INSPECT_LAYERTREE_H
#define RESNETC_COMPILER_INSPECT_LAYERTREE_H

#include "dsl/Network.h"
#include "llvm/ADT/StringRef.h"

namespace resnetc::inspect {

struct Node;
using Nodes = std::vector<Node>;

/// A sequence inside a layer or block. Roles: "body", "shortcut", "gate" of a residual, "branch" of scale, carry and
/// concat; "" of a block.
struct Branch {
  llvm::StringRef role;
  Nodes nodes;
};

/// A layer, one call of a block, or (neither) a run of nodes that is repeated.
struct Node {
  const dsl::Layer *layer = nullptr;
  std::string block;            ///< the callee's name
  std::string name, last;       ///< of the layer or call; with count > 1, of the first one and of the last one
  int64_t count = 1;            ///< equal ones behind each other that this stands for
  std::vector<Branch> branches; ///< of a layer those that it has, else exactly one
  dsl::Shape input, output;
  size_t structure = 0; ///< equal for nodes that are equal but for names and dropout rates
};

/// The layers point into `network`. With `fold`, neighbours (also runs of them) of equal structure become one node.
Nodes makeTree(const dsl::Network &network, bool fold);

} // namespace resnetc::inspect

#endif // RESNETC_COMPILER_INSPECT_LAYERTREE_H
