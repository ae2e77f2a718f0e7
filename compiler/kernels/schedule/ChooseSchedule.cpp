//===- ChooseSchedule.cpp - which schedule a kernel gets -------------------===//

#include "compiler/kernels/schedule/ChooseSchedule.h"
#include "compiler/kernels/schedule/Measured.inc"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>

using namespace llvm;
using namespace resnetc::kernels;

namespace {
/// A filter larger than this is read anew from a slower memory by every task, so tasks get channels of their own.
constexpr int64_t filterBytesPerCore = 384 << 10;
/// Below this many operations a task is not worth handing out.
constexpr int64_t serialOperations = 20000;

/// A tile's cost in cycles for one step (one input channel of one window position): two multiply-adds and two loads a
/// cycle, and a latency of four cycles to hide, with some slack.
double tileCycles(const Schedule &tile, const CpuTarget &target) {
  double pixels = tile.pixelsX * tile.pixelsY * tile.images;
  double multiplyAdds = tile.blocks * target.registersPerBlock * pixels;
  double loads = tile.blocks * target.registersPerBlock + pixels;
  return std::max({multiplyAdds / 2, loads / 2, 5.0});
}

double modelledCycles(const KernelSpec &spec, const Schedule &tile, const CpuTarget &target) {
  double tiles = divideCeil(spec.output.width, tile.pixelsX) * divideCeil(spec.output.height, tile.pixelsY) *
                 (spec.batch / tile.images) * (spec.output.channelBlocks() / tile.blocks);
  double steps = (spec.groups > 1 ? spec.filterInputs() : spec.input.channels) * spec.windowHeight * spec.windowWidth;
  if (spec.op == KernelOp::Conv2dInputGradient && spec.dilationHeight == 1 && spec.dilationWidth == 1)
    steps /= spec.strideHeight * spec.strideWidth;
  double perTile = steps * tileCycles(tile, target) + 3.0 * tile.blocks * tile.pixelsX * tile.pixelsY + 20;
  return tiles * perTile;
}

/// With a stride, pixels of a gradient meet different positions of the window: constants if a tile is one row of whole
/// strides, else tests in the innermost loop.
bool meetsConstants(const KernelSpec &spec, int64_t x, int64_t y) {
  if (spec.op != KernelOp::Conv2dInputGradient)
    return true;
  return (x % spec.strideWidth == 0 || x == 1) && (spec.strideHeight == 1 || y == 1);
}

/// The tile with the fewest modelled cycles; of equals the first, and long rows come first.
Schedule bestTile(const KernelSpec &spec, const CpuTarget &target) {
  Schedule best;
  double bestCycles = 0;
  for (int64_t blocks : {2, 1, 4, 3, 8}) {
    if (spec.output.channelBlocks() % blocks != 0)
      continue;
    // Accumulators, the weights of the blocks, and a broadcast input.
    int64_t free = (target.registers - 1) / target.registersPerBlock - blocks;
    int64_t pixels = std::min(target.maxAccumulatorBlocks, free) / blocks;
    for (int64_t x = std::min(pixels, spec.output.width); x >= 1; --x)
      for (int64_t y = 1; y <= std::min(pixels / x, spec.output.height); ++y)
        for (int64_t n = 1; n <= std::min(pixels / (x * y), spec.batch); ++n) {
          // Pixels of several images only where one map's rows are too short: their addresses lie far apart.
          if (spec.batch % n != 0 || (n > 1 && (x < spec.output.width || x > 8)))
            continue;
          if (!meetsConstants(spec, x, y))
            continue;
          Schedule tile;
          tile.blocks = blocks, tile.pixelsX = x, tile.pixelsY = y, tile.images = n;
          double cycles = modelledCycles(spec, tile, target);
          if (bestCycles == 0 || cycles < bestCycles * 0.999)
            best = tile, bestCycles = cycles;
        }
  }
  return best;
}

Schedule modelledConv(const KernelSpec &spec, const CpuTarget &target, unsigned threads) {
  Schedule schedule = bestTile(spec, target);
  schedule.unroll = 4;
  schedule.unrollWindow = spec.op == KernelOp::Conv2dInputGradient && spec.strideWidth > 1;
  int64_t height = spec.output.height, tiles = spec.output.channelBlocks() / schedule.blocks;
  bool smallFilter = spec.filterBytes() <= filterBytesPerCore;
  bool enoughRows = spec.batch * (height / schedule.pixelsY) >= 2 * int64_t(threads);
  // An odd small map: one thread would get a row more than the others, but channels share out evenly.
  if (spec.batch == 1 && height < 8 * int64_t(threads) && height % threads != 0 && tiles % threads == 0)
    enoughRows = false;
  if (spec.multiplyAdds() < serialOperations) {
    schedule.rowBlock = height;
    schedule.channelTiles = tiles;
  } else if ((smallFilter && enoughRows) || tiles < int64_t(threads)) {
    schedule.order = LoopOrder::Rows;
    schedule.rowBlock = spec.batch % threads == 0 ? height : alignTo(divideCeil(height, threads), schedule.pixelsY);
  } else {
    schedule.order = LoopOrder::Channels;
    schedule.rowBlock = height;
    int64_t tileBytes = std::max<int64_t>(1, spec.filterBytes() / tiles);
    schedule.channelTiles = spec.batch == 1 ? 1 : std::max<int64_t>(1, filterBytesPerCore / tileBytes);
    // As many groups as all threads can share evenly.
    int64_t groups = alignTo(divideCeil(tiles, schedule.channelTiles), threads);
    schedule.channelTiles = divideCeil(tiles, groups);
    // A 1x1 window reads each input row once a tile: let the row meet all tiles of the group while it is near.
    if (spec.windowHeight == 1 && schedule.channelTiles > 1)
      schedule.rowBlock = schedule.pixelsY;
  }
  return schedule;
}

/// As many input channels as leave the accumulators of a tile in registers; columns of the window, too, where that is
/// too few to hide the latency of additions.
Schedule modelledFilterGradient(const KernelSpec &spec, const CpuTarget &target, unsigned threads) {
  KernelSpec forward = spec.forwardConv();
  Schedule schedule;
  bool blocked = spec.groups == 1 && spec.input.layout == Layout::Blocked16;
  int64_t inputs = spec.groups > 1 ? forward.filterInputs() : blocked ? channelBlock : spec.input.channels;
  int64_t room = std::max<int64_t>(1, target.maxAccumulatorBlocks / spec.filterTile);
  schedule.unroll = 1;
  for (int64_t unroll = 1; unroll <= std::min(inputs, room); ++unroll)
    if (inputs % unroll == 0)
      schedule.unroll = unroll;
  int64_t accumulators = schedule.unroll * spec.filterTile * target.registersPerBlock;
  schedule.unrollWindow = accumulators < 8 && schedule.unroll * spec.windowWidth <= room;
  int64_t tiles = forward.output.channelBlocks() / spec.filterTile;
  schedule.channelTiles = tiles;
  if (spec.multiplyAdds() < serialOperations)
    return schedule;
  bool small = spec.partials >= int64_t(threads) && spec.partials > 1;
  schedule.order = small ? LoopOrder::Rows : LoopOrder::Channels;
  if (!small)
    schedule.channelTiles = 1;
  return schedule;
}

/// Flat vectors: chunks for all threads, of some size.
Schedule modelledFlat(const KernelSpec &spec, unsigned threads) {
  Schedule schedule;
  int64_t vectors = divideCeil(spec.output.channels, channelBlock);
  schedule.channelTiles = std::max<int64_t>(divideCeil(vectors, 4 * int64_t(threads)), 64);
  schedule.order = vectors > schedule.channelTiles ? LoopOrder::Channels : LoopOrder::Serial;
  return schedule;
}

/// Kernels of training that are no maps: tasks wherever there is work enough. Rows: images are tasks.
Schedule modelledVectors(const KernelSpec &spec, unsigned threads) {
  Schedule schedule;
  int64_t work = spec.memoryTraffic() / 4;
  schedule.order = work < serialOperations ? LoopOrder::Serial : LoopOrder::Channels;
  bool imageByImage = spec.op == KernelOp::BatchNormPartials || spec.op == KernelOp::BatchNormGradientPartials ||
                      spec.op == KernelOp::GateGradient || spec.op == KernelOp::GlobalMaxPoolGradient;
  bool evenly = spec.batch % threads == 0 || spec.batch >= 8 * int64_t(threads);
  if (imageByImage && schedule.order == LoopOrder::Channels && evenly)
    schedule.order = LoopOrder::Rows;
  return schedule;
}

/// Kernels without reuse: a few pixels a step, tasks by channels where there are enough of them.
Schedule modelledMap(const KernelSpec &spec, const CpuTarget &target, unsigned threads) {
  Schedule schedule;
  schedule.rowBlock = spec.output.height;
  int64_t groups =
      spec.batch * (spec.output.layout == Layout::Planar ? spec.output.channels : spec.output.channelBlocks());
  bool isGlobal = spec.op == KernelOp::GlobalAvgPool || spec.op == KernelOp::GlobalMaxPool;
  int64_t window = isGlobal ? spec.input.height * spec.input.width : spec.windowHeight * spec.windowWidth;
  int64_t work = spec.batch * spec.output.elementsPerImage() * window;
  schedule.pixelsX = spec.output.layout == Layout::Planar ? 1 : 4;
  if (work < serialOperations)
    return schedule;
  // The convolutions around large maps work by rows: a thread's own cache holds what it wrote.
  bool byRows = spec.output.height >= 28 || groups < int64_t(threads);
  schedule.order = byRows ? LoopOrder::Rows : LoopOrder::Channels;
  if (schedule.order == LoopOrder::Rows)
    schedule.rowBlock = divideCeil(spec.output.height, threads);
  schedule.channelTiles = std::max<int64_t>(1, groups / (4 * int64_t(threads)));
  return schedule;
}

/// The register tile with the fewest loads a product; more than 16 accumulators were measured to gain nothing. Rows of
/// tiles are few, so that what lies between two steps stays in a first-level cache, but taps are read once for each.
Schedule modelledWinograd(const KernelSpec &spec, const CpuTarget &target) {
  Schedule schedule;
  int64_t tilesX = divideCeil(spec.output.width, winogradTile), tilesY = divideCeil(spec.output.height, winogradTile);
  int64_t room = std::min<int64_t>(16, target.maxAccumulatorBlocks);
  double best = 0;
  for (int64_t blocks : {2, 1})
    for (int64_t x = tilesX; x >= 1; --x)
      for (int64_t y = 1; y <= tilesY; ++y) {
        bool divides = tilesX % x == 0 && tilesY % y == 0 && spec.output.channelBlocks() % blocks == 0;
        if (!divides || blocks * x * y > room)
          continue;
        double loads = double(blocks * target.registersPerBlock + x * y) / double(blocks * x * y);
        if (best != 0 && loads >= best * 0.999)
          continue;
        best = loads;
        schedule.blocks = blocks;
        schedule.pixelsX = winogradTile * x;
        schedule.pixelsY = winogradTile * y;
      }
  constexpr int64_t manyTaps = 128 << 10;
  int64_t points = winogradPoints * winogradPoints, taps = spec.windowHeight * spec.windowWidth;
  int64_t wanted = spec.filterBytes() / taps * points > manyTaps ? 16 : 7, rows = schedule.pixelsY / winogradTile;
  while (rows < tilesY && (rows * tilesX < wanted || tilesY % rows != 0))
    rows += schedule.pixelsY / winogradTile;
  schedule.rowBlock = winogradTile * rows;
  schedule.unroll = 4;
  schedule.order = spec.multiplyAdds() < serialOperations ? LoopOrder::Serial : LoopOrder::Rows;
  return schedule;
}

/// As many input channels as leave the accumulators in registers.
Schedule modelledWinogradFilterGradient(const KernelSpec &spec, const CpuTarget &target) {
  Schedule schedule;
  schedule.unroll = std::min<int64_t>(channelBlock, target.maxAccumulatorBlocks);
  schedule.order = spec.multiplyAdds() < serialOperations ? LoopOrder::Serial : LoopOrder::Rows;
  return schedule;
}

Schedule modelled(const KernelSpec &spec, const CpuTarget &target, unsigned threads) {
  if (spec.winograd)
    return spec.op == KernelOp::Conv2dFilterGradient ? modelledWinogradFilterGradient(spec, target)
                                                     : modelledWinograd(spec, target);
  switch (spec.op) {
  case KernelOp::Conv2d:
  case KernelOp::Conv2dInputGradient:
    return modelledConv(spec, target, threads);
  case KernelOp::Conv2dFilterGradient:
    return modelledFilterGradient(spec, target, threads);
  case KernelOp::SumPartials:
  case KernelOp::Sgd:
  case KernelOp::AdamW:
    return modelledFlat(spec, threads);
  case KernelOp::TransposeFilter:
  case KernelOp::BatchNormPartials:
  case KernelOp::BatchNormCombine:
  case KernelOp::UpdateStatistics:
  case KernelOp::BatchNormGradientPartials:
  case KernelOp::BatchNormGradientCombine:
  case KernelOp::ChannelSum:
  case KernelOp::SumChannels:
  case KernelOp::GateGradient:
  case KernelOp::GlobalMaxPoolGradient:
    return modelledVectors(spec, threads);
  default:
    return modelledMap(spec, target, threads);
  }
}

/// A line of the table: target threads | key | schedule.
bool readLine(StringRef line, StringRef target, unsigned threads, StringRef key, Schedule &schedule) {
  auto [where, rest] = line.split('|');
  auto [lineKey, text] = rest.split('|');
  if (lineKey.trim() != key)
    return false;
  auto [lineTarget, lineThreads] = where.trim().split(' ');
  unsigned number = 0;
  if (lineTarget != target || lineThreads.trim().getAsInteger(10, number) || number != threads)
    return false;
  Expected<Schedule> parsed = Schedule::parse(text.trim());
  if (!parsed) {
    consumeError(parsed.takeError());
    return false;
  }
  schedule = *parsed;
  return true;
}

bool lookUp(StringRef target, unsigned threads, StringRef key, Schedule &schedule) {
  StringRef rest(measuredSchedules);
  while (!rest.empty()) {
    StringRef line;
    std::tie(line, rest) = rest.split('\n');
    if (!line.starts_with("#") && readLine(line, target, threads, key, schedule))
      return true;
  }
  return false;
}
} // namespace

