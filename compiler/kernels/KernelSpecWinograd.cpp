//===- KernelSpecWinograd.cpp - where fewer products are possible ----------===//

#include "compiler/kernels/KernelSpecChecks.h"

using namespace llvm;
using namespace resnetc::kernels;
using namespace resnetc::kernels::checks;

/// Rows of transformed inputs lie on a kernel's stack: four of them, which is what they may take.
static constexpr int64_t winogradRowBytes = 4096;

bool resnetc::kernels::canUseWinograd(const KernelSpec &spec) {
  const TensorSpec &in = spec.input, &out = spec.output;
  for (int64_t window : {spec.windowHeight, spec.windowWidth})
    if (window != 3)
      return false;
  for (int64_t one : {spec.strideHeight, spec.strideWidth, spec.dilationHeight, spec.dilationWidth, spec.groups})
    if (one != 1)
      return false;
  int64_t rowBytes = product({in.channelBlocks(), channelBlock, out.width, 2, 4});
  return in.layout == Layout::Blocked16 && out.layout == Layout::Blocked16 && spec.padHeight == 1 &&
         spec.padWidth == 1 && in.border >= 1 && sameMap(in, out) && out.width % 4 == 0 && out.height % 2 == 0 &&
         rowBytes <= winogradRowBytes;
}

Error checks::verifyWinograd(const KernelSpec &spec) {
  if (!spec.winograd || canUseWinograd(spec))
    return Error::success();
  return failure("winograd: wants a 3x3 window, stride 1, pad 1, and rows of a blocked16 map that fit into %lld bytes",
                 (long long)winogradRowBytes);
}
