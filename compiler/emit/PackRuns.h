//===- PackRuns.h - pack steps of equal blocks are one step ---------------===//

#ifndef RESNETC_COMPILER_EMIT_PACKRUNS_H
#define RESNETC_COMPILER_EMIT_PACKRUNS_H

#include "resnetc/abi.h"
#include <vector>

namespace resnetc::emit {

/// Steps that differ only in tensors and offset, both at a constant distance from one to the next, become one step with
/// a count. What is packed stays the same. Cost: nearly linear in the number of steps.
std::vector<resnetc_pack_step> repeatPackSteps(const std::vector<resnetc_pack_step> &steps);

} // namespace resnetc::emit

#endif // RESNETC_COMPILER_EMIT_PACKRUNS_H
