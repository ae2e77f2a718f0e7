//===- KernelRegistry.cpp - which algorithm and schedule an op has ---------===//

#include "compiler/kernels/KernelRegistry.h"
#include "compiler/kernels/algorithm/Training.h"
#include "compiler/kernels/schedule/cpu/CpuSchedules.h"
#include "llvm/Support/ErrorHandling.h"

using namespace resnetc::kernels;

static const KernelRecipe recipes[] = {
    {KernelOp::Normalize, normalizeAlgorithm, scheduleMap},
    {KernelOp::Conv2d, conv2dAlgorithm, scheduleDirect},
    {KernelOp::MaxPool2d, maxPool2dAlgorithm, scheduleMap},
    {KernelOp::AvgPool2d, avgPool2dAlgorithm, scheduleMap},
    {KernelOp::GlobalAvgPool, globalAvgPoolAlgorithm, scheduleMap},
    {KernelOp::GlobalMaxPool, globalMaxPoolAlgorithm, scheduleMap},
    {KernelOp::Elementwise, elementwiseAlgorithm, scheduleMap},
    {KernelOp::Multiply, multiplyAlgorithm, scheduleMap},
    {KernelOp::Concat, concatAlgorithm, scheduleMap},
    {KernelOp::LayerNorm, layerNormAlgorithm, schedulePerPixel},
    {KernelOp::PadShortcut, padShortcutAlgorithm, scheduleMap},
    {KernelOp::Softmax, softmaxAlgorithm, schedulePerImage},
    {KernelOp::Copy, copyAlgorithm, scheduleMap},
    {KernelOp::Conv2dInputGradient, conv2dInputGradientAlgorithm, scheduleDirect},
    {KernelOp::TransposeFilter, transposeFilterAlgorithm, scheduleTranspose},
    {KernelOp::Conv2dFilterGradient, conv2dFilterGradientAlgorithm, scheduleFilterGradient},
    {KernelOp::SumPartials, sumPartialsAlgorithm, scheduleFlat},
    {KernelOp::BatchNormPartials, batchNormPartialsAlgorithm, scheduleImageSums},
    {KernelOp::BatchNormCombine, batchNormCombineAlgorithm, scheduleChannels},
    {KernelOp::BatchNormApply, batchNormApplyAlgorithm, scheduleMap},
    {KernelOp::UpdateStatistics, updateStatisticsAlgorithm, scheduleChannels},
    {KernelOp::BatchNormGradientPartials, batchNormGradientPartialsAlgorithm, scheduleImageSums},
    {KernelOp::BatchNormGradientCombine, batchNormGradientCombineAlgorithm, scheduleChannels},
    {KernelOp::BatchNormGradientApply, batchNormGradientApplyAlgorithm, scheduleMap},
    {KernelOp::ChannelSum, channelSumAlgorithm, scheduleChannels},
    {KernelOp::SumChannels, sumChannelsAlgorithm, scheduleChannels},
    {KernelOp::ActivationGradient, activationGradientAlgorithm, scheduleMap},
    {KernelOp::MaxPool2dGradient, maxPool2dGradientAlgorithm, scheduleMaxPoolGradient},
    {KernelOp::AvgPool2dGradient, avgPool2dGradientAlgorithm, scheduleMap},
    {KernelOp::GlobalAvgPoolGradient, globalAvgPoolGradientAlgorithm, scheduleMap},
    {KernelOp::GlobalMaxPoolGradient, globalMaxPoolGradientAlgorithm, schedulePerMap},
    {KernelOp::GateGradient, gateGradientAlgorithm, schedulePerMap},
    {KernelOp::ChannelSlice, channelSliceAlgorithm, scheduleMap},
    {KernelOp::PadShortcutGradient, padShortcutGradientAlgorithm, scheduleMap},
    {KernelOp::LayerNormGradient, layerNormGradientAlgorithm, schedulePerPixel},
    {KernelOp::SoftmaxGradient, softmaxGradientAlgorithm, schedulePerImage},
    {KernelOp::RandomDrop, randomDropAlgorithm, scheduleMap},
    {KernelOp::CrossEntropy, crossEntropyAlgorithm, scheduleLoss},
    {KernelOp::Sgd, sgdAlgorithm, scheduleFlat},
    {KernelOp::AdamW, adamWAlgorithm, scheduleFlat},
};

const KernelRecipe &resnetc::kernels::findRecipe(KernelOp op) {
  for (const KernelRecipe &recipe : recipes)
    if (recipe.op == op)
      return recipe;
  llvm_unreachable("every KernelOp has a recipe");
}
