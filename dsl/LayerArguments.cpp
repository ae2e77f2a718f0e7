//===- LayerArguments.cpp - reading and checking the arguments of a layer -------===//

#include "dsl/Layers.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>

using namespace resnetc::dsl;

namespace {

const int64_t *asInteger(const Value &value) { return std::get_if<int64_t>(&value.data); }

std::optional<double> asReal(const Value &value) {
  if (const int64_t *integer = asInteger(value))
    return static_cast<double>(*integer);
  if (const auto *real = std::get_if<double>(&value.data))
    return *real;
  return std::nullopt;
}

bool isListOfIntegers(const Value &value, llvm::ArrayRef<size_t> sizes) {
  const auto *list = std::get_if<std::vector<Value>>(&value.data);
  return list && llvm::is_contained(sizes, list->size()) && llvm::all_of(*list, asInteger);
}

bool hasType(ParameterType type, InputKind input, const Value &value) {
  const auto *list = std::get_if<std::vector<Value>>(&value.data);
  switch (type) {
  case ParameterType::Integer:
    return asInteger(value);
  case ParameterType::Pair:
    return asInteger(value) || (input != InputKind::Signal && isListOfIntegers(value, {2}));
  case ParameterType::Padding:
    return asInteger(value) || isListOfIntegers(value, {2, input == InputKind::Signal ? size_t(2) : size_t(4)});
  case ParameterType::Real:
    return asReal(value).has_value();
  case ParameterType::Flag:
    return std::holds_alternative<bool>(value.data);
  case ParameterType::Reals:
    return asReal(value) || (list && !list->empty() && llvm::all_of(*list, [](const Value &v) { return asReal(v); }));
  }
  return false;
}

llvm::StringRef wanted(ParameterType type, InputKind input) {
  bool isSignal = input == InputKind::Signal;
  switch (type) {
  case ParameterType::Integer:
    return "an integer";
  case ParameterType::Pair:
    return isSignal ? "an integer for a signal" : "an integer or [height, width]";
  case ParameterType::Padding:
    return isSignal ? "an integer or [left, right] for a signal"
                    : "an integer, [height, width] or [top, left, bottom, right]";
  case ParameterType::Real:
    return "a number";
  case ParameterType::Flag:
    return "true or false";
  case ParameterType::Reals:
    return "a list of numbers, one for each channel";
  }
  return "";
}

bool hasIntegers(ParameterType type) {
  return type == ParameterType::Integer || type == ParameterType::Pair || type == ParameterType::Padding;
}

/// Arithmetic is in 32 bits: a number that is infinite there is a mistake.
bool checkMagnitude(const LayerInfo &layer, const LayerParameter &parameter, const Value &value, Location where,
                    ErrorSink error) {
  if (const auto *list = std::get_if<std::vector<Value>>(&value.data))
    return llvm::all_of(*list, [&](const Value &item) { return checkMagnitude(layer, parameter, item, where, error); });
  if (std::abs(*asReal(value)) <= std::numeric_limits<float>::max())
    return true;
  error(where,
        parameter.name + " of " + layer.name + " must fit a 32-bit real number, not " + resnetc::dsl::describe(value));
  return false;
}

/// Where what was meant is clear.
void helpWithType(Diagnostic &error, const LayerParameter &parameter, InputKind input, const Value &value) {
  const int64_t *integer = asInteger(value);
  const auto *real = std::get_if<double>(&value.data);
  const auto *list = std::get_if<std::vector<Value>>(&value.data);
  if (parameter.type == ParameterType::Flag && integer && (*integer == 0 || *integer == 1))
    error.help("write '" + parameter.name + " = " + (*integer ? "true'" : "false'"));
  else if (hasIntegers(parameter.type) && real && *real == std::floor(*real) && std::abs(*real) < 1e9)
    error.help("write " + llvm::Twine(static_cast<int64_t>(*real)) + ", without a point");
  else if (hasIntegers(parameter.type) && real)
    error.help("'//' divides integers and rounds down");
  else if (hasIntegers(parameter.type) && list && input == InputKind::Signal)
    error.help("a signal has one axis, its length");
}

} // namespace

