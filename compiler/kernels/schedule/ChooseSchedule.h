//===- ChooseSchedule.h - which schedule a kernel gets ---------------------===//
//
// First the table of measured schedules (Measured.txt), then a model of the machine: the
// tile whose loads, multiply-adds and latency take the fewest cycles, with little waste
// at the map's edges and within the class's registers.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_KERNELS_SCHEDULE_CHOOSESCHEDULE_H
#define RESNETC_COMPILER_KERNELS_SCHEDULE_CHOOSESCHEDULE_H

#include "compiler/kernels/CpuTarget.h"
#include "compiler/kernels/schedule/Schedule.h"

namespace resnetc::kernels {

/// A schedule that fits `spec`, for `threads` threads.
Schedule chooseSchedule(const KernelSpec &spec, const CpuTarget &target, unsigned threads);

/// The model's answer, whatever was measured: where tuning starts.
Schedule modelledSchedule(const KernelSpec &spec, const CpuTarget &target, unsigned threads);

/// What the table knows a kernel by: shapes, window, stride, batch and whether a residual is added; not borders, the
/// filter's packing or the rest of the epilogue. "conv2d 64x56x56 64x56x56 3x3/1 n=1 residual"
std::string scheduleKey(const KernelSpec &spec);

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_SCHEDULE_CHOOSESCHEDULE_H
