//===- Activations.h - every activation by its formula --------------------===//
//
// PyTorch's definitions. Comparisons are written so that NaN, which compares with
// nothing, goes through.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_INTERPRETER_ACTIVATIONS_H
#define RESNETC_COMPILER_INTERPRETER_ACTIVATIONS_H

#include "compiler/ir/rn/Rn.h"
#include <cmath>

namespace resnetc::interpreter {

// What activations need of a number; RunningError has the same functions.
/// x, but at least `low` and at most `high`.
template <typename T> T clamp(T x, double low, double high) { return x < T(low) ? T(low) : x > T(high) ? T(high) : x; }
/// max(x, 0)
template <typename T> T relu(T x) { return x < T(0) ? T(0) : x; }
/// x, below zero slope * x
template <typename T> T leakyRelu(T x, double slope) { return x < T(0) ? T(slope) * x : x; }
/// x, below zero alpha * (exp(x) - 1)
template <typename T> T elu(T x, double alpha) { return x < T(0) ? T(alpha) * std::expm1(x) : x; }
template <typename T> T sigmoid(T x) { return T(1) / (T(1) + std::exp(-x)); }
template <typename T> T hyperbolicTangent(T x) { return std::tanh(x); }
template <typename T> T errorFunction(T x) { return std::erf(x); }

template <typename T> T gelu(T x) { return x * T(0.5) * (T(1.0) + errorFunction(T(x * T(std::sqrt(0.5))))); }
template <typename T> T geluTanh(T x) {
  constexpr double twoByPi = 0.6366197723675814;
  T inner = x + T(0.044715) * x * x * x;
  return x * T(0.5) * (T(1.0) + hyperbolicTangent(T(T(std::sqrt(twoByPi)) * inner)));
}
template <typename T> T hardSigmoid(T x) { return clamp(T(x + T(3.0)), 0, 6) / T(6.0); }

template <typename T> T activate(T x, rn::Activation function, double parameter) {
  switch (function) {
  case rn::Activation::None:
    return x;
  case rn::Activation::Relu:
    return relu(x);
  case rn::Activation::Relu6:
    return clamp(x, 0, 6);
  case rn::Activation::LeakyRelu:
    return leakyRelu(x, parameter);
  case rn::Activation::Elu:
    return elu(x, parameter);
  case rn::Activation::Gelu:
    return gelu(x);
  case rn::Activation::GeluTanh:
    return geluTanh(x);
  case rn::Activation::Silu:
    return x * sigmoid(x);
  case rn::Activation::Sigmoid:
    return sigmoid(x);
  case rn::Activation::Tanh:
    return hyperbolicTangent(x);
  case rn::Activation::HardSigmoid:
    return hardSigmoid(x);
  case rn::Activation::HardSwish:
    return x * hardSigmoid(x);
  case rn::Activation::HardTanh:
    return clamp(x, -1, 1);
  }
  return x;
}

} // namespace resnetc::interpreter

#endif // RESNETC_COMPILER_INTERPRETER_ACTIVATIONS_H
