//===- Emit.h - from a plan to the object that applications link -----------===//

#ifndef RESNETC_COMPILER_EMIT_EMIT_H
#define RESNETC_COMPILER_EMIT_EMIT_H

#include "compiler/emit/Link.h"
#include "compiler/emit/Manifest.h"
#include "compiler/kernels/KernelCompiler.h"

namespace resnetc::emit {

struct EmitOptions {
  std::vector<std::string> targets; ///< names from kernels/CpuTarget.h, in any order
  unsigned threads = 2;             ///< that schedules are chosen for; the object runs on any number
  std::string flags;                ///< goes into resnetc_model_info: nothing of this machine, no paths
  kernels::KernelCompilerOptions kernels;
};

struct EmittedModel {
  ObjectBytes object;                 ///< finished, without weights: LoadedModel runs it, embedWeights adds them
  std::vector<EmittedKernel> kernels; ///< targets best first, then in the plan's order
};

/// Compiles every kernel for every target (in worker processes, or from the cache) and assembles the object. The same
/// tables, targets, threads and flags give the same bytes.
llvm::Expected<EmittedModel> emitModel(const PlanTables &tables, const EmitOptions &options);

} // namespace resnetc::emit

#endif // RESNETC_COMPILER_EMIT_EMIT_H
