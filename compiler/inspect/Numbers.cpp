//===- Numbers.cpp - numbers as people read them ---------------------------===//

#include "compiler/inspect/Numbers.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FormatVariadic.h"

namespace resnetc::inspect {

std::string withCommas(int64_t number) { return llvm::formatv("{0:N}", number).str(); }

/// Three digits, in the largest unit that leaves one before the point.
static std::string scaled(int64_t number, double step, llvm::ArrayRef<llvm::StringRef> units) {
  double value = static_cast<double>(number);
  size_t unit = 0;
  for (; value >= step && unit + 1 < units.size(); ++unit)
    value /= step;
  if (unit == 0)
    return (std::to_string(number) + units.front()).str();
  int digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return llvm::formatv("{0}{1}",
                       llvm::formatv(digits == 2   ? "{0:f2}"
                                     : digits == 1 ? "{0:f1}"
                                                   : "{0:f0}",
                                     value),
                       units[unit]);
}

std::string withUnit(int64_t number) { return scaled(number, 1000, {"", " K", " M", " G", " T"}); }

std::string withByteUnit(int64_t bytes) { return scaled(bytes, 1024, {" B", " KiB", " MiB", " GiB", " TiB"}); }

} // namespace resnetc::inspect
