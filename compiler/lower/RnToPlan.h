//===- RnToPlan.h - from what is computed to how it runs ------------------===//

#ifndef RESNETC_COMPILER_LOWER_RNTOPLAN_H
#define RESNETC_COMPILER_LOWER_RNTOPLAN_H

#include "compiler/ir/plan/Plan.h"
#include "mlir/Pass/Pass.h"

namespace resnetc::lower {

#define GEN_PASS_DECL
#include "compiler/lower/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/lower/Passes.h.inc"

} // namespace resnetc::lower

#endif // RESNETC_COMPILER_LOWER_RNTOPLAN_H
