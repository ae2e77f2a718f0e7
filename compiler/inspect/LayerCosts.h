//===- LayerCosts.h - parameters and multiply-adds of layers ---------------===//

#ifndef RESNETC_COMPILER_INSPECT_LAYERCOSTS_H
#define RESNETC_COMPILER_INSPECT_LAYERCOSTS_H

#include "dsl/Network.h"

namespace resnetc::inspect {

struct Costs {
  int64_t weightLayers = 0; ///< convolutions and linear layers, projections included
  int64_t parameters = 0;   ///< learnt numbers as PyTorch counts them: without running statistics
  int64_t multiplyAdds = 0; ///< of convolutions and linear layers, for one input
};

/// Of the layer itself: what lies in its branches is not counted.
Costs layerCosts(const dsl::Layer &layer);
Costs networkCosts(const dsl::Network &network);

} // namespace resnetc::inspect

#endif // RESNETC_COMPILER_INSPECT_LAYERCOSTS_H
