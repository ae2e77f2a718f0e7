//===- ReceptiveField.h - what a layer's output pixel sees -----------------===//

#ifndef RESNETC_COMPILER_INSPECT_RECEPTIVEFIELD_H
#define RESNETC_COMPILER_INSPECT_RECEPTIVEFIELD_H

#include "dsl/Network.h"
#include "llvm/ADT/DenseMap.h"

namespace resnetc::inspect {

/// Height and width, in pixels of the network's input, of what one pixel of an output depends on through windows; it
/// may be larger than the input. A signal's height is 1.
struct ReceptiveField {
  dsl::Pair size = {1, 1};
  dsl::Pair jump = {1, 1}; ///< from one output pixel to the next, in input pixels
  bool whole = false;      ///< all of the input: behind a global pool, flatten or linear layer
};

/// Of every layer's output (Araujo et al. 2019, "Computing receptive fields of convolutional neural networks"). Where
/// paths meet, the widest counts. What a scale, carry or gate multiplies with doesn't count: it weighs what is seen,
/// and often sees the whole input; the layers inside it have fields of their own.
llvm::DenseMap<const dsl::Layer *, ReceptiveField> receptiveFields(const dsl::Network &network);

} // namespace resnetc::inspect

#endif // RESNETC_COMPILER_INSPECT_RECEPTIVEFIELD_H
