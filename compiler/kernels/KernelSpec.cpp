//===- KernelSpec.cpp - sizes and meaning of a kernel's description -------===//
//
// verify() is the one place that says which descriptions are kernels; the text form
// is in KernelSpecText.cpp. All sizes saturate, so that hostile extents are refused
// by verify() instead of wrapping around.
//
//===----------------------------------------------------------------------===//

#include "compiler/kernels/KernelSpecChecks.h"
#include <cmath>

using namespace llvm;
using namespace resnetc::kernels;
using namespace resnetc::kernels::checks;

namespace {
/// Margin: zeros that may be read (or, for pools, that count) on either side.
Error verifyWindows(const KernelSpec &spec, int64_t marginHeight, int64_t marginWidth) {
  if (Error error = verifyWindow("height", spec.input.height, spec.output.height, spec.windowHeight,
                                 spec.dilationHeight, spec.strideHeight, spec.padHeight, marginHeight))
    return error;
  return verifyWindow("width", spec.input.width, spec.output.width, spec.windowWidth, spec.dilationWidth,
                      spec.strideWidth, spec.padWidth, marginWidth);
}

} // namespace

Error checks::verifyConv2d(const KernelSpec &spec) {
  if (spec.output.layout != Layout::Blocked16)
    return failure("out: conv2d writes blocked16");
  if (Error error = verifyWindows(spec, spec.input.border, spec.input.border))
    return error;
  if (spec.groups < 1 || spec.input.channels % spec.groups != 0 || spec.output.channels % spec.groups != 0)
    return failure("groups: %lld do not divide %lld input and %lld output channels", (long long)spec.groups,
                   (long long)spec.input.channels, (long long)spec.output.channels);
  if (spec.groups > 1 && (spec.filterTile != 1 || spec.input.layout != Layout::Blocked16))
    return failure("groups: want a blocked16 input and a tile of 1");
  if (spec.filterTile < 1 || spec.filterTile > maxFilterTile || spec.output.channelBlocks() % spec.filterTile != 0)
    return failure("tile: %lld does not divide the %lld channel blocks of the output (or is more than %lld)",
                   (long long)spec.filterTile, (long long)spec.output.channelBlocks(), (long long)maxFilterTile);
  if (spec.filterBytes() / 4 > maxElements)
    return failure("the filter has 2^31 elements or more");
  return verifyWinograd(spec);
}

