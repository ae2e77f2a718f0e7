//===- Peak.cpp - this machine's measured FMA peak -------------------------===//

#include "compiler/tools/resnetc/Peak.h"
#include <algorithm>
#include <chrono>

namespace resnetc::tool {

// PeakLoop.cpp, once a vector width.
float peakLoop4(float seed, int64_t rounds);
float peakLoop8(float seed, int64_t rounds);
float peakLoop16(float seed, int64_t rounds);

namespace {

constexpr int64_t rounds = 400'000;
constexpr int chains = 12;

struct Measurement {
  float (*loop)(float, int64_t);
  volatile float sink = 0; // the loops' results are used, so they are computed
};

int runLoop(void *context, int index) {
  auto &measurement = *static_cast<Measurement *>(context);
  measurement.sink = measurement.loop(static_cast<float>(index), rounds);
  return 0;
}

} // namespace

double measurePeakFlops(const resnetc_context &context) {
  int width = 4;
  Measurement measurement{peakLoop4};
  if (context.cpu_features & RESNETC_CPU_AVX512) {
    measurement.loop = peakLoop16;
    width = 16;
  } else if (context.cpu_features & RESNETC_CPU_AVX2) {
    measurement.loop = peakLoop8;
    width = 8;
  }
  int threads = context.parallel_for ? std::max(1, static_cast<int>(context.threads)) : 1;
  double best = 1e300;
  for (int attempt = 0; attempt < 8; ++attempt) {
    auto start = std::chrono::steady_clock::now();
    if (threads == 1)
      runLoop(&measurement, 0);
    else
      context.parallel_for(context.pool, runLoop, &measurement, threads);
    std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    best = std::min(best, elapsed.count());
  }
  return 2.0 * width * chains * rounds * threads / best;
}

} // namespace resnetc::tool
