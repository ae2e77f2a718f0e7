//===- CpuTarget.cpp - the classes of CPUs that kernels are made for -------===//

#include "compiler/kernels/CpuTarget.h"
#include "resnetc/abi.h"

using namespace llvm;
using namespace resnetc::kernels;

/// Accumulators: AVX-512 keeps 28 of 32 registers, AVX2 12 of 16 (two a block), SSE 12 of 16 (four a block).
static const CpuTarget targets[] = {
    {"x86-64-v4", "x86-64-linux-avx-avx2-avx512-avx512_skylake-f16c-fma-sse41", RESNETC_CPU_AVX2 | RESNETC_CPU_AVX512,
     32, 1, 28},
    {"x86-64-v3", "x86-64-linux-avx-avx2-f16c-fma-sse41", RESNETC_CPU_AVX2, 16, 2, 6},
    {"x86-64", "x86-64-linux-sse41", 0, 16, 4, 3},
};

ArrayRef<CpuTarget> resnetc::kernels::cpuTargets() { return targets; }

Expected<const CpuTarget *> resnetc::kernels::findCpuTarget(StringRef name) {
  std::string names;
  for (const CpuTarget &target : targets) {
    if (target.name == name)
      return &target;
    names += (names.empty() ? "" : ", ") + target.name.str();
  }
  return createStringError(std::errc::invalid_argument, "unknown target '%s'; there are %s", name.str().c_str(),
                           names.c_str());
}

const CpuTarget &resnetc::kernels::bestCpuTarget(uint64_t cpuFeatures) {
  for (const CpuTarget &target : targets)
    if ((target.cpuFeatures & ~cpuFeatures) == 0)
      return target;
  return targets[std::size(targets) - 1];
}
