//===- PackStep.h - one step of packing -----------------------------------===//

#ifndef RESNETC_RUNTIME_CORE_PACKSTEP_H
#define RESNETC_RUNTIME_CORE_PACKSTEP_H

#include "runtime/core/Api.h"

namespace resnetc::rt {

/// Turn `turn` of a repeated step as a step of its own. What would not fit its fields becomes what no file and no
/// memory has.
resnetc_pack_step turnOf(const resnetc_pack_step &step, uint32_t turn);

/// Bytes that the step writes; 0 if it is not one that this version knows, or does not fit `limit` bytes.
uint64_t packedStepBytes(const resnetc_pack_step &step, uint64_t limit);

} // namespace resnetc::rt

#endif // RESNETC_RUNTIME_CORE_PACKSTEP_H
