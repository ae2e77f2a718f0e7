//===- Border.h - zeros around maps ---------------------------------------===//

#ifndef RESNETC_RUNTIME_CORE_BORDER_H
#define RESNETC_RUNTIME_CORE_BORDER_H

#include "runtime/core/Api.h"

namespace resnetc::rt {

/// Writes the border of every plane at `maps`; the pixels inside stay as they are.
void zeroBorder(uint8_t *maps, const resnetc_border &border);

} // namespace resnetc::rt

#endif // RESNETC_RUNTIME_CORE_BORDER_H
