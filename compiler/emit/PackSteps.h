//===- PackSteps.h - pack ops as pack steps -------------------------------===//

#ifndef RESNETC_COMPILER_EMIT_PACKSTEPS_H
#define RESNETC_COMPILER_EMIT_PACKSTEPS_H

#include "compiler/ir/plan/Plan.h"
#include "resnetc/abi.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace resnetc::emit {

/// The packs of the model's module, in their order, each by itself. Tensors are indices into the model's schema.
llvm::Expected<std::vector<resnetc_pack_step>> packStepsOf(plan::ModelOp model);

} // namespace resnetc::emit

#endif // RESNETC_COMPILER_EMIT_PACKSTEPS_H
