//===- Candidates.h - the schedules worth measuring -------------------------===//

#ifndef RESNETC_COMPILER_TUNE_CANDIDATES_H
#define RESNETC_COMPILER_TUNE_CANDIDATES_H

#include "compiler/kernels/CpuTarget.h"
#include "compiler/kernels/schedule/Schedule.h"
#include <vector>

namespace resnetc::tune {

/// Register tiles of a convolution that waste little and spill little, each in the order of loops that the model
/// prefers; at most `limit`, the likeliest first.
std::vector<kernels::Schedule> tileCandidates(const kernels::KernelSpec &spec, const kernels::CpuTarget &target,
                                              unsigned threads, size_t limit);

/// The same tile under other orders, blocks of rows and channels, and unrollings.
std::vector<kernels::Schedule> loopCandidates(const kernels::KernelSpec &spec, const kernels::Schedule &tile,
                                              unsigned threads);

} // namespace resnetc::tune

#endif // RESNETC_COMPILER_TUNE_CANDIDATES_H
