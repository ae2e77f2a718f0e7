//===- KernelOpNames.cpp - kernels by name ---------------------------------===//

#include "compiler/kernels/KernelSpec.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace resnetc::kernels;

/// In the order of KernelOp.
static constexpr StringLiteral opNames[] = {"normalize",
                                            "conv2d",
                                            "max_pool2d",
                                            "avg_pool2d",
                                            "global_avg_pool",
                                            "global_max_pool",
                                            "elementwise",
                                            "multiply",
                                            "concat",
                                            "layer_norm",
                                            "pad_shortcut",
                                            "softmax",
                                            "copy",
                                            "conv2d_input_gradient",
                                            "transpose_filter",
                                            "conv2d_filter_gradient",
                                            "sum_partials",
                                            "batch_norm_partials",
                                            "batch_norm_combine",
                                            "batch_norm_apply",
                                            "update_statistics",
                                            "batch_norm_gradient_partials",
                                            "batch_norm_gradient_combine",
                                            "batch_norm_gradient_apply",
                                            "channel_sum",
                                            "sum_channels",
                                            "activation_gradient",
                                            "max_pool2d_gradient",
                                            "avg_pool2d_gradient",
                                            "global_avg_pool_gradient",
                                            "global_max_pool_gradient",
                                            "gate_gradient",
                                            "channel_slice",
                                            "pad_shortcut_gradient",
                                            "layer_norm_gradient",
                                            "softmax_gradient",
                                            "cross_entropy",
                                            "random_drop",
                                            "sgd",
                                            "adamw"};
static_assert(std::size(opNames) == size_t(KernelOp::AdamW) + 1);

StringRef resnetc::kernels::toString(KernelOp op) { return opNames[int(op)]; }
bool resnetc::kernels::isTraining(KernelOp op) { return op >= KernelOp::Conv2dInputGradient; }

std::optional<KernelOp> resnetc::kernels::parseKernelOp(StringRef name) {
  const StringLiteral *found = llvm::find(opNames, name);
  if (found == std::end(opNames))
    return std::nullopt;
  return KernelOp(found - std::begin(opNames));
}
