//===- LayerFigures.h - how each layer and block looks ---------------------===//

#ifndef RESNETC_COMPILER_INSPECT_DRAWING_LAYERFIGURES_H
#define RESNETC_COMPILER_INSPECT_DRAWING_LAYERFIGURES_H

#include "compiler/inspect/LayerTree.h"
#include "compiler/inspect/drawing/Figure.h"

namespace resnetc::inspect {

/// A figure and what stands on the wire below it.
struct Piece {
  Figure figure;
  const Node *first, *last; ///< the nodes that it shows
};

/// Norms, activations and dropouts share the box of the layer before them. Blocks lie on cards: at the top of the
/// network all of them (`cards`), inside those that are repeated.
std::vector<Piece> makePieces(const Nodes &nodes, bool cards);

/// The classes of boxes and what a legend says of them.
struct BoxKind {
  llvm::StringRef style, meaning;
};
llvm::ArrayRef<BoxKind> boxKinds();

} // namespace resnetc::inspect

#endif // RESNETC_COMPILER_INSPECT_DRAWING_LAYERFIGURES_H
