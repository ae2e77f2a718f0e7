//===- Candidates.cpp - the schedules worth measuring -----------------------===//

#include "compiler/tune/Candidates.h"
#include "compiler/kernels/schedule/ChooseSchedule.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cmath>
#include <set>

using namespace llvm;
using namespace resnetc::kernels;
using namespace resnetc::tune;

namespace {
/// Share of computed pixels that are stored.
double useful(const KernelSpec &spec, const Schedule &s) {
  double width = divideCeil(spec.output.width, s.pixelsX) * s.pixelsX;
  double height = divideCeil(spec.output.height, s.pixelsY) * s.pixelsY;
  return spec.output.width * spec.output.height / (width * height);
}

/// Adds what is new after fitting.
class Collector {
public:
  explicit Collector(const KernelSpec &spec) : spec(spec) {}
  void add(const Schedule &schedule) {
    Schedule fitted = schedule.fittedTo(spec);
    if (seen.insert(fitted.str()).second)
      result.push_back(fitted);
  }
  std::vector<Schedule> result;

private:
  const KernelSpec &spec;
  std::set<std::string> seen;
};
} // namespace

std::vector<Schedule> resnetc::tune::tileCandidates(const KernelSpec &spec, const CpuTarget &target, unsigned threads,
                                                    size_t limit) {
  Schedule base = modelledSchedule(spec, target, threads);
  struct Scored {
    Schedule schedule;
    double score;
  };
  std::vector<Scored> scored;
  for (int64_t blocks : {1, 2, 3, 4, 8})
    for (int64_t x = 1; x <= 28; ++x)
      for (int64_t y : {1, 2, 3, 4})
        for (int64_t n : {1, 2, 4, 8, 16}) {
          Schedule tile = base;
          tile.blocks = blocks, tile.pixelsX = x, tile.pixelsY = y, tile.images = n;
          int64_t pixels = x * y * n, accumulators = blocks * pixels;
          bool fits = x <= spec.output.width && y <= spec.output.height && spec.batch % n == 0 &&
                      spec.output.channelBlocks() % blocks == 0;
          if (!fits || accumulators > target.maxAccumulatorBlocks)
            continue;
          double loads = double(accumulators) / (blocks * target.registersPerBlock + pixels);
          double latency = std::min(1.0, accumulators * target.registersPerBlock / 10.0);
          scored.push_back({tile, useful(spec, tile) * latency * (1 - std::exp(-loads))});
        }
  std::stable_sort(scored.begin(), scored.end(), [](const Scored &a, const Scored &b) { return a.score > b.score; });
  Collector collector(spec);
  collector.add(base);
  for (const Scored &candidate : scored) {
    if (collector.result.size() >= limit)
      break;
    collector.add(candidate.schedule);
  }
  return collector.result;
}

std::vector<Schedule> resnetc::tune::loopCandidates(const KernelSpec &spec, const Schedule &tile, unsigned threads) {
  Collector collector(spec);
  int64_t height = spec.output.height, tiles = spec.output.channelBlocks() / tile.blocks;
  collector.add(tile);
  for (int64_t unroll : {1, 2, 8, 16}) {
    Schedule s = tile;
    s.unroll = unroll;
    collector.add(s);
  }
  Schedule s = tile;
  s.order = LoopOrder::Rows;
  for (int64_t rows : {divideCeil(height, threads), divideCeil(height, 2 * threads), divideCeil(height, 4 * threads)}) {
    s.rowBlock = rows;
    collector.add(s);
  }
  s.order = LoopOrder::Channels;
  for (int64_t channels : {int64_t(1), int64_t(2), int64_t(4), int64_t(divideCeil(tiles, threads))})
    for (int64_t rows : {height, int64_t(divideCeil(height, 4)), tile.pixelsY}) {
      s.channelTiles = channels, s.rowBlock = rows;
      if (channels * int64_t(threads) <= tiles)
        collector.add(s);
    }
  return collector.result;
}
