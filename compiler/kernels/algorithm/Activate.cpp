//===- Activate.cpp - activation functions in Halide ------------------------===//

#include "compiler/kernels/algorithm/Activate.h"
#include <initializer_list>

using namespace Halide;
using namespace resnetc::kernels;

/// x86's max and min return their second operand if either is NaN, so the value stands second.
static Expr atLeast(float bound, const Expr &x) { return strict_float(max(bound, x)); }
static Expr atMost(float bound, const Expr &x) { return strict_float(min(bound, x)); }

/// Coefficients from the lowest power up, by Horner's rule.
static Expr polynomial(const Expr &x, std::initializer_list<float> coefficients) {
  Expr result = 0.f;
  for (auto it = std::rbegin(coefficients); it != std::rend(coefficients); ++it)
    result = result * x + *it;
  return result;
}

/// Halide's exp is a polynomial over the reduced argument, times 2^k with infinity for k > 127. Its k has no meaning
/// where it does not fit an integer; at 89 it is 128.
static Expr exponential(const Expr &x) { return exp(clamp(x, -87.f, 89.f)); }

/// 1 / (1 + exp(-x)): zero where exp is infinite, so that x times this is zero, too.
static Expr sigmoid(const Expr &x) { return 1.f / (1.f + exponential(-x)); }

/// exp(x) - 1 for x <= 0: its series to the eighth power above -1/2, where the difference would cancel.
static Expr expMinusOne(const Expr &x) {
  Expr series = x * polynomial(x, {1.f, 1.f / 2, 1.f / 6, 1.f / 24, 1.f / 120, 1.f / 720, 1.f / 5040, 1.f / 40320});
  return select(x > -0.5f, series, exponential(x) - 1.f);
}

/// A polynomial below 0.625, fitted at Chebyshev nodes to 1.8e-8 relative; else 1 - 2 / (exp(2 |x|) + 1).
static Expr hyperbolicTangent(const Expr &x) {
  Expr square = x * x, size = abs(x);
  Expr near = x + x * square *
                      polynomial(square, {-0.333333283662796f, 0.13332730531692505f, -0.05384482815861702f,
                                          0.020967651158571243f, -0.006053102668374777f});
  Expr far = 1.f - 2.f / (exponential(2.f * size) + 1.f);
  return select(size < 0.625f, near, select(x < 0.f, -far, far));
}

/// Two fits at Chebyshev nodes: erf(x) / x over x^2 below 1 (4e-11 relative), and beyond it erfc(x) exp(x^2) over 1 / x
/// up to x = 4 (4e-9), where erf is 1 - 1.5e-8 and is taken for 1.
static Expr errorFunction(const Expr &x) {
  Expr square = min(x * x, 16.f), size = clamp(abs(x), 1.f, 4.f);
  Expr near = x * polynomial(square, {1.128379225730896f, -0.37612637877464294f, 0.11283782869577408f,
                                      -0.026865437626838684f, 0.005221053026616573f, -0.0008484394056722522f,
                                      0.00011268236994510517f, -9.673546628619079e-06f});
  Expr far = 1.f - exponential(-square) *
                       polynomial(1.f / size, {0.000363852916052565f, 0.5575372576713562f, 0.05221007391810417f,
                                               -0.5096923112869263f, 0.5825459361076355f, -0.36112645268440247f,
                                               0.12443532049655914f, -0.0186900794506073f});
  return select(abs(x) < 1.f, near, select(x < 0.f, -far, far));
}

static Expr gelu(const Expr &x) { return 0.5f * x * (1.f + errorFunction(x * 0.70710678118654752f)); }

Expr resnetc::kernels::normalDistribution(const Expr &x) {
  return 0.5f * (1.f + errorFunction(x * 0.70710678118654752f));
}

static Expr geluTanh(const Expr &x) {
  Expr argument = 0.79788456080286536f * (x + 0.044715f * x * x * x);
  return 0.5f * x * (1.f + hyperbolicTangent(argument));
}

/// min(max(x + 3, 0), 6)
static Expr hardGate(const Expr &x) { return atMost(6.f, atLeast(0.f, x + 3.f)); }

/// Functions whose comparisons and polynomials lose a NaN get it back.
static Expr keepingNan(const Expr &x, const Expr &result) { return select(strict_float(x != x), x, result); }

Expr resnetc::kernels::activate(const Expr &x, const Activation &activation) {
  float parameter = static_cast<float>(activation.parameter);
  switch (activation.function) {
  case Function::None:
    return x;
  case Function::Relu:
    return atLeast(0.f, x);
  case Function::Relu6:
    return atMost(6.f, atLeast(0.f, x));
  case Function::LeakyRelu:
    return select(strict_float(x < 0.f), parameter * x, x);
  case Function::Elu:
    return keepingNan(x, select(x < 0.f, parameter * expMinusOne(min(x, 0.f)), x));
  case Function::Gelu:
    return keepingNan(x, gelu(x));
  case Function::GeluTanh:
    return keepingNan(x, geluTanh(x));
  case Function::Silu:
    return keepingNan(x, x * sigmoid(x));
  case Function::Sigmoid:
    return keepingNan(x, sigmoid(x));
  case Function::Tanh:
    return keepingNan(x, hyperbolicTangent(x));
  case Function::HardSigmoid:
    return strict_float(hardGate(x) / 6.f); // else it becomes a product with a rounded 1/6
  case Function::HardSwish:
    return strict_float(x * hardGate(x) / 6.f);
  case Function::HardTanh:
    return atLeast(-1.f, atMost(1.f, x));
  }
  return x;
}
