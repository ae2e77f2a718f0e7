//===- Scale.cpp - from numbers to places on an axis ----------------------===//

#include "runtime/plot/Scale.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <cmath>

using llvm::ArrayRef;

namespace resnetc::plot {
namespace {

std::string printed(const char *format, int digits, double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format(format, digits, value);
  return text;
}

/// 12,500: commas between thousands of a whole number.
std::string withThousands(std::string digits) {
  size_t first = digits.front() == '-' ? 1 : 0;
  for (size_t end = digits.size(); end > first + 3;) {
    end -= 3;
    digits.insert(end, ",");
  }
  return digits;
}

/// With as many decimals as tell the multiples of `step` apart.
std::string linearLabel(double value, double step, double largest) {
  if (value == 0)
    return "0";
  if (largest >= 1e7 || step < 1e-4)
    return printed("%.*g", 4, value);
  if (step >= 1)
    return withThousands(printed("%.*f", 0, value));
  int decimals = 1;
  for (double unit = step * 10; decimals < 5 && std::abs(unit - std::round(unit)) > 1e-6; unit *= 10)
    ++decimals;
  return printed("%.*f", decimals, value);
}

std::string logarithmicLabel(double value) {
  return value >= 1e-3 && value < 1e5 ? printed("%.*g", 6, value) : printed("%.*g", 3, value);
}

/// The smallest of 1, 2, 2.5 or 5 times a power of ten that is at least `least`.
double roundStep(double least, bool whole) {
  double power = std::pow(10.0, std::floor(std::log10(least)));
  for (double factor : {1.0, 2.0, 2.5, 5.0})
    if (power * factor >= least * (1 - 1e-9) && !(whole && power * factor != std::round(power * factor)))
      return power * factor;
  return 10 * power;
}

void setLinear(Scale &scale, const Axis &axis, bool whole, int count, bool outward) {
  if (scale.least == scale.most) { // room above and below a single value
    double room = scale.most == 0 ? 1 : std::abs(scale.most) / 2;
    scale.least = axis.least.value_or(scale.least - (whole ? std::max(1.0, std::floor(room)) : room));
    scale.most = axis.most.value_or(scale.most + (whole ? std::max(1.0, std::floor(room)) : room));
  }
  double step = roundStep((scale.most - scale.least) / count, whole);
  if (whole)
    step = std::max(step, 1.0);
  constexpr double slack = 1e-6; // of a step: a value that a sum of steps misses by rounding alone
  if (outward && !axis.least)
    scale.least = std::floor(scale.least / step + slack) * step;
  if (outward && !axis.most)
    scale.most = std::ceil(scale.most / step - slack) * step;
  auto first = static_cast<int64_t>(std::ceil(scale.least / step - slack));
  auto last = static_cast<int64_t>(std::floor(scale.most / step + slack));
  double largest = std::max(std::abs(scale.least), std::abs(scale.most));
  for (int64_t i = first; i <= last; ++i)
    scale.ticks.push_back({static_cast<double>(i) * step, linearLabel(static_cast<double>(i) * step, step, largest)});
}

/// Ticks at 1, 2 and 5 times powers of ten, or at powers of ten alone if that are too many; outward: to the next one of
/// the first kind.
void setLogarithmic(Scale &scale, const Axis &axis, int count, bool outward) {
  if (scale.least == scale.most) {
    scale.least = axis.least.value_or(scale.least / 2);
    scale.most = axis.most.value_or(scale.most * 2);
  }
  int from = static_cast<int>(std::floor(std::log10(scale.least))) - 1;
  int to = static_cast<int>(std::ceil(std::log10(scale.most))) + 1;
  std::vector<double> round;
  for (int exponent = from; exponent <= to; ++exponent)
    for (double factor : {1.0, 2.0, 5.0})
      round.push_back(factor * std::pow(10.0, exponent));
  if (outward && !axis.least)
    scale.least = *std::prev(std::upper_bound(round.begin(), round.end(), scale.least * (1 + 1e-9)));
  if (outward && !axis.most)
    scale.most = *std::lower_bound(round.begin(), round.end(), scale.most * (1 - 1e-9));
  double decades = std::log10(scale.most / scale.least);
  auto every = static_cast<size_t>(decades * 3 <= count + 1 ? 1 : 3 * std::max(1.0, std::ceil(decades / (count + 1))));
  for (size_t i = 0; i < round.size(); i += every)
    if (round[i] >= scale.least * (1 - 1e-9) && round[i] <= scale.most * (1 + 1e-9))
      scale.ticks.push_back({round[i], logarithmicLabel(round[i])});
}

} // namespace

double Scale::place(double value) const {
  return logarithmic ? std::log(value / least) / std::log(most / least) : (value - least) / (most - least);
}

bool Scale::has(double value) const { return std::isfinite(value) && (!logarithmic || value > 0); }

Scale makeScale(const Axis &axis, ArrayRef<double> values, int count, bool outward) {
  Scale scale;
  scale.logarithmic = axis.logarithmic;
  std::vector<double> shown;
  llvm::copy_if(values, std::back_inserter(shown), [&](double value) { return scale.has(value); });
  bool whole = !shown.empty() && llvm::all_of(shown, [](double value) { return value == std::round(value); });
  if (shown.empty())
    shown = axis.logarithmic ? std::vector{0.1, 1.0} : std::vector{0.0, 1.0};
  scale.least = axis.least.value_or(*llvm::min_element(shown));
  scale.most = axis.most.value_or(*llvm::max_element(shown));
  if (scale.most < scale.least) // one end is given and all values lie beyond it
    std::swap(scale.least, scale.most);
  axis.logarithmic ? setLogarithmic(scale, axis, count, outward) : setLinear(scale, axis, whole, count, outward);
  return scale;
}

} // namespace resnetc::plot
