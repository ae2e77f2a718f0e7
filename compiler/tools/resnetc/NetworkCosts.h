//===- NetworkCosts.h - parameters and multiply-adds of a network ----------===//

#ifndef RESNETC_COMPILER_TOOLS_RESNETC_NETWORKCOSTS_H
#define RESNETC_COMPILER_TOOLS_RESNETC_NETWORKCOSTS_H

#include "dsl/Network.h"

namespace resnetc::tool {

struct NetworkCosts {
  int64_t weightLayers = 0; ///< convolutions and linear layers, projections included
  int64_t parameters = 0;   ///< learnt numbers as PyTorch counts them: without running statistics
  int64_t multiplyAdds = 0; ///< of convolutions and linear layers, for one input
};

NetworkCosts networkCosts(const dsl::Network &network);

} // namespace resnetc::tool

#endif // RESNETC_COMPILER_TOOLS_RESNETC_NETWORKCOSTS_H
