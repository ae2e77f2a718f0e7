//===- KernelGenerator.h - one kernel to an object -------------------------===//
//
// Runs in a worker process, once per process: Halide counts names, so a second kernel of
// the same process would have other bytes.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_KERNELS_KERNELGENERATOR_H
#define RESNETC_COMPILER_KERNELS_KERNELGENERATOR_H

#include "Halide.h"
#include "compiler/kernels/CpuTarget.h"
#include "compiler/kernels/schedule/Schedule.h"

namespace resnetc::kernels {

/// What a worker can print of a kernel.
enum class KernelOutput { Object, Assembly, Llvm, Stmt };

/// Writes the kernel `name` (and its ABI entry, `name` + "_argv") to `path`. `spec` must be verified and `schedule`
/// fit it. Throws Halide::Error.
void generateKernel(const KernelSpec &spec, const Schedule &schedule, const CpuTarget &target, const std::string &name,
                    KernelOutput output, const std::string &path);

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_KERNELGENERATOR_H
