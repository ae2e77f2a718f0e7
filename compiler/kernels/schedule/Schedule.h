//===- Schedule.h - how a kernel's loops run, as plain data ----------------===//
//
// A schedule changes no result, only its speed: every output is computed by the same
// operations in the same order under any of them. Its text is a reviewable line in the
// table of measured schedules and part of the kernel cache's key:
//
//   B=2 PX=14 PY=1 PN=1 U=4 order=rows YB=28 CT=1
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_KERNELS_SCHEDULE_SCHEDULE_H
#define RESNETC_COMPILER_KERNELS_SCHEDULE_SCHEDULE_H

#include "compiler/kernels/KernelSpec.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace resnetc::kernels {

/// What the tasks of a kernel are.
enum class LoopOrder {
  Serial,   ///< one task
  Rows,     ///< blocks of output rows; all channels of a block before the next: large maps, small filters
  Channels, ///< groups of output channels, over all images: small maps, large filters
};

/// Loops of an output tile of B channel blocks x PX x PY pixels x PN images, whose accumulators live in registers.
struct Schedule {
  int64_t blocks = 1;        ///< B: blocks of 16 output channels in a tile
  int64_t pixelsX = 1;       ///< PX
  int64_t pixelsY = 1;       ///< PY
  int64_t images = 1;        ///< PN: divides the batch
  int64_t unroll = 1;        ///< U: input channels per step of the inner loop
  bool unrollWindow = false; ///< UK: the window's columns are unrolled too
  LoopOrder order = LoopOrder::Serial;
  int64_t rowBlock = 1;     ///< YB: output rows that stay together; a task for Rows
  int64_t channelTiles = 1; ///< CT: tiles of output channels that stay together; a task for Channels

  std::string str() const;
  static llvm::Expected<Schedule> parse(llvm::StringRef text);

  /// The nearest schedule that this kernel can have: tiles no larger than the map, blocks, images and unrolling divide
  /// what they cut.
  Schedule fittedTo(const KernelSpec &spec) const;
};

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_SCHEDULE_SCHEDULE_H
