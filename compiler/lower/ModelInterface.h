//===- ModelInterface.h - what a model shows of its network ---------------===//

#ifndef RESNETC_COMPILER_LOWER_MODELINTERFACE_H
#define RESNETC_COMPILER_LOWER_MODELINTERFACE_H

#include "compiler/ir/plan/Plan.h"
#include "compiler/ir/rn/Rn.h"

namespace resnetc::lower {

/// Makes the plan.model of a network before it: input, `output`, schema. Errors are emitted at the network.
mlir::FailureOr<plan::ModelOp> makeModel(rn::NetworkOp network, mlir::Type output);

} // namespace resnetc::lower

#endif // RESNETC_COMPILER_LOWER_MODELINTERFACE_H