bool resnetc::dsl::checkArgument(const LayerInfo &layer, const LayerParameter &parameter, InputKind input,
                                 const Value &value, Location where, ErrorSink error) {
  if (!hasType(parameter.type, input, value)) {
    Diagnostic &wrong = error(where, parameter.name + " of " + layer.name + " must be " +
                                         wanted(parameter.type, input) + ", not " + resnetc::dsl::describe(value));
    helpWithType(wrong, parameter, input, value);
    return false;
  }
  if (parameter.type == ParameterType::Real || parameter.type == ParameterType::Reals)
    return checkMagnitude(layer, parameter, value, where, error);
  if (!hasIntegers(parameter.type))
    return true;
  auto check = [&](int64_t number) {
    if (number >= parameter.minimum && number <= parameter.maximum)
      return true;
    bool isSmall = number < parameter.minimum;
    error(where, parameter.name + " of " + layer.name + " must be at " + (isSmall ? "least " : "most ") +
                     llvm::Twine(isSmall ? parameter.minimum : parameter.maximum) + ", not " + llvm::Twine(number));
    return false;
  };
  if (const int64_t *integer = asInteger(value))
    return check(*integer);
  return llvm::all_of(std::get<std::vector<Value>>(value.data),
                      [&](const Value &item) { return check(*asInteger(item)); });
}

llvm::StringRef LayerArguments::layerName() const { return layer.name; }

const LayerArguments::Item &LayerArguments::item(llvm::StringRef name) const {
  for (auto [parameter, item] : llvm::zip_equal(layer.parameters, items))
    if (parameter.name == name)
      return item;
  llvm_unreachable("the table has no such parameter");
}

Diagnostic &LayerArguments::reportError(llvm::StringRef name, const llvm::Twine &message) const {
  return error(has(name) ? item(name).location : call, message);
}

int64_t LayerArguments::integer(llvm::StringRef name, int64_t otherwise) const {
  return has(name) ? *asInteger(*item(name).value) : otherwise;
}

Pair LayerArguments::pair(llvm::StringRef name, Pair otherwise) const {
  if (!has(name))
    return otherwise;
  const Value &value = *item(name).value;
  if (const int64_t *integer = asInteger(value))
    return {input == InputKind::Signal ? 1 : *integer, *integer};
  const auto &list = std::get<std::vector<Value>>(value.data);
  return {*asInteger(list[0]), *asInteger(list[1])};
}

std::array<Pair, 2> LayerArguments::padding(llvm::StringRef name) const {
  bool isSignal = input == InputKind::Signal;
  const Value &value = *item(name).value;
  if (const int64_t *integer = asInteger(value)) {
    Pair both = {isSignal ? 0 : *integer, *integer};
    return {both, both};
  }
  const auto &list = std::get<std::vector<Value>>(value.data);
  auto at = [&](size_t index) { return *asInteger(list[index]); };
  if (isSignal)
    return {Pair{0, at(0)}, Pair{0, at(1)}};
  size_t end = list.size() == 4 ? 2 : 0;
  return {Pair{at(0), at(1)}, Pair{at(end), at(end + 1)}};
}

double LayerArguments::real(llvm::StringRef name, double otherwise) const {
  return has(name) ? *asReal(*item(name).value) : otherwise;
}

bool LayerArguments::flag(llvm::StringRef name, bool otherwise) const {
  return has(name) ? std::get<bool>(item(name).value->data) : otherwise;
}

std::vector<double> LayerArguments::reals(llvm::StringRef name) const {
  const Value &value = *item(name).value;
  if (std::optional<double> one = asReal(value))
    return {*one};
  std::vector<double> result;
  for (const Value &each : std::get<std::vector<Value>>(value.data))
    result.push_back(*asReal(each));
  return result;
}
