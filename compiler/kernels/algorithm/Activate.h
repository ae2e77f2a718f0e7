//===- Activate.h - activation functions in Halide --------------------------===//

#ifndef RESNETC_COMPILER_KERNELS_ALGORITHM_ACTIVATE_H
#define RESNETC_COMPILER_KERNELS_ALGORITHM_ACTIVATE_H

#include "Halide.h"
#include "compiler/kernels/Activation.h"

namespace resnetc::kernels {

/// The activation of a float, vectorised without calls of the C library. NaN stays NaN. Errors for finite values, in
/// units of eps = 2^-24, beside that of rounding the argument: relu, relu6, leaky_relu and the hard forms round as
/// they are written; sigmoid, silu and elu 8 relative; tanh 8 relative; both gelus 8 |x| absolute.
/// Below -88.7, where exp(-x) leaves the floats, sigmoid and silu are zero: 3e-39 and 2.7e-37 off at most.
Halide::Expr activate(const Halide::Expr &value, const Activation &activation);

/// (1 + erf(x / sqrt(2))) / 2
Halide::Expr normalDistribution(const Halide::Expr &x);

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_ALGORITHM_ACTIVATE_H
