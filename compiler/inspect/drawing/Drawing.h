//===- Drawing.h - a network as a picture ----------------------------------===//

#ifndef RESNETC_COMPILER_INSPECT_DRAWING_DRAWING_H
#define RESNETC_COMPILER_INSPECT_DRAWING_DRAWING_H

#include "compiler/inspect/LayerCosts.h"
#include "compiler/inspect/LayerTree.h"

namespace resnetc::inspect {

/// SVG: the data flows down the columns, from the left one to the right one; a new column begins where blocks begin,
/// end or change the resolution. `tree`: with equal blocks folded. The bytes depend on the network alone.
std::string drawNetwork(const dsl::Network &network, const Nodes &tree);

} // namespace resnetc::inspect

#endif // RESNETC_COMPILER_INSPECT_DRAWING_DRAWING_H
