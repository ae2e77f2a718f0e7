//===- Training.h - what the kernels of a training step compute ------------===//

#ifndef RESNETC_COMPILER_KERNELS_ALGORITHM_TRAINING_H
#define RESNETC_COMPILER_KERNELS_ALGORITHM_TRAINING_H

#include "compiler/kernels/algorithm/Algorithm.h"

namespace resnetc::kernels {

Algorithm conv2dInputGradientAlgorithm(const KernelSpec &spec);
Algorithm transposeFilterAlgorithm(const KernelSpec &spec);
Algorithm conv2dFilterGradientAlgorithm(const KernelSpec &spec);
Algorithm sumPartialsAlgorithm(const KernelSpec &spec);
Algorithm batchNormPartialsAlgorithm(const KernelSpec &spec);
Algorithm batchNormCombineAlgorithm(const KernelSpec &spec);
Algorithm batchNormApplyAlgorithm(const KernelSpec &spec);
Algorithm updateStatisticsAlgorithm(const KernelSpec &spec);
Algorithm batchNormGradientPartialsAlgorithm(const KernelSpec &spec);
Algorithm batchNormGradientCombineAlgorithm(const KernelSpec &spec);
Algorithm batchNormGradientApplyAlgorithm(const KernelSpec &spec);
Algorithm channelSumAlgorithm(const KernelSpec &spec);
Algorithm sumChannelsAlgorithm(const KernelSpec &spec);
Algorithm activationGradientAlgorithm(const KernelSpec &spec);
Algorithm maxPool2dGradientAlgorithm(const KernelSpec &spec);
Algorithm avgPool2dGradientAlgorithm(const KernelSpec &spec);
Algorithm globalAvgPoolGradientAlgorithm(const KernelSpec &spec);
Algorithm globalMaxPoolGradientAlgorithm(const KernelSpec &spec);
Algorithm gateGradientAlgorithm(const KernelSpec &spec);
Algorithm channelSliceAlgorithm(const KernelSpec &spec);
Algorithm padShortcutGradientAlgorithm(const KernelSpec &spec);
Algorithm layerNormGradientAlgorithm(const KernelSpec &spec);
Algorithm softmaxGradientAlgorithm(const KernelSpec &spec);
Algorithm randomDropAlgorithm(const KernelSpec &spec);
Algorithm crossEntropyAlgorithm(const KernelSpec &spec);
Algorithm sgdAlgorithm(const KernelSpec &spec);
Algorithm adamWAlgorithm(const KernelSpec &spec);

/// dvalue * f'(saved), where `saved` is f's output or its input; exactly zero where f is flat.
Halide::Expr activationGradient(const Halide::Expr &dvalue, const Halide::Expr &saved, const Activation &activation,
                                bool ofOutput);

/// Defines the sum over a map's pixels (x, y) for each lane, block and image of algorithm.at: one or more values at
/// once. The result is added to algorithm.sums.
Halide::Func sumOverMap(Algorithm &algorithm, const TensorSpec &map, const std::string &name,
                        const std::function<std::vector<Halide::Expr>(Halide::Expr x, Halide::Expr y)> &values);

/// Images that the caller gave, from the operand `counters`.
inline Halide::Expr validImages(const Halide::ImageParam &counters) { return counters(0); }
/// The first labels' share of the loss, likewise.
inline Halide::Expr mixOfLabels(const Halide::ImageParam &counters) { return Halide::reinterpret<float>(counters(4)); }
inline Halide::ImageParam countersParameter() { return denseParameter("counters", {8}, Halide::Int(32)); }

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_ALGORITHM_TRAINING_H
