//===- KernelCompiler.h - many kernels to objects, by worker processes -----===//
//
// One kernel per process: a second kernel in the same process would get other names and
// other bytes, and a worker's crash, hang or hunger for memory stays its own. Finished
// objects are kept in a cache on disk by content. The result depends on neither the
// number of workers nor the state of the cache.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_KERNELS_KERNELCOMPILER_H
#define RESNETC_COMPILER_KERNELS_KERNELCOMPILER_H

#include "compiler/kernels/KernelSpec.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace resnetc::kernels {

/// One kernel for one class of CPUs.
struct KernelJob {
  KernelSpec spec;
  std::string target = "x86-64-v4"; ///< a name from CpuTarget.h
  unsigned threads = 2;             ///< that the schedule is chosen for; the kernel is right for any number
  std::string schedule;             ///< text of a Schedule; empty: chosen (measured table, else heuristic)
};

struct CompiledKernel {
  /// The function with the ABI's signature `int symbol(void **args)` (resnetc_kernel). Derived from spec, target and
  /// schedule only, so equal kernels of different models have equal names and bytes.
  std::string symbol;
  std::string schedule; ///< what it was compiled with
  bool cached = false;  ///< came from the disk
  /// Relocatable ELF. Defines `symbol`, global helpers whose names begin with it less the suffix "_argv", and nothing
  /// else; needs `halide_do_par_for`, and perhaps functions of libc's <string.h> and <math.h>.
  std::unique_ptr<llvm::MemoryBuffer> object;
};

struct KernelCompilerOptions {
  std::string worker;            ///< path of resnetc-kernel; empty: findKernelWorker()
  unsigned workers = 0;          ///< processes at once; 0: one a CPU
  unsigned timeoutSeconds = 300; ///< for one kernel
  bool useCache = true;
  std::string cacheDirectory;                     ///< empty: defaultCacheDirectory()
  uint64_t cacheLimitBytes = uint64_t(512) << 20; ///< the least recently used objects go first
  /// Called in the caller's thread after each finished kernel.
  std::function<void(size_t done, size_t total, const KernelJob &job, const CompiledKernel &kernel)> progress;
};

/// Compiles all jobs; result i belongs to job i. Equal jobs are compiled once. The error of a failed kernel holds its
/// spec, target, schedule and what the worker said, and the command that repeats it.
llvm::Expected<std::vector<CompiledKernel>> compileKernels(llvm::ArrayRef<KernelJob> jobs,
                                                           const KernelCompilerOptions &options);

/// $RESNETC_CACHE_DIR, else $XDG_CACHE_HOME/resnetc, else ~/.cache/resnetc; empty if there is no home.
std::string defaultCacheDirectory();

/// resnetc-kernel: $RESNETC_KERNEL_WORKER, else beside this executable, else in the PATH.
llvm::Expected<std::string> findKernelWorker();

/// The schedule that a job without one gets, as text.
llvm::Expected<std::string> chosenSchedule(const KernelJob &job);

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_KERNELCOMPILER_H
