//===- TrainTable.h - what a train section may say ----------------------------------------------===//
//
// Settings and the arguments of their choices are both TrainParameters: a name, a type, what
// values are good, and what holds if nothing is written.
//
//===--------------------------------------------------------------------------------------------===//

#ifndef RESNETC_DSL_TRAINTABLE_H
#define RESNETC_DSL_TRAINTABLE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <limits>
#include <string>

namespace resnetc::dsl {

enum class TrainType {
  Integer,
  Real, ///< an integer will do
  Flag,
  Reals,   ///< a list of numbers
  Choice,  ///< one of `choices`, with its arguments: sgd(lr = 0.1)
  Choices, ///< a list of them
};

struct Range {
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  bool isLowOpen = false, isHighOpen = false; ///< the bound itself is no good value

  bool contains(double value) const {
    return (isLowOpen ? value > low : value >= low) && (isHighOpen ? value < high : value <= high);
  }
  /// "at least 0 and below 1"
  std::string describe() const;
};

/// What holds for an argument that is not written.
enum class TrainDefault { None, Number, Required };

struct TrainChoiceInfo;

struct TrainParameter {
  llvm::StringRef name;
  TrainType type;
  Range range = {}; ///< of Integer, Real, and of each of Reals
  TrainDefault kind = TrainDefault::None;
  double otherwise = 0; ///< Integer, Real; a Flag is set if it is not 0
  llvm::ArrayRef<TrainChoiceInfo> choices = {};
};

struct TrainChoiceInfo {
  llvm::StringRef name;
  llvm::ArrayRef<TrainParameter> parameters;
};

llvm::ArrayRef<TrainParameter> trainSettings();

} // namespace resnetc::dsl

#endif // RESNETC_DSL_TRAINTABLE_H