namespace {
Error verifyPool(const KernelSpec &spec) {
  if (spec.input.channels != spec.output.channels || spec.input.layout != spec.output.layout)
    return failure("out: a pool keeps channels and layout");
  if (spec.padHeight >= spec.windowHeight || spec.padWidth >= spec.windowWidth)
    return failure("pad: some window would lie in the padding alone");
  if ((spec.padEndHeight < 0) != (spec.padEndWidth < 0) || spec.padEndHeight >= spec.windowHeight ||
      spec.padEndWidth >= spec.windowWidth)
    return failure("pad_end: must be smaller than the window");
  // The padding is the kernel's own affair, but every window must touch the map.
  return verifyWindows(spec, spec.windowHeight - 1, spec.windowWidth - 1);
}

Error verifyNormalize(const KernelSpec &spec) {
  if (!sameMap(spec.input, spec.output) || spec.input.channels != spec.output.channels)
    return failure("out: normalize keeps the shape");
  if (spec.input.layout != Layout::Planar || spec.input.border != 0)
    return failure("in: normalize reads the interface's planar images without border");
  if ((int64_t)spec.mean.size() != spec.input.channels || (int64_t)spec.std.size() != spec.input.channels)
    return failure("mean, std: one number a channel is wanted");
  for (double value : spec.mean)
    if (!std::isfinite(value))
      return failure("mean: not a finite number");
  for (double value : spec.std)
    if (!std::isfinite(value) || value == 0)
      return failure("std: zero or not a finite number");
  return Error::success();
}

Error verifyCopy(const KernelSpec &spec) {
  const TensorSpec &in = spec.input, &out = spec.output;
  bool same = sameMap(in, out) && in.channels == out.channels;
  bool flat = isVector(out) && out.channels == product({in.channels, in.height, in.width});
  flat |= isVector(in) && in.channels == product({out.channels, out.height, out.width});
  return same || flat ? Error::success() : failure("out: copy keeps the shape, or flattens it to a vector, or back");
}

Error verifyPadShortcut(const KernelSpec &spec) {
  if (spec.strideHeight < 1 || spec.strideWidth < 1)
    return failure("stride: must be at least 1");
  if (spec.input.layout != spec.output.layout || spec.input.channels > spec.output.channels)
    return failure("out: pad_shortcut keeps the layout and does not lose channels");
  if (spec.output.height != (int64_t)divideCeil(spec.input.height, spec.strideHeight) ||
      spec.output.width != (int64_t)divideCeil(spec.input.width, spec.strideWidth))
    return failure("out: extents are not those of the input divided by the stride, rounded up");
  return Error::success();
}

Error verifyMultiply(const KernelSpec &spec) {
  const TensorSpec &in = spec.input, &out = spec.output, &factor = *spec.other;
  if (!sameMap(in, out) || in.channels != out.channels || in.layout != out.layout)
    return failure("out: multiply keeps shape and layout");
  if (factor.channels != in.channels || factor.layout != in.layout || !(sameMap(factor, in) || isVector(factor)))
    return failure("other: a factor has the input's channels and layout, and its map or one pixel");
  return Error::success();
}

Error verifyConcat(const KernelSpec &spec) {
  const TensorSpec &in = spec.input, &out = spec.output, &other = *spec.other;
  for (const TensorSpec *tensor : {&in, &other, &out})
    if (tensor->layout != Layout::Blocked16 || !sameMap(*tensor, out))
      return failure("in, other, out: concat has blocked16 maps of one size");
  return out.channels == sum({in.channels, other.channels})
             ? Error::success()
             : failure("out: concat has the channels of in and other together");
}

Error verifyLayerNorm(const KernelSpec &spec) {
  if (!sameMap(spec.input, spec.output) || spec.input.channels != spec.output.channels ||
      spec.input.layout != Layout::Blocked16 || spec.output.layout != Layout::Blocked16)
    return failure("in, out: layer_norm keeps the shape of a blocked16 map");
  return std::isfinite(spec.epsilon) && spec.epsilon > 0 ? Error::success() : failure("epsilon: must be above 0");
}

Error verifyOp(const KernelSpec &spec) {
  const TensorSpec &in = spec.input, &out = spec.output;
  switch (spec.op) {
  case KernelOp::Normalize:
    return verifyNormalize(spec);
  case KernelOp::Conv2d:
    return verifyConv2d(spec);
  case KernelOp::MaxPool2d:
  case KernelOp::AvgPool2d:
    return verifyPool(spec);
  case KernelOp::GlobalAvgPool:
  case KernelOp::GlobalMaxPool:
    return in.channels == out.channels && isVector(out) && in.layout == out.layout
               ? Error::success()
               : failure("out: a global pool makes a vector of as many channels, in the same layout");
  case KernelOp::Elementwise:
    return sameMap(in, out) && in.channels == out.channels && in.layout == out.layout
               ? Error::success()
               : failure("out: elementwise keeps shape and layout");
  case KernelOp::Multiply:
    return verifyMultiply(spec);
  case KernelOp::Concat:
    return verifyConcat(spec);
  case KernelOp::LayerNorm:
    return verifyLayerNorm(spec);
  case KernelOp::PadShortcut:
    return verifyPadShortcut(spec);
  case KernelOp::Softmax:
    return isVector(in) && isVector(out) && in.channels == out.channels
               ? Error::success()
               : failure("in, out: softmax is over the channels of a vector");
  case KernelOp::Copy:
    return verifyCopy(spec);
  default:
    return failure("unknown kernel");
  }
}

/// Fields that the op does not have keep their defaults, so that equal kernels have equal texts.
Error verifyUnused(const KernelSpec &spec) {
  bool conv = spec.op == KernelOp::Conv2d;
  bool pool = spec.op == KernelOp::MaxPool2d || spec.op == KernelOp::AvgPool2d;
  bool normalize = spec.op == KernelOp::Normalize;
  if (!conv && !pool && (spec.windowHeight != 1 || spec.windowWidth != 1 || spec.padHeight != 0 || spec.padWidth != 0))
    return failure("window, pad: only conv2d and pools have them");
  if (!conv && !pool && spec.op != KernelOp::PadShortcut && (spec.strideHeight != 1 || spec.strideWidth != 1))
    return failure("stride: only conv2d, pools and pad_shortcut have one");
  if (!conv && spec.filterTile != 1)
    return failure("tile: only conv2d has one");
  if (!conv && (spec.groups != 1 || spec.dilationHeight != 1 || spec.dilationWidth != 1))
    return failure("groups, dilation: only conv2d has them");
  if (spec.op != KernelOp::AvgPool2d && !spec.countPadding)
    return failure("count_padding: only avg_pool2d has it");
  bool counts = spec.op == KernelOp::AvgPool2d && spec.countPadding;
  if (!counts && (spec.padEndHeight >= 0 || spec.padEndWidth >= 0))
    return failure("pad_end: only avg_pool2d that counts its padding has it");
  if (!normalize && (!spec.mean.empty() || !spec.std.empty()))
    return failure("mean, std: only normalize has them");
  bool epilogue =
      conv || spec.op == KernelOp::Elementwise || spec.op == KernelOp::Multiply || spec.op == KernelOp::LayerNorm;
  if (!epilogue && !(spec.epilogue == Epilogue()))
    return failure("epilogue: only conv2d, elementwise, multiply and layer_norm have one");
  if (spec.complement && spec.op != KernelOp::Multiply)
    return failure("complement: only multiply has it");
  if (spec.epsilon != 0 && spec.op != KernelOp::LayerNorm)
    return failure("epsilon: only layer_norm has one");
  bool floats = (normalize || spec.input.element == Element::F32) && spec.output.element == Element::F32;
  return floats ? Error::success() : failure("in, out: u8 is for the input of normalize only");
}

Error verifyOther(const KernelSpec &spec) {
  bool wanted = spec.op == KernelOp::Multiply || spec.op == KernelOp::Concat;
  if (wanted != spec.other.has_value())
    return failure("other: multiply and concat have a second operand, and nothing else");
  if (!wanted)
    return Error::success();
  if (spec.other->element != Element::F32)
    return failure("other: must be f32");
  return verifyTensor("other", *spec.other, spec.batch);
}

} // namespace

