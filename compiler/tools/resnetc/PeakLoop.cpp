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

typedef float Vector __attribute__((vector_size(RESNETC_PEAK_WIDTH * sizeof(float))));

/// Twelve chains that depend on nothing but themselves: latency 4 x two units a cycle need eight, SSE has sixteen
/// registers. Named variables, because GCC keeps an array of vectors on the stack.
float RESNETC_PEAK_NAME(RESNETC_PEAK_WIDTH)(float seed, int64_t rounds) {
  Vector zero = {}, factor = zero + 0.999f, term = zero + seed;
  Vector a = term, b = a + 1, c = b + 1, d = c + 1, e = d + 1, f = e + 1;
  Vector g = f + 1, h = g + 1, i = h + 1, j = i + 1, k = j + 1, l = k + 1;
  for (int64_t round = 0; round < rounds; ++round) {
    a = a * factor + term, b = b * factor + term, c = c * factor + term;
    d = d * factor + term, e = e * factor + term, f = f * factor + term;
    g = g * factor + term, h = h * factor + term, i = i * factor + term;
    j = j * factor + term, k = k * factor + term, l = l * factor + term;
    // Each round's sums are "read", so no round can be merged with the next.
    asm volatile("" : "+x"(a), "+x"(b), "+x"(c), "+x"(d), "+x"(e), "+x"(f));
    asm volatile("" : "+x"(g), "+x"(h), "+x"(i), "+x"(j), "+x"(k), "+x"(l));
  }
  return (a + b + c + d + e + f + g + h + i + j + k + l)[0];
}

} // namespace resnetc::tool
