//===- NumberBranches.cpp - residuals of one block get different names --------===//

#include "dsl/ElaborateImpl.h"
#include "llvm/ADT/StringMap.h"

using namespace resnetc::dsl;

static void number(Sequence &layers, llvm::StringMap<unsigned> &seen) {
  for (Layer &layer : layers) {
    bool hasBranches = false;
    forEachBranch(layer.kind, [&](const Sequence &) { hasBranches = true; });
    if (hasBranches)
      if (unsigned before = seen[layer.name]++)
        layer.name += "#" + std::to_string(before + 1);
    forEachBranch(layer.kind, [&](Sequence &branch) { number(branch, seen); });
  }
}

void resnetc::dsl::numberBranches(Network &network) {
  llvm::StringMap<unsigned> seen;
  number(network.layers, seen);
}
