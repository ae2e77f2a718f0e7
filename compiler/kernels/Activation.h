//===- Activation.h - functions that a value goes through before it is stored ===//

#ifndef RESNETC_COMPILER_KERNELS_ACTIVATION_H
#define RESNETC_COMPILER_KERNELS_ACTIVATION_H

#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>

namespace resnetc::kernels {

/// As PyTorch defines them.
enum class Function {
  None,
  Relu,
  Relu6,
  LeakyRelu, ///< x < 0 ? parameter * x : x
  Elu,       ///< x < 0 ? parameter * (exp(x) - 1) : x
  Gelu,      ///< x / 2 * (1 + erf(x / sqrt(2)))
  GeluTanh,  ///< the same with a tanh in place of erf
  Silu,
  Sigmoid,
  Tanh,
  HardSigmoid,
  HardSwish,
  HardTanh
};

struct Activation {
  Function function = Function::None;
  double parameter = 0; ///< of LeakyRelu and Elu

  explicit operator bool() const { return function != Function::None; }
  bool operator==(const Activation &other) const { return function == other.function && parameter == other.parameter; }
  /// Whether it makes 0 of 0: else the lanes that are no channels must be cleared after it.
  bool keepsZero() const { return function != Function::Sigmoid && function != Function::HardSigmoid; }

  /// "relu", "leaky_relu:0.01"
  std::string str() const;
  /// The inverse of str(); empty if there is no such function, or its parameter is missing, not finite or too much.
  static std::optional<Activation> parse(llvm::StringRef text);
};

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_ACTIVATION_H
