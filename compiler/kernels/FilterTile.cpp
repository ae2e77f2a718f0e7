//===- FilterTile.cpp - how many output channel blocks lie together -------===//

#include "compiler/kernels/FilterTile.h"
#include <algorithm>

using namespace resnetc::kernels;

int64_t resnetc::kernels::chooseFilterTile(const KernelSpec &spec) {
  // Two blocks x 14 pixels fill the 32 registers of AVX-512 and were the best tile of nearly every layer measured.
  // Blocks of a grouped convolution read different inputs.
  if (spec.groups > 1)
    return 1;
  return spec.output.channelBlocks() % 2 == 0 ? 2 : 1;
}

/// The largest divisor of `extent` that is at most `wish`.
static int64_t divisorAtMost(int64_t extent, int64_t wish) {
  int64_t result = std::clamp<int64_t>(wish, 1, std::max<int64_t>(extent, 1));
  while (extent % result != 0)
    --result;
  return result;
}

int64_t resnetc::kernels::choosePartials(const KernelSpec &spec) {
  constexpr int64_t smallFilter = 768 << 10, wantedTasks = 16;
  // A small filter stays in a cache: images share out among threads. A large one shares out itself, by its tiles of
  // output channels and blocks of input channels.
  const KernelSpec forward = spec.forwardConv();
  if (forward.filterBytes() <= smallFilter)
    return divisorAtMost(spec.batch, wantedTasks);
  bool blocked = spec.groups == 1 && forward.input.layout == Layout::Blocked16;
  int64_t pieces = forward.output.channelBlocks() / forward.filterTile * (blocked ? forward.input.channelBlocks() : 1);
  return divisorAtMost(spec.batch, (wantedTasks + pieces - 1) / pieces);
}

bool resnetc::kernels::chooseWinograd(const KernelSpec &spec) {
  constexpr int64_t worthwhile = int64_t(1) << 26, enoughImages = 16;
  return canUseWinograd(spec) && spec.batch >= enoughImages && spec.multiplyAdds() >= worthwhile;
}

int64_t resnetc::kernels::winogradRowBytes(const KernelSpec &spec) {
  const TensorSpec &out = spec.op == KernelOp::Conv2dFilterGradient ? *spec.other : spec.output;
  int64_t tiles = (out.width + winogradTile - 1) / winogradTile, vectorBytes = channelBlock * 4;
  return tiles * (spec.input.channelBlocks() + out.channelBlocks()) * winogradPoints * winogradPoints * vectorBytes;
}

/// Transformed, of all channels: a share of a second-level cache.
static GradientChunk chooseWinogradChunk(const KernelSpec &spec) {
  constexpr int64_t cache = 192 << 10;
  int64_t tilesY = (spec.other->height + winogradTile - 1) / winogradTile;
  int64_t rowBytes = winogradRowBytes(spec);
  GradientChunk chunk;
  chunk.rows = divisorAtMost(tilesY, cache / rowBytes);
  if (chunk.rows == tilesY)
    chunk.images = divisorAtMost(spec.batch / spec.partials, cache / (rowBytes * chunk.rows));
  return chunk;
}

GradientChunk resnetc::kernels::chooseGradientChunk(const KernelSpec &spec) {
  if (spec.winograd)
    return chooseWinogradChunk(spec);
  constexpr int64_t cache = 24 << 10;
  int64_t rowBytes = (spec.filterTile + spec.strideHeight * spec.strideWidth) * spec.other->width * channelBlock * 4;
  GradientChunk chunk;
  chunk.rows = divisorAtMost(spec.other->height, cache / rowBytes);
  if (chunk.rows == spec.other->height)
    chunk.images = divisorAtMost(spec.batch / spec.partials, cache / (rowBytes * chunk.rows));
  return chunk;
}
