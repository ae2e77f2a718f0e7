//===- PlanFacts.h - what the plan made of each layer ----------------------===//

#ifndef RESNETC_COMPILER_INSPECT_PLANFACTS_H
#define RESNETC_COMPILER_INSPECT_PLANFACTS_H

#include "compiler/ir/plan/Plan.h"

namespace resnetc::inspect {

/// One call of a kernel.
struct CallFacts {
  std::vector<std::string> layers; ///< whose arithmetic it does, by the IR's locations; the first one names the call
  kernels::KernelSpec kernel;
  kernels::TensorSpec output; ///< with its layout and border
  int64_t outputBytes = 0;    ///< of the buffers that it writes, borders and all images included
};

struct PlanFacts {
  std::vector<CallFacts> calls; ///< in the order of execution
  int64_t batch = 1;
  int64_t kernels = 0; ///< distinct ones
  int64_t workspaceBytes = 0, packedBytes = 0;
};

/// Of the first program, which is that of the largest batch. In a rolled loop only the first block's calls are there,
/// so `calls` is complete only for a plan that was made without roll-blocks.
PlanFacts planFacts(mlir::ModuleOp plan);

} // namespace resnetc::inspect

#endif // RESNETC_COMPILER_INSPECT_PLANFACTS_H
