//===- Winograd.h - 3x3 convolutions with two thirds of the products -------===//

#ifndef RESNETC_COMPILER_KERNELS_ALGORITHM_WINOGRAD_H
#define RESNETC_COMPILER_KERNELS_ALGORITHM_WINOGRAD_H

#include "compiler/kernels/algorithm/Algorithm.h"

namespace resnetc::kernels {

/// A Conv2d or Conv2dInputGradient with KernelSpec::winograd. Helpers: the transformed rows of an image.
Algorithm winogradAlgorithm(const KernelSpec &spec);

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_ALGORITHM_WINOGRAD_H
