//===- FilterTile.cpp - how many output channel blocks lie together -------===//

#include "compiler/kernels/FilterTile.h"

using namespace resnetc::kernels;

int64_t resnetc::kernels::chooseFilterTile(const KernelSpec &spec) {
  // Two blocks x 14 pixels fill the 32 registers of AVX-512 and were the best tile of nearly every layer measured.
  // Blocks of a grouped convolution read different inputs.
  if (spec.groups > 1)
    return 1;
  return spec.output.channelBlocks() % 2 == 0 ? 2 : 1;
}
