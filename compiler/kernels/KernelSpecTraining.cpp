//===- KernelSpecTraining.cpp - which kernels a training step has ----------===//

#include "compiler/kernels/KernelSpecChecks.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>

using namespace llvm;
using namespace resnetc::kernels;
using namespace resnetc::kernels::checks;
using Op = KernelOp;

namespace {
/// A field and the ops that may set it.
struct Field {
  const char *name;
  bool (*isSet)(const KernelSpec &);
  SmallVector<Op, 8> ops;
};

/// Fields that came with training.
const Field newFields[] = {
    {"saved",
     [](const KernelSpec &s) { return s.saved.has_value(); },
     {Op::MaxPool2dGradient, Op::GlobalMaxPoolGradient, Op::BatchNormGradientPartials, Op::BatchNormGradientApply}},
    {"forward_tile", [](const KernelSpec &s) { return s.forwardTile != 1; }, {Op::TransposeFilter}},
    {"winograd",
     [](const KernelSpec &s) { return s.winograd; },
     {Op::Conv2d, Op::Conv2dInputGradient, Op::Conv2dFilterGradient}},
    {"partials", [](const KernelSpec &s) { return s.partials != 1; }, {Op::Conv2dFilterGradient}},
    {"clamp_images", [](const KernelSpec &s) { return s.clampImages; }, {Op::Normalize, Op::Copy}},
    {"frozen", [](const KernelSpec &s) { return s.frozen; }, {Op::BatchNormCombine, Op::BatchNormGradientCombine}},
    {"of_output", [](const KernelSpec &s) { return s.ofOutput; }, {Op::ActivationGradient}},
    {"per_image", [](const KernelSpec &s) { return s.perImage; }, {Op::RandomDrop}},
    {"stream", [](const KernelSpec &s) { return s.stream != 0; }, {Op::RandomDrop}},
    {"rate", [](const KernelSpec &s) { return s.rate != 0; }, {Op::RandomDrop}},
    {"nesterov", [](const KernelSpec &s) { return s.nesterov; }, {Op::Sgd}},
    {"decay", [](const KernelSpec &s) { return s.decay; }, {Op::Sgd, Op::AdamW}},
    {"first", [](const KernelSpec &s) { return s.firstChannel != 0; }, {Op::ChannelSlice}},
    {"momentum", [](const KernelSpec &s) { return s.momentum != 0; }, {Op::UpdateStatistics}},
    {"smoothing", [](const KernelSpec &s) { return s.smoothing != 0; }, {Op::CrossEntropy}},
    {"class_weights", [](const KernelSpec &s) { return !s.classWeights.empty(); }, {Op::CrossEntropy}},
};

/// Fields that ops of inference have, too: here, of the training ops alone.
const Field sharedFields[] = {
    {"other",
     [](const KernelSpec &s) { return s.other.has_value(); },
     {Op::Conv2dFilterGradient, Op::BatchNormGradientPartials, Op::BatchNormGradientApply, Op::ChannelSum,
      Op::ActivationGradient, Op::MaxPool2dGradient, Op::GlobalMaxPoolGradient, Op::GateGradient, Op::LayerNormGradient,
      Op::SoftmaxGradient}},
    {"residual",
     [](const KernelSpec &s) { return s.residual.has_value() || s.epilogue.residual; },
     {Op::Conv2dInputGradient, Op::BatchNormApply, Op::BatchNormGradientApply}},
    {"second", [](const KernelSpec &s) { return s.second.has_value(); }, {Op::LayerNormGradient, Op::CrossEntropy}},
    {"window, pad",
     [](const KernelSpec &s) {
       return s.windowHeight != 1 || s.windowWidth != 1 || s.padHeight != 0 || s.padWidth != 0;
     },
     {Op::Conv2dInputGradient, Op::TransposeFilter, Op::Conv2dFilterGradient, Op::MaxPool2dGradient,
      Op::AvgPool2dGradient}},
    {"stride",
     [](const KernelSpec &s) { return s.strideHeight != 1 || s.strideWidth != 1; },
     {Op::Conv2dInputGradient, Op::TransposeFilter, Op::Conv2dFilterGradient, Op::MaxPool2dGradient,
      Op::AvgPool2dGradient, Op::PadShortcutGradient}},
    {"groups, dilation, tile",
     [](const KernelSpec &s) {
       return s.groups != 1 || s.dilationHeight != 1 || s.dilationWidth != 1 || s.filterTile != 1;
     },
     {Op::Conv2dInputGradient, Op::TransposeFilter, Op::Conv2dFilterGradient}},
    {"count_padding, pad_end",
     [](const KernelSpec &s) { return !s.countPadding || s.padEndHeight >= 0 || s.padEndWidth >= 0; },
     {Op::AvgPool2dGradient}},
    {"complement", [](const KernelSpec &s) { return s.complement; }, {Op::GateGradient}},
    {"epsilon",
     [](const KernelSpec &s) { return s.epsilon != 0; },
     {Op::BatchNormCombine, Op::BatchNormGradientCombine, Op::LayerNormGradient}},
    {"mean, std", [](const KernelSpec &s) { return !s.mean.empty() || !s.std.empty(); }, {}},
    {"an activation",
     [](const KernelSpec &s) { return bool(s.epilogue.activation); },
     {Op::BatchNormApply, Op::BatchNormGradientPartials, Op::BatchNormGradientApply, Op::ActivationGradient}},
    {"bias, affine",
     [](const KernelSpec &s) {
       return s.epilogue.bias || s.epilogue.affine || s.epilogue.affineActivation || s.epilogue.keepFirst;
     },
     {}},
};

Error verifyFields(const KernelSpec &spec, ArrayRef<Field> fields) {
  for (const Field &field : fields)
    if (field.isSet(spec) && !is_contained(field.ops, spec.op))
      return failure("%s: %s has none", field.name, toString(spec.op).str().c_str());
  return Error::success();
}

bool isBlocked(const TensorSpec &tensor) { return tensor.layout == Layout::Blocked16; }

/// Equal but for the border.
bool isTwin(const TensorSpec &a, const TensorSpec &b) {
  TensorSpec twin = a;
  twin.border = b.border;
  return twin == b;
}

/// Dense floats that stand for parameters, partial sums and the like.
bool isDense(const TensorSpec &tensor) {
  return tensor.layout == Layout::Planar && isVector(tensor) && tensor.border == 0;
}

bool isPositive(double value) { return std::isfinite(value) && value > 0; }
bool isShare(double value) { return value >= 0 && value <= 1; }

bool hasInput(Op op) { return op != Op::Sgd && op != Op::AdamW; }

enum class Presence { No, Maybe, Yes };
Presence outputTensor(Op op) {
  switch (op) {
  case Op::BatchNormPartials:
  case Op::BatchNormCombine:
  case Op::UpdateStatistics:
  case Op::BatchNormGradientCombine:
  case Op::ChannelSum:
    return Presence::No;
  case Op::BatchNormGradientPartials:
    return Presence::Maybe;
  default:
    return Presence::Yes;
  }
}

/// All tensors are there that must be, and sound.
Error verifyTensors(const KernelSpec &spec) {
  if (!hasInput(spec.op) && !(spec.input == TensorSpec()))
    return failure("in: %s has none", toString(spec.op).str().c_str());
  Presence output = outputTensor(spec.op);
  if (output == Presence::No && !(spec.output == TensorSpec()))
    return failure("out: %s has none", toString(spec.op).str().c_str());
  struct Tensor {
    const char *name;
    const TensorSpec *tensor;
  };
  SmallVector<Tensor> tensors;
  if (hasInput(spec.op))
    tensors.push_back({"in", &spec.input});
  if (output == Presence::Yes || (output == Presence::Maybe && !(spec.output == TensorSpec())))
    tensors.push_back({"out", &spec.output});
  for (auto [name, tensor] : {std::make_pair("other", &spec.other), std::make_pair("saved", &spec.saved),
                              std::make_pair("residual", &spec.residual), std::make_pair("second", &spec.second)})
    if (*tensor)
      tensors.push_back({name, &**tensor});
  bool sumsImages = spec.op == Op::Conv2dFilterGradient;
  for (auto [name, tensor] : tensors) {
    if (Error error = verifyTensor(name, *tensor, sumsImages && tensor == &spec.output ? 1 : spec.batch))
      return error;
    if (tensor->element != Element::F32)
      return failure("%s: training is in f32", name);
  }
  if (product({2, spec.batch, hasInput(spec.op) ? spec.input.channels : 1}) > maxElements)
    return failure("batch: sums of all images have 2^31 elements or more");
  return Error::success();
}

Error wantBatchOfOne(const KernelSpec &spec) {
  return spec.batch == 1 ? Error::success() : failure("batch: parameters have no images: must be 1");
}

Error verifyTransposed(const KernelSpec &spec) {
  KernelSpec forward = spec.forwardConv();
  // The border of the forward input is not known here, nor is its padding behind: as large as it may be wanted.
  auto behind = [](int64_t in, int64_t out, int64_t window, int64_t dilation, int64_t stride, int64_t pad) {
    return sum({product({out - 1, stride}), product({window - 1, dilation}), 1, -pad, -in});
  };
  forward.input.border = std::max({spec.padHeight, spec.padWidth, product({spec.windowHeight - 1, spec.dilationHeight}),
                                   product({spec.windowWidth - 1, spec.dilationWidth}),
                                   behind(forward.input.height, forward.output.height, spec.windowHeight,
                                          spec.dilationHeight, spec.strideHeight, spec.padHeight),
                                   behind(forward.input.width, forward.output.width, spec.windowWidth,
                                          spec.dilationWidth, spec.strideWidth, spec.padWidth)});
  if (Error error = verifyConv2d(forward))
    return error;
  if (!isBlocked(spec.input) || !isBlocked(spec.output))
    return failure("in, out: gradients of convolutions are blocked16");
  if (spec.groups > 1 && spec.filterTile != 1)
    return failure("groups: want a tile of 1");
  if (spec.filterTile < 1 || spec.filterTile > maxFilterTile || spec.output.channelBlocks() % spec.filterTile != 0)
    return failure("tile: %lld does not divide the %lld channel blocks of the output (or is more than %lld)",
                   (long long)spec.filterTile, (long long)spec.output.channelBlocks(), (long long)maxFilterTile);
  if (spec.filterBytes() / 4 > maxElements)
    return failure("the filter has 2^31 elements or more");
  return spec.op == Op::TransposeFilter ? wantBatchOfOne(spec) : Error::success();
}

Error verifyInputGradient(const KernelSpec &spec) {
  if (Error error = verifyTransposed(spec))
    return error;
  int64_t border = gradientBorder(spec);
  if (spec.input.border < border)
    return failure("in: the gradient reads %lld zeros around dy, its border is %lld", (long long)border,
                   (long long)spec.input.border);
  return verifyWinograd(spec);
}

Error verifyFilterGradient(const KernelSpec &spec) {
  if (!spec.other)
    return failure("other: dy is missing");
  KernelSpec forward = spec.forwardConv();
  if (Error error = verifyConv2d(forward))
    return error;
  if (spec.partials < 1 || spec.batch % spec.partials != 0)
    return failure("partials: %lld do not divide %lld images", (long long)spec.partials, (long long)spec.batch);
  if (!isDense(spec.output) || spec.output.channels != product({spec.partials, forward.filterBytes() / 4}))
    return failure("out: want planar:f32:%lldx1x1", (long long)product({spec.partials, forward.filterBytes() / 4}));
  return verifyWinograd(spec);
}

Error verifyVectors(const KernelSpec &spec) {
  if (Error error = wantBatchOfOne(spec))
    return error;
  switch (spec.op) {
  case Op::SumPartials:
    if (!isDense(spec.input) || !isDense(spec.output) || spec.input.channels % spec.output.channels != 0)
      return failure("in, out: sum_partials wants planar vectors, the longer one a multiple of the other");
    return Error::success();
  case Op::SumChannels:
    return isDense(spec.input) && isDense(spec.output) &&
                   spec.input.channels == product({spec.output.channelBlocks(), channelBlock})
               ? Error::success()
               : failure("in, out: sum_channels wants planar vectors, the first one of whole blocks");
  default:
    return isDense(spec.output) ? Error::success() : failure("out: parameters are a planar vector");
  }
}

Error verifyBatchNorm(const KernelSpec &spec) {
  if (!isBlocked(spec.input))
    return failure("in: batch norm works on blocked16");
  if (spec.output.isGiven() && !isTwin(spec.output, spec.input))
    return failure("out: batch norm keeps the shape");
  bool combines = spec.op == Op::BatchNormCombine || spec.op == Op::BatchNormGradientCombine;
  if (combines && !isPositive(spec.epsilon))
    return failure("epsilon: must be above 0");
  if (spec.op == Op::UpdateStatistics && !isShare(spec.momentum))
    return failure("momentum: must lie in [0, 1]");
  bool wantsOther = spec.op == Op::BatchNormGradientPartials || spec.op == Op::BatchNormGradientApply;
  if (wantsOther && (!spec.other || !isTwin(*spec.other, spec.input)))
    return failure("other: want x, in the shape of dy");
  if (wantsOther && spec.saved.has_value() != bool(spec.epilogue.activation))
    return failure("saved: the activation's output is given if and only if there is an activation");
  if (spec.saved && !isTwin(*spec.saved, spec.input))
    return failure("saved: want the output, in the shape of dy");
  if (spec.op == Op::BatchNormGradientPartials && spec.output.isGiven() && !spec.saved)
    return failure("out: without an activation dy stays what it is");
  bool adds = spec.op == Op::BatchNormApply || spec.op == Op::BatchNormGradientApply;
  return adds ? verifyEpilogue(spec) : Error::success();
}

/// Ops that go from dy of a forward op's output shape to dx of its input's shape, perhaps with x and y.
Error verifyPoolGradient(const KernelSpec &spec) {
  bool isMax = spec.op == Op::MaxPool2dGradient || spec.op == Op::GlobalMaxPoolGradient;
  if (isMax && (!spec.other || !isTwin(*spec.other, spec.output)))
    return failure("other: want x, in the shape of dx");
  if (isMax && (!spec.saved || !isTwin(*spec.saved, spec.input)))
    return failure("saved: want y, in the shape of dy");
  KernelSpec forward;
  forward.op = spec.op == Op::MaxPool2dGradient       ? Op::MaxPool2d
               : spec.op == Op::AvgPool2dGradient     ? Op::AvgPool2d
               : spec.op == Op::GlobalMaxPoolGradient ? Op::GlobalMaxPool
                                                      : Op::GlobalAvgPool;
  forward.batch = spec.batch;
  forward.input = spec.output;
  forward.output = spec.input;
  forward.windowHeight = spec.windowHeight, forward.windowWidth = spec.windowWidth;
  forward.strideHeight = spec.strideHeight, forward.strideWidth = spec.strideWidth;
  forward.padHeight = spec.padHeight, forward.padWidth = spec.padWidth;
  forward.padEndHeight = spec.padEndHeight, forward.padEndWidth = spec.padEndWidth;
  forward.countPadding = spec.countPadding;
  return forward.verify();
}

Error verifyShapes(const KernelSpec &spec) {
  const TensorSpec &in = spec.input, &out = spec.output;
  bool sameMapChannels = sameMap(in, out) && in.channels == out.channels && in.layout == out.layout;
  switch (spec.op) {
  case Op::ChannelSum:
    return isBlocked(in) && (!spec.other || isTwin(*spec.other, in))
               ? Error::success()
               : failure("in, other: channel_sum is of one or two blocked16 tensors of one shape");
  case Op::ActivationGradient:
    return spec.other && sameMapChannels && isTwin(*spec.other, in) && spec.epilogue.activation
               ? Error::success()
               : failure("in, other, out: want one shape, and an activation");
  case Op::GateGradient:
    return spec.other && isBlocked(in) && isTwin(*spec.other, in) && out.channels == in.channels && isBlocked(out) &&
                   (sameMap(in, out) || isVector(out))
               ? Error::success()
               : failure("in, other, out: want dy and x of one blocked16 shape, and a gate of it or of one pixel");
  case Op::ChannelSlice:
    return isBlocked(in) && isBlocked(out) && sameMap(in, out) && spec.firstChannel >= 0 &&
                   sum({spec.firstChannel, out.channels}) <= in.channels
               ? Error::success()
               : failure("in, out: channel_slice takes a range of the channels of a blocked16 map");
  case Op::LayerNormGradient:
    if (!isPositive(spec.epsilon))
      return failure("epsilon: must be above 0");
    return spec.other && spec.second && isBlocked(in) && sameMapChannels && isTwin(*spec.other, in) &&
                   isTwin(*spec.second, in)
               ? Error::success()
               : failure("in, other, out, second: want one blocked16 shape");
  case Op::SoftmaxGradient:
    return spec.other && sameMapChannels && isVector(in) && isTwin(*spec.other, in)
               ? Error::success()
               : failure("in, other, out: softmax is over the channels of a vector");
  case Op::RandomDrop:
    if (!isShare(spec.rate) || spec.rate == 1)
      return failure("rate: must lie in [0, 1)");
    return sameMapChannels ? Error::success() : failure("out: random_drop keeps shape and layout");
  default:
    return failure("unknown kernel");
  }
}

Error verifyCrossEntropy(const KernelSpec &spec) {
  TensorSpec losses;
  losses.channels = 1;
  if (!isVector(spec.input) || !isBlocked(spec.input) || !spec.second || !isTwin(*spec.second, spec.input))
    return failure("in, second: want logits as a blocked16 vector, and a gradient of their shape");
  if (!(spec.output == losses))
    return failure("out: want blocked16:f32:1x1x1");
  if (!isShare(spec.smoothing))
    return failure("smoothing: must lie in [0, 1]");
  if (!spec.classWeights.empty() && (int64_t)spec.classWeights.size() != spec.input.channels)
    return failure("class_weights: one number a class is wanted");
  for (double weight : spec.classWeights)
    if (!std::isfinite(weight) || weight < 0)
      return failure("class_weights: below zero or not a finite number");
  return Error::success();
}

Error verifyPadShortcutGradient(const KernelSpec &spec) {
  KernelSpec forward;
  forward.op = Op::PadShortcut;
  forward.batch = spec.batch;
  forward.input = spec.output;
  forward.output = spec.input;
  forward.strideHeight = spec.strideHeight, forward.strideWidth = spec.strideWidth;
  return forward.verify();
}
} // namespace

