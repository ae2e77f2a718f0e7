//===- ActivationSlopes.h - every activation's derivative -----------------===//
//
// At a kink PyTorch's: that of the side where the function is flat, or of the lower
// side.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_INTERPRETER_ACTIVATIONSLOPES_H
#define RESNETC_COMPILER_INTERPRETER_ACTIVATIONSLOPES_H

#include "compiler/interpreter/Activations.h"
#include "compiler/interpreter/RunningError.h"
#include <vector>

namespace resnetc::interpreter {

/// f'(x) told by y = f(x).
inline double slopeOfOutput(double y, rn::Activation function, double parameter) {
  switch (function) {
  case rn::Activation::Relu:
    return y > 0;
  case rn::Activation::Relu6:
    return y > 0 && y < 6;
  case rn::Activation::LeakyRelu:
    return y > 0 ? 1 : parameter;
  case rn::Activation::Elu:
    return y > 0 ? 1 : y + parameter;
  case rn::Activation::Sigmoid:
    return y * (1 - y);
  case rn::Activation::Tanh:
    return 1 - y * y;
  case rn::Activation::HardSigmoid:
    return y > 0 && y < 1 ? 1.0 / 6 : 0;
  case rn::Activation::HardTanh:
    return y > -1 && y < 1;
  default: // not recoverable
    return 1;
  }
}

inline double geluTanhSlope(double x) {
  const double root = std::sqrt(2 / std::acos(-1.0));
  double t = std::tanh(root * (x + 0.044715 * x * x * x));
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * root * (1 + 3 * 0.044715 * x * x);
}

/// f'(x) told by x.
inline double slopeOfInput(double x, rn::Activation function, double parameter) {
  switch (function) {
  case rn::Activation::LeakyRelu: // the slope may be negative
    return x > 0 ? 1 : parameter;
  case rn::Activation::Elu:
    return x > 0 ? 1 : parameter * std::exp(x);
  case rn::Activation::Gelu:
    return 0.5 * std::erfc(-x * std::sqrt(0.5)) + x * std::exp(-x * x / 2) / std::sqrt(2 * std::acos(-1.0));
  case rn::Activation::GeluTanh:
    return geluTanhSlope(x);
  case rn::Activation::Silu: {
    double s = sigmoid(x);
    return s * (1 + x * (1 - s));
  }
  case rn::Activation::HardSwish:
    return x <= -3 ? 0 : x < 3 ? x / 3 + 0.5 : 1;
  default:
    return slopeOfOutput(activate(x, function, parameter), function, parameter);
  }
}

/// A function's derivative jumps at a kink; elsewhere it is at most `steepest` steep.
struct SlopeShape {
  std::vector<double> kinks;
  double jump = 0, steepest = 0;
};

inline SlopeShape slopeShape(rn::Activation function, double parameter, bool ofOutput) {
  switch (function) {
  case rn::Activation::None:
    return {};
  case rn::Activation::Relu:
    return {{0}, 1, 0};
  case rn::Activation::Relu6:
    return {{0, 6}, 1, 0};
  case rn::Activation::LeakyRelu:
    return {{0}, std::abs(1 - parameter), 0};
  case rn::Activation::Elu:
    return {{0}, std::abs(1 - parameter), ofOutput ? 1 : std::abs(parameter)};
  case rn::Activation::Gelu: // |f''| = |2 - x^2| phi(x) <= 2 phi(0)
  case rn::Activation::GeluTanh:
    return {{}, 0, 1};
  case rn::Activation::Silu:
    return {{}, 0, 0.5};
  case rn::Activation::Sigmoid:
    return {{}, 0, 1};
  case rn::Activation::Tanh:
    return {{}, 0, 2};
  case rn::Activation::HardSigmoid:
    return {ofOutput ? std::vector<double>{0, 1} : std::vector<double>{-3, 3}, 1.0 / 6, 0};
  case rn::Activation::HardSwish:
    return {{-3, 3}, 0.5, 1.0 / 3};
  case rn::Activation::HardTanh:
    return {{-1, 1}, 1, 0};
  }
  return {};
}

template <typename T> T slope(T saved, rn::Activation function, double parameter, bool ofOutput) {
  return ofOutput ? slopeOfOutput(saved, function, parameter) : slopeOfInput(saved, function, parameter);
}

/// Where a kink lies within the error of `saved`, either side's derivative may be right.
template <> inline RunningError slope(RunningError saved, rn::Activation function, double parameter, bool ofOutput) {
  double exact = slope<double>(saved.value, function, parameter, ofOutput);
  SlopeShape shape = slopeShape(function, parameter, ofOutput);
  double error = saved.error > 0 ? shape.steepest * saved.error : 0;
  for (double kink : shape.kinks)
    if (saved.error > 0 && saved.value - saved.error <= kink && saved.value + saved.error >= kink)
      error += shape.jump;
  // A formula over exp and polynomials, of terms as large as |x| or one.
  double allowance = shape.steepest > 0 ? 4 * detail::fewUlps * (1 + std::abs(saved.value)) : 0;
  return detail::rounded(static_cast<float>(exact), error + allowance);
}

} // namespace resnetc::interpreter

#endif // RESNETC_COMPILER_INTERPRETER_ACTIVATIONSLOPES_H
