//===- KernelOperands.cpp - the buffer arguments of a kernel --------------===//

#include "compiler/kernels/KernelOperands.h"

using namespace resnetc::kernels;

llvm::StringRef resnetc::kernels::toString(OperandRole role) {
  static constexpr llvm::StringLiteral names[] = {
      "input",        "other input",      "filter",       "bias",          "residual",      "scale",         "shift",
      "partials",     "statistics",       "coefficients", "saved output",  "labels",        "second labels", "gamma",
      "beta",         "parameters",       "gradients",    "momentum",      "second moment", "hyper",         "counters",
      "running mean", "running variance", "output",       "second output", "third output"};
  static_assert(std::size(names) == size_t(OperandRole::Third) + 1);
  return names[int(role)];
}

namespace {
class OperandList {
public:
  explicit OperandList(const KernelSpec &spec) : spec(spec) {}
  KernelOperand &images(OperandRole role, const TensorSpec &tensor) {
    return operands.emplace_back(KernelOperand{role, tensor, spec.batch * tensor.bytesPerImage()});
  }
  KernelOperand &bytes(OperandRole role, int64_t bytes) {
    return operands.emplace_back(KernelOperand{role, std::nullopt, bytes});
  }
  KernelOperand &vec(OperandRole role, int64_t rows = 1) { return bytes(role, spec.vecBytes(rows)); }
  void residual() {
    if (spec.residual) {
      KernelOperand &operand = images(OperandRole::Residual, *spec.residual);
      operand.overlap = OperandRole::Output;
      operand.mayOverlapSecond = true;
    }
  }
  void optional(OperandRole role, const std::optional<TensorSpec> &tensor) {
    if (tensor)
      images(role, *tensor);
  }
  /// The first input, which may become the first output.
  void overwritten(OperandRole role, const TensorSpec &tensor) { images(role, tensor).overlap = OperandRole::Output; }

