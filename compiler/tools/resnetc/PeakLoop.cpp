//===- PeakLoop.cpp - independent FMA chains, compiled once a vector width ===//
//
// CMake compiles this file with RESNETC_PEAK_WIDTH 4, 8 and 16 and the flags of that
// instruction set; Peak.cpp calls the one that the CPU has.
//
//===----------------------------------------------------------------------===//

#include <cstdint>

#define RESNETC_PEAK_NAME_(width) peakLoop##width
#define RESNETC_PEAK_NAME(width) RESNETC_PEAK_NAME_(width)

namespace resnetc::tool {

/// Chains that depend on nothing but themselves: latency 4 x two units a cycle need 8; SSE has 16 registers.
static constexpr int peakChains = 12;

float RESNETC_PEAK_NAME(RESNETC_PEAK_WIDTH)(float seed, int64_t rounds) {
  typedef float Vector __attribute__((vector_size(RESNETC_PEAK_WIDTH * sizeof(float))));
  Vector zero = {};
  Vector sums[peakChains], factor = zero + 0.999f, term = zero + seed;
  for (int chain = 0; chain < peakChains; ++chain)
    sums[chain] = zero + (seed + static_cast<float>(chain));
  for (int64_t round = 0; round < rounds; ++round)
#pragma GCC unroll 12
    for (int chain = 0; chain < peakChains; ++chain) {
      sums[chain] = sums[chain] * factor + term;
      asm volatile("" : "+x"(sums[chain])); // keeps each chain a register and each step an instruction
    }
  float total = 0;
  for (int chain = 0; chain < peakChains; ++chain)
    total += sums[chain][0];
  return total;
}

} // namespace resnetc::tool
