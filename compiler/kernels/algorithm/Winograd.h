//===- Winograd.h - 3x3 convolutions with four products in nine ------------===//

#ifndef RESNETC_COMPILER_KERNELS_ALGORITHM_WINOGRAD_H
#define RESNETC_COMPILER_KERNELS_ALGORITHM_WINOGRAD_H

#include "compiler/kernels/algorithm/Algorithm.h"

namespace resnetc::kernels {

/// A Conv2d or Conv2dInputGradient with KernelSpec::winograd. Helpers: transformed inputs, transformed taps, products.
Algorithm winogradAlgorithm(const KernelSpec &spec);

/// A Conv2dFilterGradient with KernelSpec::winograd. Helpers: transformed inputs, transformed dy, sums of a part.
Algorithm winogradFilterGradientAlgorithm(const KernelSpec &spec);

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_ALGORITHM_WINOGRAD_H