Error checks::verifyEpilogue(const KernelSpec &spec) {
  const Epilogue &epilogue = spec.epilogue;
  if (!epilogue.affine && (epilogue.affineActivation || epilogue.keepFirst))
    return failure("epilogue: an activation of affine and keep_first need affine");
  if (epilogue.residual != spec.residual.has_value())
    return failure("residual: given without the epilogue's residual, or missing");
  if (epilogue.keepFirst != spec.second.has_value())
    return failure("second: given without the epilogue's keep_first, or missing");
  if (spec.residual)
    if (Error error = verifyTwin("residual", *spec.residual, spec.output, spec.batch))
      return error;
  if (spec.second)
    return verifyTwin("second", *spec.second, spec.output, spec.batch);
  return Error::success();
}

int64_t TensorSpec::channelBlocks() const {
  return channels < 0 ? maxSize : channels / channelBlock + (channels % channelBlock != 0);
}

int64_t TensorSpec::elementsPerImage() const {
  int64_t stored = layout == Layout::Planar ? channels : product({channelBlocks(), channelBlock});
  return product({stored, withBorder(height, border), withBorder(width, border)});
}

int64_t TensorSpec::bytesPerImage() const { return product({elementsPerImage(), element == Element::F32 ? 4 : 1}); }

bool TensorSpec::operator==(const TensorSpec &other) const {
  return layout == other.layout && element == other.element && channels == other.channels && height == other.height &&
         width == other.width && border == other.border;
}

bool Epilogue::operator==(const Epilogue &other) const {
  return bias == other.bias && residual == other.residual && activation == other.activation && affine == other.affine &&
         affineActivation == other.affineActivation && keepFirst == other.keepFirst;
}

bool KernelSpec::operator==(const KernelSpec &other) const { return str() == other.str(); }

Error KernelSpec::verify() const {
  if (batch < 1 || batch > maxElements)
    return failure("batch: must lie in [1, 2^31)");
  if (Error error = verifyTrainingFields(*this))
    return error;
  if (isTraining(op))
    return verifyTraining(*this);
  if (Error error = verifyTensor("in", input, batch))
    return error;
  if (Error error = verifyTensor("out", output, batch))
    return error;
  if (Error error = verifyUnused(*this))
    return error;
  if (Error error = verifyOther(*this))
    return error;
  if (Error error = verifyEpilogue(*this))
    return error;
  return verifyOp(*this);
}

int64_t KernelSpec::filterInputs() const {
  if (isDepthwise())
    return 1;
  int64_t inputs = input.channels / groups, outputs = output.channels / groups, most = 0;
  for (int64_t block = 0; block < output.channelBlocks(); ++block) {
    int64_t first = block * channelBlock / outputs;
    int64_t last = (std::min((block + 1) * channelBlock, output.channels) - 1) / outputs;
    most = std::max(most, (last - first + 1) * inputs);
  }
  return most;
}

int64_t KernelSpec::firstInput(int64_t block) const {
  int64_t inputs = input.channels / groups, outputs = output.channels / groups;
  return std::min(block * channelBlock / outputs * inputs, input.channels - filterInputs());
}
