//===- Filters.cpp - packed filters, by hand --------------------------------===//

#include "Reference.h"

using namespace resnetc::kernels;
using namespace resnetc::test;

/// Index of one element of a packed filter; `channel` counts all input channels.
static int64_t packedAt(const KernelSpec &conv, int64_t co, int64_t channel, int64_t ky, int64_t kx) {
  int64_t height = conv.windowHeight, width = conv.windowWidth, block = co / channelBlock, lane = co % channelBlock;
  if (conv.groups > 1) {
    int64_t inputs = conv.filterInputs(), ci = conv.isDepthwise() ? 0 : channel - conv.firstInput(block);
    return (((block * height + ky) * width + kx) * inputs + ci) * channelBlock + lane;
  }
  int64_t inputs = conv.input.layout == Layout::Planar ? conv.input.channels : channelBlock;
  int64_t blocks = (conv.input.channels + inputs - 1) / inputs, tile = conv.filterTile;
  int64_t outer = ((block / tile * blocks + channel / inputs) * height + ky) * width + kx;
  return ((outer * inputs + channel % inputs) * tile + block % tile) * channelBlock + lane;
}

std::vector<double> resnetc::test::packFilter(const KernelSpec &conv, const std::vector<double> &filter) {
  std::vector<double> packed(conv.filterBytes() / 4);
  int64_t perGroup = conv.input.channels / conv.groups, outputs = conv.output.channels / conv.groups;
  size_t index = 0;
  for (int64_t co = 0; co < conv.output.channels; ++co)
    for (int64_t c = 0; c < perGroup; ++c)
      for (int64_t ky = 0; ky < conv.windowHeight; ++ky)
        for (int64_t kx = 0; kx < conv.windowWidth; ++kx)
          packed[packedAt(conv, co, co / outputs * perGroup + c, ky, kx)] = filter[index++];
  return packed;
}

/// Input and output change their places: `gradient` has dy as its input.
std::vector<double> resnetc::test::packTransposed(const KernelSpec &gradient, const std::vector<double> &filter) {
  std::vector<double> packed(gradient.filterBytes() / 4);
  int64_t perGroup = gradient.output.channels / gradient.groups, outputs = gradient.input.channels / gradient.groups;
  size_t index = 0;
  for (int64_t co = 0; co < gradient.input.channels; ++co)
    for (int64_t c = 0; c < perGroup; ++c)
      for (int64_t ky = 0; ky < gradient.windowHeight; ++ky)
        for (int64_t kx = 0; kx < gradient.windowWidth; ++kx)
          packed[packedAt(gradient, co / outputs * perGroup + c, co, ky, kx)] = filter[index++];
  return packed;
}
