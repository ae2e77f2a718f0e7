//===- Peak.h - this machine's measured FMA peak ---------------------------===//

#ifndef RESNETC_COMPILER_TOOLS_RESNETC_PEAK_H
#define RESNETC_COMPILER_TOOLS_RESNETC_PEAK_H

#include "resnetc/runtime.h"

namespace resnetc::tool {

/// fp32 FLOP/s of independent fused multiply-adds in registers on all threads of `context` at once, with the
/// widest vectors that context.cpu_features allows: the roof that kernels are compared with. Takes about 50 ms.
double measurePeakFlops(const resnetc_context &context);

} // namespace resnetc::tool

#endif // RESNETC_COMPILER_TOOLS_RESNETC_PEAK_H
