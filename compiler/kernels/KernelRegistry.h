//===- KernelRegistry.h - which algorithm and schedule an op has -----------===//

#ifndef RESNETC_COMPILER_KERNELS_KERNELREGISTRY_H
#define RESNETC_COMPILER_KERNELS_KERNELREGISTRY_H

#include "compiler/kernels/algorithm/Algorithm.h"
#include "compiler/kernels/schedule/Schedule.h"

namespace resnetc::kernels {

/// How kernels of one op are made.
struct KernelRecipe {
  KernelOp op;
  Algorithm (*algorithm)(const KernelSpec &spec);
  void (*schedule)(Algorithm &algorithm, const KernelSpec &spec, const Schedule &schedule);
};

/// The one table of ops; a new kernel is a line here.
const KernelRecipe &findRecipe(KernelOp op);

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_KERNELREGISTRY_H
