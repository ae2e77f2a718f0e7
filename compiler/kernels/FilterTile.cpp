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

int64_t resnetc::kernels::choosePartials(const KernelSpec &spec) {
  // Filters share out among threads, too: by tiles of output channels and blocks of input channels.
  const KernelSpec forward = spec.forwardConv();
  int64_t inputs = spec.groups > 1 || forward.input.layout == Layout::Planar ? 1 : forward.input.channelBlocks();
  int64_t pieces = forward.output.channelBlocks() / forward.filterTile * inputs;
  constexpr int64_t wantedTasks = 16;
  int64_t partials = std::clamp<int64_t>((wantedTasks + pieces - 1) / pieces, 1, std::max<int64_t>(1, spec.batch));
  while (spec.batch % partials != 0)
    --partials;
  return partials;
}
