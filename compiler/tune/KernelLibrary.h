//===- KernelLibrary.h - compiled kernels as functions of this process ------===//

#ifndef RESNETC_COMPILER_TUNE_KERNELLIBRARY_H
#define RESNETC_COMPILER_TUNE_KERNELLIBRARY_H

#include "compiler/kernels/KernelCompiler.h"
#include "resnetc/abi.h"

namespace resnetc::tune {

/// Kernels, compiled by workers, linked by `cc` to one shared object and loaded. They call `halide_do_par_for` of the
/// executable, which must define and export it.
class KernelLibrary {
public:
  static llvm::Expected<std::unique_ptr<KernelLibrary>> load(std::vector<kernels::KernelJob> jobs,
                                                             const kernels::KernelCompilerOptions &options);
  ~KernelLibrary();
  resnetc_kernel function(size_t job) const { return functions[job]; }
  const std::vector<kernels::KernelJob> &jobs() const { return jobList; }
  const std::string &schedule(size_t job) const { return compiled[job].schedule; }

private:
  KernelLibrary() = default;
  llvm::Error link();
  std::vector<kernels::KernelJob> jobList;
  std::vector<kernels::CompiledKernel> compiled;
  std::vector<resnetc_kernel> functions;
  void *handle = nullptr;
};

} // namespace resnetc::tune

#endif // RESNETC_COMPILER_TUNE_KERNELLIBRARY_H
