//===- Activation.cpp - activations as text --------------------------------===//

#include "compiler/kernels/Activation.h"
#include "llvm/ADT/STLExtras.h"
#include <charconv>
#include <cmath>

using namespace llvm;
using namespace resnetc::kernels;

/// In the order of Function.
static constexpr StringLiteral names[] = {"none",         "relu",       "relu6",    "leaky_relu", "elu",
                                          "gelu",         "gelu_tanh",  "silu",     "sigmoid",    "tanh",
                                          "hard_sigmoid", "hard_swish", "hard_tanh"};

static bool hasParameter(Function function) { return function == Function::LeakyRelu || function == Function::Elu; }

std::string Activation::str() const {
  std::string text = names[static_cast<int>(function)].str();
  if (!hasParameter(function))
    return text;
  char digits[32]; // the shortest decimal that reads back as the same double
  return text + ":" + std::string(digits, std::to_chars(std::begin(digits), std::end(digits), parameter).ptr);
}

std::optional<Activation> Activation::parse(StringRef text) {
  auto [name, number] = text.split(':');
  const StringLiteral *found = llvm::find(names, name);
  if (found == std::end(names) || found == std::begin(names))
    return std::nullopt;
  Activation activation{static_cast<Function>(found - std::begin(names)), 0};
  if (hasParameter(activation.function) != text.contains(':'))
    return std::nullopt;
  if (hasParameter(activation.function) &&
      (number.getAsDouble(activation.parameter) || !std::isfinite(activation.parameter)))
    return std::nullopt;
  return activation;
}
