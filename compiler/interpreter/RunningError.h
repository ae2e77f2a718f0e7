//===- RunningError.h - a float that knows how wrong it may be ------------===//
//
// Wilkinson's running error analysis as a number type: `value` is what float
// arithmetic gives, and the exact result lies within `error` of it. Interpreting a
// network with it gives the bound that a kernel's result must keep; two evaluations
// of one function, in whatever order, differ by at most the sum of their bounds.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_INTERPRETER_RUNNINGERROR_H
#define RESNETC_COMPILER_INTERPRETER_RUNNINGERROR_H

#include <cmath>
#include <limits>

namespace resnetc {

struct RunningError {
  float value = 0;
  double error = 0; ///< |exact - value| is at most this (up to the rounding of the bound itself, in double)

  RunningError() = default;
  RunningError(float value) : value(value) {}
  RunningError(double exact) : value(static_cast<float>(exact)), error(std::abs(exact - value)) {}
  RunningError(float value, double error) : value(value), error(error) {}
};

namespace detail {
/// A result rounded to float: half an ulp, and half the smallest denormal where ulps end.
inline RunningError rounded(float value, double inherited) {
  if (std::isnan(inherited)) // infinity times zero: nothing is known
    inherited = std::numeric_limits<double>::infinity();
  constexpr double unit = std::numeric_limits<float>::epsilon() / 2;
  return {value, inherited + unit * std::abs(static_cast<double>(value)) + std::numeric_limits<float>::denorm_min()};
}
inline double size(RunningError x) { return std::abs(static_cast<double>(x.value)); }
} // namespace detail

inline RunningError operator+(RunningError a, RunningError b) {
  return detail::rounded(a.value + b.value, a.error + b.error);
}
inline RunningError operator-(RunningError a, RunningError b) {
  return detail::rounded(a.value - b.value, a.error + b.error);
}
inline RunningError operator*(RunningError a, RunningError b) {
  double inherited = detail::size(a) * b.error + detail::size(b) * a.error + a.error * b.error;
  return detail::rounded(a.value * b.value, inherited);
}
/// Infinite error where the divisor may be zero.
inline RunningError operator/(RunningError a, RunningError b) {
  double least = detail::size(b) - b.error;
  double quotient = std::abs(static_cast<double>(a.value) / b.value);
  double inherited = least > 0 ? (a.error + quotient * b.error) / least : std::numeric_limits<double>::infinity();
  return detail::rounded(a.value / b.value, inherited);
}
inline RunningError &operator+=(RunningError &a, RunningError b) { return a = a + b; }
inline bool operator<(RunningError a, RunningError b) { return a.value < b.value; }
inline bool isNan(RunningError x) { return std::isnan(x.value); }

/// |sqrt(a) - sqrt(b)| = |a - b| / (sqrt(a) + sqrt(b))
inline RunningError squareRoot(RunningError x) {
  float root = std::sqrt(x.value);
  return detail::rounded(root, root > 0 ? x.error / root : std::sqrt(x.error));
}
/// libm's expf is within two ulps.
inline RunningError exponential(RunningError x) {
  float power = std::exp(x.value);
  double inherited = std::expm1(x.error) * power;
  return detail::rounded(power, inherited + 4 * std::numeric_limits<float>::epsilon() * std::abs(power));
}
/// libm's logf is within two ulps.
inline RunningError logarithm(RunningError x) {
  float power = std::log(x.value);
  double least = x.value - x.error;
  double inherited = x.error == 0 ? 0 : least > 0 ? std::log(x.value / least) : std::numeric_limits<double>::infinity();
  return detail::rounded(power, inherited + 4 * std::numeric_limits<float>::epsilon() * std::abs(power));
}
/// Where both ends of the interval are cut off the result is exact. NaN stays, and what is not known may be NaN.
inline RunningError clamp(RunningError x, double low, double high) {
  auto cut = [&](double v) { return v < low ? low : v > high ? high : v; };
  double value = cut(x.value);
  if (std::isnan(value) || !std::isfinite(x.error))
    return {float(value), x.error};
  return {float(value), std::fmax(cut(x.value + x.error) - value, value - cut(x.value - x.error))};
}
inline RunningError relu(RunningError x) { return clamp(x, 0, std::numeric_limits<double>::infinity()); }
/// max(., .) brings results no farther apart than its arguments are.
inline RunningError larger(RunningError a, RunningError b) {
  const RunningError &winner = b.value > a.value || std::isnan(b.value) ? b : a;
  return {winner.value, std::fmax(a.error, b.error)};
}

//===-- activations ----------------------------------------------------------===//
//
// |f(x) - f(y)| <= L |x - y|, where L is the largest slope within x.error of x.value.
// To that comes what an evaluation in float may do wrong: libm, a polynomial, or a
// formula over exp that cancels near zero.

namespace detail {
/// An allowance of four ulps of one: for functions that stay within [-1, 1] and are made of numbers of about one.
constexpr double fewUlps = 4 * std::numeric_limits<float>::epsilon();
/// The point within x.error of x.value that lies nearest to zero, as a distance.
inline double nearestToZero(RunningError x) { return std::fmax(0.0, size(x) - x.error); }
/// f(x) = `value`, known to `allowance`, with at most `slope` around x. NaN and infinities have no error.
inline RunningError bounded(double value, double slope, RunningError x, double allowance) {
  double inherited = x.error > 0 ? slope * x.error : 0;
  return rounded(static_cast<float>(value), inherited + allowance);
}
} // namespace detail

inline RunningError leakyRelu(RunningError x, double slope) {
  double steepest = x.value - x.error >= 0  ? 1
                    : x.value + x.error < 0 ? std::abs(slope)
                                            : std::fmax(1, std::abs(slope));
  double value = x.value < 0 ? slope * x.value : x.value;
  return detail::bounded(value, steepest, x, detail::fewUlps * std::abs(value));
}
inline RunningError elu(RunningError x, double alpha) {
  double below = std::abs(alpha) * std::exp(std::fmin(0.0, x.value + x.error));
  double steepest = x.value - x.error >= 0 ? 1 : x.value + x.error < 0 ? below : std::fmax(1, below);
  double value = x.value < 0 ? alpha * std::expm1(double(x.value)) : x.value;
  return detail::bounded(value, steepest, x, x.value < 0 ? detail::fewUlps * std::abs(alpha) : 0);
}
inline RunningError sigmoid(RunningError x) {
  auto exact = [](double at) { return 1 / (1 + std::exp(-at)); };
  double flattest = exact(-detail::nearestToZero(x));
  double value = exact(x.value);
  // exp of a float is exact to its ulps where 1 + exp(-x) is about exp(-x), too; where it is infinite, this is zero.
  constexpr double leastOfFloats = 3e-39; // 1 / the largest float
  return detail::bounded(value, flattest * (1 - flattest), x, 2 * detail::fewUlps * value + leastOfFloats);
}
inline RunningError hyperbolicTangent(RunningError x) {
  double least = std::tanh(detail::nearestToZero(x));
  return detail::bounded(std::tanh(double(x.value)), 1 - least * least, x, detail::fewUlps);
}
inline RunningError errorFunction(RunningError x) {
  constexpr double atZero = 1.1283791670955126; // 2 / sqrt(pi)
  double least = detail::nearestToZero(x);
  return detail::bounded(std::erf(double(x.value)), atZero * std::exp(-least * least), x, detail::fewUlps);
}

} // namespace resnetc

#endif // RESNETC_COMPILER_INTERPRETER_RUNNINGERROR_H