  const KernelSpec &spec;
  llvm::SmallVector<KernelOperand, 8> operands;
};

void inference(OperandList &list) {
  const KernelSpec &spec = list.spec;
  list.images(OperandRole::Input, spec.input);
  list.optional(OperandRole::Other, spec.other);
  if (spec.op == KernelOp::Conv2d)
    list.bytes(OperandRole::Filter, spec.filterBytes());
  if (spec.epilogue.bias)
    list.bytes(OperandRole::Bias, spec.vectorBytes());
  list.residual();
  if (spec.epilogue.affine) {
    list.bytes(OperandRole::Scale, spec.vectorBytes());
    list.bytes(OperandRole::Shift, spec.vectorBytes());
  }
  if (spec.clampImages)
    list.bytes(OperandRole::Counters, countersBytes);
  list.images(OperandRole::Output, spec.output);
  if (spec.epilogue.keepFirst)
    list.images(OperandRole::Second, *spec.second);
}

/// Filters and sums: dense floats.
void vectors(OperandList &list) {
  const KernelSpec &spec = list.spec;
  switch (spec.op) {
  case KernelOp::TransposeFilter:
    list.bytes(OperandRole::Filter, spec.forwardConv().filterBytes());
    list.bytes(OperandRole::Output, spec.filterBytes());
    return;
  case KernelOp::SumPartials:
    list.bytes(OperandRole::Partials, spec.input.bytesPerImage());
    list.bytes(OperandRole::Output, spec.output.bytesPerImage());
    return;
  case KernelOp::SumChannels:
    list.bytes(OperandRole::Input, spec.input.bytesPerImage());
    list.bytes(OperandRole::Output, spec.input.bytesPerImage());
    return;
  default:
    return;
  }
}

/// Vectors of statistics.
void statistics(OperandList &list) {
  const KernelSpec &spec = list.spec;
  switch (spec.op) {
  case KernelOp::BatchNormCombine:
    if (spec.frozen) {
      list.vec(OperandRole::RunningMean);
      list.vec(OperandRole::RunningVariance);
    } else {
      list.vec(OperandRole::Partials, 2 * spec.batch);
    }
    list.vec(OperandRole::Gamma);
    list.vec(OperandRole::Beta);
    if (!spec.frozen)
      list.bytes(OperandRole::Counters, countersBytes);
    list.vec(OperandRole::Output, 4);
    return;
  case KernelOp::UpdateStatistics:
    list.vec(OperandRole::Statistics, 4);
    list.bytes(OperandRole::Counters, countersBytes);
    list.vec(OperandRole::RunningMean).overlap = OperandRole::Output;
    list.vec(OperandRole::RunningVariance).overlap = OperandRole::Second;
    list.vec(OperandRole::Output);
    list.vec(OperandRole::Second);
    return;
  case KernelOp::BatchNormGradientCombine:
    list.vec(OperandRole::Partials, 2 * spec.batch);
    list.vec(OperandRole::Statistics, 4);
    list.vec(OperandRole::Gamma);
    list.bytes(OperandRole::Counters, countersBytes);
    list.vec(OperandRole::Output, 5);
    return;
  default:
    return;
  }
}

void optimizer(OperandList &list) {
  const KernelSpec &spec = list.spec;
  int64_t bytes = spec.output.bytesPerImage();
  list.bytes(OperandRole::Parameters, bytes).overlap = OperandRole::Output;
  list.bytes(OperandRole::Gradients, bytes);
  list.bytes(OperandRole::Momentum, bytes).overlap = OperandRole::Second;
  if (spec.op == KernelOp::AdamW)
    list.bytes(OperandRole::SecondMoment, bytes).overlap = OperandRole::Third;
  list.bytes(OperandRole::Hyper, hyperBytes);
  list.bytes(OperandRole::Output, bytes);
  list.bytes(OperandRole::Second, bytes);
  if (spec.op == KernelOp::AdamW)
    list.bytes(OperandRole::Third, bytes);
}

void batchNorm(OperandList &list) {
  const KernelSpec &spec = list.spec;
  bool isGradient = spec.op != KernelOp::BatchNormPartials && spec.op != KernelOp::BatchNormApply;
  if (isGradient)
    list.overwritten(OperandRole::Input, spec.input);
  else
    list.images(OperandRole::Input, spec.input);
  list.optional(OperandRole::Other, spec.other);
  list.residual();
  if (spec.op == KernelOp::BatchNormApply || spec.op == KernelOp::BatchNormGradientPartials)
    list.vec(OperandRole::Statistics, 4);
  if (spec.op == KernelOp::BatchNormGradientApply)
    list.vec(OperandRole::Coefficients, 5);
  list.optional(OperandRole::Saved, spec.saved);
  if (spec.op == KernelOp::BatchNormGradientApply)
    list.bytes(OperandRole::Counters, countersBytes);
  if (spec.output.isGiven())
    list.images(OperandRole::Output, spec.output);
  if (spec.op == KernelOp::BatchNormPartials)
    list.vec(OperandRole::Output, 2 * spec.batch);
  if (spec.op == KernelOp::BatchNormGradientPartials)
    list.vec(spec.output.isGiven() ? OperandRole::Second : OperandRole::Output, 2 * spec.batch);
}

/// Inputs that are images; then what the op has beside them.
void gradients(OperandList &list) {
  const KernelSpec &spec = list.spec;
  if (spec.op == KernelOp::ActivationGradient || spec.op == KernelOp::RandomDrop)
    list.overwritten(OperandRole::Input, spec.input);
  else
    list.images(OperandRole::Input, spec.input);
  list.optional(OperandRole::Other, spec.other);
  if (spec.op == KernelOp::Conv2dInputGradient)
    list.bytes(OperandRole::Filter, spec.filterBytes());
  list.residual();
  list.optional(OperandRole::Saved, spec.saved);
  if (spec.op == KernelOp::CrossEntropy)
    for (OperandRole role : {OperandRole::Labels, OperandRole::SecondLabels})
      list.bytes(role, spec.batch * 4);
  if (spec.op == KernelOp::LayerNormGradient)
    list.vec(OperandRole::Gamma);
  if (spec.op == KernelOp::CrossEntropy || spec.op == KernelOp::RandomDrop)
    list.bytes(OperandRole::Counters, countersBytes);
  if (spec.op == KernelOp::ChannelSum)
    list.vec(OperandRole::Output);
  else if (spec.op == KernelOp::Conv2dFilterGradient)
    list.bytes(OperandRole::Output, spec.output.bytesPerImage());
  else
    list.images(OperandRole::Output, spec.output);
  list.optional(OperandRole::Second, spec.second);
}
} // namespace

llvm::SmallVector<KernelOperand, 8> resnetc::kernels::operandsOf(const KernelSpec &spec) {
  OperandList list(spec);
  switch (spec.op) {
  case KernelOp::TransposeFilter:
  case KernelOp::SumPartials:
  case KernelOp::SumChannels:
    vectors(list);
    break;
  case KernelOp::BatchNormCombine:
  case KernelOp::UpdateStatistics:
  case KernelOp::BatchNormGradientCombine:
    statistics(list);
    break;
  case KernelOp::Sgd:
  case KernelOp::AdamW:
    optimizer(list);
    break;
  case KernelOp::BatchNormPartials:
  case KernelOp::BatchNormApply:
  case KernelOp::BatchNormGradientPartials:
  case KernelOp::BatchNormGradientApply:
    batchNorm(list);
    break;
  default:
    isTraining(spec.op) ? gradients(list) : inference(list);
  }
  return list.operands;
}
