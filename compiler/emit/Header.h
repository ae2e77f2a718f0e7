//===- Header.h - the C header of a model ----------------------------------===//

#ifndef RESNETC_COMPILER_EMIT_HEADER_H
#define RESNETC_COMPILER_EMIT_HEADER_H

#include "compiler/emit/PlanTables.h"

namespace resnetc::emit {

/// C99 and C++17: sizes as macros, the entry points, the ABI check. `embedsWeights`: the object has <name>_weights;
/// `classNames`: how many <name>_class_names it has.
std::string headerText(const PlanTables &tables, bool embedsWeights, size_t classNames = 0);

} // namespace resnetc::emit

#endif // RESNETC_COMPILER_EMIT_HEADER_H
