//===- FilterLayout.h - where the elements of a filter lie ----------------===//
//
// The one place that knows the packed order of filters as the inverse of packing: of [co][ci][ky][kx] to offsets.
// Pack.cpp writes whole blocks in their order, faster; a test compares the two.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_CORE_FILTERLAYOUT_H
#define RESNETC_RUNTIME_CORE_FILTERLAYOUT_H

#include "runtime/core/Api.h"

namespace resnetc::rt {

inline constexpr uint32_t vectorChannels = 16;

/// The order of RESNETC_PACK_FILTER (abi.h), or PyTorch's.
class FilterLayout {
public:
  FilterLayout() = default;
  /// PyTorch's: kernel positions are innermost.
  FilterLayout(const resnetc_pack_step &step)
      : inputs(step.input_channels), positions(size_t(step.kernel_height) * step.kernel_width) {}
  /// The packed one.
  static FilterLayout packed(const resnetc_pack_step &step) {
    FilterLayout layout(step);
    layout.block = step.input_block;
    layout.tile = step.groups > 1 ? 1 : step.output_tile;
    layout.groups = step.groups > 1 ? step.groups : 1;
    layout.outputs = step.output_channels / layout.groups;
    layout.distance = size_t(layout.block) * layout.tile * vectorChannels;
    return layout;
  }

  /// Where position 0 of input `ci` of output `co`'s group lies, in floats. The others follow at positionDistance().
  size_t first(uint32_t co, uint32_t ci) const {
    if (!block)
      return (size_t(co) * inputs + ci) * positions;
    if (groups > 1)
      return firstOfGroup(co, ci);
    const size_t tileChannels = size_t(tile) * vectorChannels, blocks = (size_t(inputs) + block - 1) / block;
    return ((co / tileChannels * blocks + ci / block) * positions * block + ci % block) * tileChannels +
           co % tileChannels;
  }
  size_t positionDistance() const { return distance; }
  size_t positionCount() const { return positions; }

private:
  size_t firstOfGroup(uint32_t co, uint32_t ci) const {
    const uint32_t blockFirst = co / vectorChannels * vectorChannels;
    const uint64_t last = uint64_t(inputs) * groups - block;
    uint64_t firstInput = uint64_t(blockFirst / outputs) * inputs;
    firstInput = firstInput < last ? firstInput : last;
    const bool isDepthwise = outputs == 1 && inputs == 1;
    const size_t at = isDepthwise ? 0 : size_t(uint64_t(co / outputs) * inputs + ci - firstInput);
    return (co / vectorChannels * positions * block + at) * vectorChannels + co % vectorChannels;
  }

  uint32_t inputs = 0, outputs = 0, groups = 1;
  uint32_t block = 0, tile = 1; ///< a block of 0 means PyTorch's order
  size_t positions = 0, distance = 1;
};

} // namespace resnetc::rt

#endif // RESNETC_RUNTIME_CORE_FILTERLAYOUT_H
