//===- KernelSpecSizes.cpp - what a kernel reads, writes and multiplies ---===//

#include "compiler/kernels/GradientBorder.h"
#include "compiler/kernels/KernelOperands.h"
#include "compiler/kernels/KernelSpecChecks.h"

using namespace llvm;
using namespace resnetc::kernels;
using namespace resnetc::kernels::checks;

static bool isConvGradient(KernelOp op) {
  return op == KernelOp::Conv2dInputGradient || op == KernelOp::TransposeFilter || op == KernelOp::Conv2dFilterGradient;
}

KernelSpec KernelSpec::forwardConv() const {
  KernelSpec forward = *this;
  forward.op = KernelOp::Conv2d;
  forward.epilogue = {};
  forward.residual = forward.other = std::nullopt;
  forward.partials = forward.forwardTile = 1;
  forward.winograd = false;
  if (op == KernelOp::Conv2dFilterGradient) {
    forward.output = other.value_or(TensorSpec());
    return forward;
  }
  forward.input = output;
  forward.output = input;
  forward.filterTile = op == KernelOp::TransposeFilter ? forwardTile : 1;
  return forward;
}

/// dx(x) sums dy((x + pad - k * dilation) / stride) over the positions k without a rest. Without dilation these are
/// k = stride * r + (x + pad) % stride, for all r below window / stride, rounded up.
int64_t resnetc::kernels::gradientBorder(int64_t in, int64_t out, int64_t window, int64_t stride, int64_t pad,
                                         int64_t dilation) {
  int64_t first = dilation == 1 ? int64_t(divideCeil(window, stride)) - 1 - pad / stride
                                : int64_t(divideCeil(std::max(int64_t(0), (window - 1) * dilation - pad), stride));
  return std::max({int64_t(0), first, (in - 1 + pad) / stride - (out - 1)});
}

int64_t resnetc::kernels::gradientBorder(const KernelSpec &spec) {
  const TensorSpec &in = spec.op == KernelOp::Conv2d ? spec.input : spec.output;
  const TensorSpec &out = spec.op == KernelOp::Conv2d ? spec.output : spec.input;
  return std::max(
      gradientBorder(in.height, out.height, spec.windowHeight, spec.strideHeight, spec.padHeight, spec.dilationHeight),
      gradientBorder(in.width, out.width, spec.windowWidth, spec.strideWidth, spec.padWidth, spec.dilationWidth));
}

int64_t KernelSpec::multiplyAdds() const {
  if (op == KernelOp::Conv2dInputGradient || op == KernelOp::Conv2dFilterGradient)
    return forwardConv().multiplyAdds();
  if (op != KernelOp::Conv2d)
    return 0;
  return product({batch, output.channels, output.height, output.width, input.channels / std::max<int64_t>(1, groups),
                  windowHeight, windowWidth});
}

int64_t KernelSpec::memoryTraffic() const {
  int64_t bytes = 0;
  for (const KernelOperand &operand : operandsOf(*this))
    bytes = sum({bytes, operand.bytes});
  return bytes;
}

int64_t KernelSpec::filterBytes() const {
  if (op == KernelOp::Conv2dFilterGradient)
    return forwardConv().filterBytes();
  if (op != KernelOp::Conv2d && !isConvGradient(op))
    return 0;
  int64_t inputs = groups > 1                       ? filterInputs()
                   : input.layout == Layout::Planar ? input.channels
                                                    : product({input.channelBlocks(), channelBlock});
  return product({vectorBytes(), inputs, windowHeight, windowWidth});
}

int64_t KernelSpec::vectorBytes() const {
  int64_t tiles = filterTile < 1 ? maxSize : divideCeil(output.channelBlocks(), filterTile);
  return product({tiles, filterTile, channelBlock, 4});
}

int64_t KernelSpec::vecBytes(int64_t rows) const { return product({rows, input.channelBlocks(), channelBlock, 4}); }
