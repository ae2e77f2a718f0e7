//===- CpuFeatures.cpp - what this CPU and its operating system can run ---===//
//
// A feature counts only if the operating system saves its registers (XCR0): a CPU bit alone is not enough on kernels
// and hypervisors that switch AVX-512 state off.
//
//===----------------------------------------------------------------------===//

#include "runtime/core/Api.h"
#include <atomic>

#if defined(__x86_64__)
#include <cpuid.h>

namespace {

struct Cpuid {
  uint32_t a = 0, b = 0, c = 0, d = 0;
};

Cpuid cpuid(uint32_t leaf) {
  Cpuid r;
  if (!__get_cpuid_count(leaf, 0, &r.a, &r.b, &r.c, &r.d))
    return {};
  return r;
}

bool has(uint32_t word, uint32_t bits) { return (word & bits) == bits; }

uint64_t readXcr0() {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t(high) << 32) | low;
}

uint64_t probe() {
  const uint64_t xmmAndYmm = 0x6, opmaskAndZmm = 0xe0;
  const Cpuid basic = cpuid(1), extended = cpuid(7), amd = cpuid(0x80000001);
  if (!has(basic.c, bit_OSXSAVE))
    return 0;
  const uint64_t saved = readXcr0();
  // The whole of x86-64-v3, for a compiler that is told the level uses any instruction of it.
  if ((saved & xmmAndYmm) != xmmAndYmm || !has(basic.c, bit_AVX | bit_FMA | bit_F16C | bit_MOVBE) ||
      !has(extended.b, bit_AVX2 | bit_BMI | bit_BMI2) || !has(amd.c, bit_ABM))
    return 0;
  uint64_t features = RESNETC_CPU_AVX2;
  if ((saved & opmaskAndZmm) == opmaskAndZmm &&
      has(extended.b, bit_AVX512F | bit_AVX512CD | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL))
    features |= RESNETC_CPU_AVX512;
  return features;
}

} // namespace

#else
static uint64_t probe() { return 0; }
#endif

uint64_t resnetc_cpu_features(void) {
  // Asked once: cpuid traps to the hypervisor in a virtual machine (tens of microseconds). Every thread finds the same
  // answer, so that a relaxed atomic is enough and no guard is needed.
  const uint64_t asked = uint64_t(1) << 63;
  static std::atomic<uint64_t> cache;
  uint64_t features = cache.load(std::memory_order_relaxed);
  if (!(features & asked)) {
    features = probe() | asked;
    cache.store(features, std::memory_order_relaxed);
  }
  return features & ~asked;
}
