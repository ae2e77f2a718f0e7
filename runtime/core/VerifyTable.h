//===- VerifyTable.h - is this a weights file? ----------------------------===//

#ifndef RESNETC_RUNTIME_CORE_VERIFYTABLE_H
#define RESNETC_RUNTIME_CORE_VERIFYTABLE_H

#include "runtime/core/ErrorText.h"
#include "runtime/core/WeightsTable.h"

namespace resnetc::rt {

/// Checks all of a file but the values of its data: prelude, FlatBuffer, and that every tensor lies where the table
/// says, inside the file. Returns the table, or null with words in `error`. `file` is 8-byte aligned.
const weights::Weights *verifyFile(const uint8_t *file, size_t bytes, ErrorText &error);

} // namespace resnetc::rt

#endif // RESNETC_RUNTIME_CORE_VERIFYTABLE_H