Error checks::verifyTrainingFields(const KernelSpec &spec) {
  if (Error error = verifyFields(spec, newFields))
    return error;
  return isTraining(spec.op) ? verifyFields(spec, sharedFields) : Error::success();
}

Error checks::verifyTraining(const KernelSpec &spec) {
  if (Error error = verifyTensors(spec))
    return error;
  switch (spec.op) {
  case Op::Conv2dInputGradient:
    if (Error error = verifyInputGradient(spec))
      return error;
    return verifyEpilogue(spec);
  case Op::TransposeFilter:
    return verifyTransposed(spec);
  case Op::Conv2dFilterGradient:
    return verifyFilterGradient(spec);
  case Op::SumPartials:
  case Op::SumChannels:
  case Op::Sgd:
  case Op::AdamW:
    return verifyVectors(spec);
  case Op::BatchNormPartials:
  case Op::BatchNormCombine:
  case Op::BatchNormApply:
  case Op::UpdateStatistics:
  case Op::BatchNormGradientPartials:
  case Op::BatchNormGradientCombine:
  case Op::BatchNormGradientApply:
    return verifyBatchNorm(spec);
  case Op::MaxPool2dGradient:
  case Op::AvgPool2dGradient:
  case Op::GlobalAvgPoolGradient:
  case Op::GlobalMaxPoolGradient:
    return verifyPoolGradient(spec);
  case Op::PadShortcutGradient:
    return verifyPadShortcutGradient(spec);
  case Op::CrossEntropy:
    return verifyCrossEntropy(spec);
  default:
    return verifyShapes(spec);
  }
}
