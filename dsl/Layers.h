//===- Layers.h - the table of built-in layers -----------------------------------===//
//
// A layer is a name, its parameters and one function that makes the struct of Network.h
// from their values. Its shape rule stands in InferShape.cpp. dsl/README.md says how to
// add one.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_DSL_LAYERS_H
#define RESNETC_DSL_LAYERS_H

#include "dsl/Network.h"
#include "dsl/Value.h"

namespace resnetc::dsl {

enum class ParameterType {
  Integer,
  Pair,    ///< an integer, or [height, width]; on a signal an integer
  Padding, ///< a pair, or [top, left, bottom, right]; on a signal an integer or [left, right]
  Real,    ///< an integer will do
  Flag,
  Reals, ///< a list of numbers, or one number for every channel
};

struct LayerParameter {
  llvm::StringRef name;
  ParameterType type;
  bool isRequired = false;
  /// Integer, Pair and Padding: what values may be.
  int64_t minimum = 1, maximum = 1 << 20;
};

/// What a layer meets, as far as its arguments depend on it.
enum class InputKind {
  Unknown, ///< after an error: everything that suits some input is right
  Vector,
  Signal,
  Map
};

/// The values of a call, checked against the table. Absent ones leave the default given by the reader.
class LayerArguments {
public:
  struct Item {
    std::optional<Value> value;
    Location location;
  };

  LayerArguments(const LayerInfo &layer, InputKind input, std::vector<Item> items, Location call, ErrorSink error)
      : layer(layer), input(input), items(std::move(items)), call(call), error(error) {}

  llvm::StringRef layerName() const;
  bool has(llvm::StringRef name) const { return item(name).value.has_value(); }
  int64_t integer(llvm::StringRef name, int64_t otherwise) const;
  /// A signal's windows have height 1.
  Pair pair(llvm::StringRef name, Pair otherwise) const;
  /// {top, left} and {bottom, right}; of a padding that is given.
  std::array<Pair, 2> padding(llvm::StringRef name) const;
  double real(llvm::StringRef name, double otherwise) const;
  bool flag(llvm::StringRef name, bool otherwise) const;
  std::vector<double> reals(llvm::StringRef name) const;

  /// At the argument if it is there, else at the call.
  Diagnostic &reportError(llvm::StringRef name, const llvm::Twine &message) const;

private:
  const Item &item(llvm::StringRef name) const;

  const LayerInfo &layer;
  InputKind input;
  std::vector<Item> items;
  Location call;
  ErrorSink error;
};

struct LayerInfo {
  llvm::StringRef name;
  llvm::ArrayRef<LayerParameter> parameters;
  /// Empty after an error.
  std::optional<LayerKind> (*build)(const LayerArguments &arguments);
};

llvm::ArrayRef<LayerInfo> allLayers();
const LayerInfo *findLayer(llvm::StringRef name);

/// Reports and returns false if `value` is not what `parameter` of `layer` takes on such an input.
bool checkArgument(const LayerInfo &layer, const LayerParameter &parameter, InputKind input, const Value &value,
                   Location where, ErrorSink error);

} // namespace resnetc::dsl

#endif // RESNETC_DSL_LAYERS_H
