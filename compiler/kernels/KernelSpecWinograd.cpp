//===- KernelSpecWinograd.cpp - where fewer products are possible ----------===//

#include "compiler/kernels/FilterTile.h"
#include "compiler/kernels/KernelSpecChecks.h"

using namespace llvm;
using namespace resnetc::kernels;
using namespace resnetc::kernels::checks;

/// Transformed filters, or their gradients, lie on the stack.
static constexpr int64_t mostFilterBytes = 256 << 10;

bool resnetc::kernels::canUseWinograd(const KernelSpec &spec) {
  bool isFilterGradient = spec.op == KernelOp::Conv2dFilterGradient;
  if (isFilterGradient && !spec.other)
    return false;
  const TensorSpec &in = spec.input, &out = isFilterGradient ? *spec.other : spec.output;
  for (int64_t window : {spec.windowHeight, spec.windowWidth})
    if (window != 3)
      return false;
  for (int64_t one : {spec.strideHeight, spec.strideWidth, spec.dilationHeight, spec.dilationWidth, spec.groups,
                      spec.padHeight, spec.padWidth})
    if (one != 1)
      return false;
  if (in.layout != Layout::Blocked16 || out.layout != Layout::Blocked16 || in.border < 1 || !sameMap(in, out))
    return false;
  // The last tiles of an odd map read dy's border.
  bool isOdd = out.width % winogradTile != 0 || out.height % winogradTile != 0;
  if (isFilterGradient && isOdd && out.border < 1)
    return false;
  constexpr int64_t vectorBytes = channelBlock * 4, points = winogradPoints * winogradPoints;
  int64_t filter = product({in.channelBlocks(), channelBlock, out.channelBlocks(), points, vectorBytes});
  int64_t row = product({in.channelBlocks() + out.channelBlocks(), out.width + 1, points / winogradTile, vectorBytes});
  return filter <= mostFilterBytes && row <= mostWinogradRowBytes;
}

Error checks::verifyWinograd(const KernelSpec &spec) {
  if (!spec.winograd || canUseWinograd(spec))
    return Error::success();
  return failure(
      "winograd: wants a 3x3 window, stride 1, pad 1, blocked16 maps with a border, and at most %lld bytes of "
      "transformed filters and %lld of a row of tiles",
      (long long)mostFilterBytes, (long long)mostWinogradRowBytes);
}