std::string resnetc::kernels::scheduleKey(const KernelSpec &spec) {
  std::string key;
  raw_string_ostream os(key);
  auto shape = [&](const TensorSpec &tensor) {
    os << ' ' << tensor.channels << 'x' << tensor.height << 'x' << tensor.width;
  };
  os << toString(spec.op);
  shape(spec.input);
  shape(spec.output);
  os << ' ' << spec.windowHeight << 'x' << spec.windowWidth << '/' << spec.strideHeight << " n=" << spec.batch;
  if (spec.groups != 1)
    os << " groups=" << spec.groups;
  if (spec.dilationHeight != 1 || spec.dilationWidth != 1)
    os << " dilation=" << spec.dilationHeight << 'x' << spec.dilationWidth;
  if (spec.winograd)
    os << " winograd";
  if (spec.residual)
    os << " residual";
  return key;
}

Schedule resnetc::kernels::modelledSchedule(const KernelSpec &spec, const CpuTarget &target, unsigned threads) {
  threads = std::clamp(threads, 1u, 1024u);
  return modelled(spec, target, threads).fittedTo(spec);
}

Schedule resnetc::kernels::chooseSchedule(const KernelSpec &spec, const CpuTarget &target, unsigned threads) {
  std::string key = scheduleKey(spec);
  Schedule schedule;
  StringRef other = key; // the same layer with or without its residual is the next best guess
  std::string otherKey = other.consume_back(" residual") ? other.str() : key + " residual";
  if (lookUp(target.name, threads, key, schedule) || lookUp(target.name, threads, otherKey, schedule))
    return schedule.fittedTo(spec);
  return modelledSchedule(spec, target, threads);
}
