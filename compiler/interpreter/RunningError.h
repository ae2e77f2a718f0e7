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
/// max(., 0) and max(., .) bring results no farther apart than their arguments; NaN stays.
inline RunningError relu(RunningError x) { return x.value < 0 ? RunningError(0.0f, x.error) : x; }
inline RunningError larger(RunningError a, RunningError b) {
  const RunningError &winner = b.value > a.value || std::isnan(b.value) ? b : a;
  return {winner.value, std::fmax(a.error, b.error)};
}

} // namespace resnetc

#endif // RESNETC_COMPILER_INTERPRETER_RUNNINGERROR_H
