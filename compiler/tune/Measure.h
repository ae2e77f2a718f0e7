//===- Measure.h - how long kernels take ------------------------------------===//

#ifndef RESNETC_COMPILER_TUNE_MEASURE_H
#define RESNETC_COMPILER_TUNE_MEASURE_H

#include "compiler/tune/KernelLibrary.h"
#include "resnetc/runtime.h"

namespace resnetc::tune {

/// The threads that `halide_do_par_for` of the executable hands tasks to.
void usePool(resnetc_pool *pool);

/// For a machine that others use at the same time: tasks run one after another on this thread, and what counts is the
/// CPU time that `threads` threads would need if each took the next task when it is free. Instead of usePool.
void useCpuTime(unsigned threads);

/// Seconds of one call of each job, the least of many. All jobs compute the same kernel (the same spec), in turn:
/// a busy neighbour then hurts all alike. Filters are read from changing copies that no cache holds together, as in a
/// network whose other layers' weights pass in between; activations are where the last call left them.
std::vector<double> measure(const KernelLibrary &kernels, llvm::ArrayRef<size_t> jobs, double secondsPerJob);

} // namespace resnetc::tune

#endif // RESNETC_COMPILER_TUNE_MEASURE_H
