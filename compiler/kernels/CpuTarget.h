//===- CpuTarget.h - the classes of CPUs that kernels are made for ---------===//
//
// Three levels of x86-64, as the psABI counts them: an object holds kernels for one or
// several, and the runtime picks the best that the CPU has. A class fixes its features
// completely, so that the same source gives the same bytes on every machine.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_KERNELS_CPUTARGET_H
#define RESNETC_COMPILER_KERNELS_CPUTARGET_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>

namespace resnetc::kernels {

struct CpuTarget {
  llvm::StringRef name;         ///< "x86-64-v4": as --targets spells it, and in cache keys
  llvm::StringRef features;     ///< Halide's target string, without the options that all kernels share
  uint64_t cpuFeatures;         ///< RESNETC_CPU_*: what the running CPU must have
  int64_t registers;            ///< vector registers
  int64_t registersPerBlock;    ///< registers that hold one block of 16 channels
  int64_t maxAccumulatorBlocks; ///< blocks x pixels that a tile may accumulate without spilling
};

/// All classes, best first.
llvm::ArrayRef<CpuTarget> cpuTargets();

/// The class of that name; the error lists the names there are.
llvm::Expected<const CpuTarget *> findCpuTarget(llvm::StringRef name);

/// The best class for a CPU with these RESNETC_CPU_* features.
const CpuTarget &bestCpuTarget(uint64_t cpuFeatures);

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_CPUTARGET_H
