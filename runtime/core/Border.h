//===- Border.h - zeros around maps ---------------------------------------===//

#ifndef RESNETC_RUNTIME_CORE_BORDER_H
#define RESNETC_RUNTIME_CORE_BORDER_H

#include "runtime/core/UserContext.h"

namespace resnetc::rt {

/// Writes the border of every plane at `maps`; the pixels inside stay as they are.
void zeroBorder(uint8_t *maps, const resnetc_border &border);

/// The same with the context's threads, where there is enough to write: RESNETC_OK or what they failed with.
int zeroBorder(UserContext &user, uint8_t *maps, const resnetc_border &border);

} // namespace resnetc::rt

#endif // RESNETC_RUNTIME_CORE_BORDER_H
