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
  Pair, ///< an integer, or [height, width]
  Real, ///< an integer will do
  Flag,
  Reals, ///< a list of numbers, or one number for every channel
};

struct LayerParameter {
  llvm::StringRef name;
  ParameterType type;
  bool isRequired = false;
  /// Integer and Pair: what values may be.
  int64_t minimum = 1, maximum = 1 << 20;
};

/// The values of a call, checked against the table. Absent ones leave the default given by the reader.
class LayerArguments {
public:
  struct Item {
    std::optional<Value> value;
    Location location;
  };

  LayerArguments(const LayerInfo &layer, std::vector<Item> items, Location call, ErrorSink error)
      : layer(layer), items(std::move(items)), call(call), error(error) {}

  bool has(llvm::StringRef name) const { return item(name).value.has_value(); }
  int64_t integer(llvm::StringRef name, int64_t otherwise) const;
  std::array<int64_t, 2> pair(llvm::StringRef name, std::array<int64_t, 2> otherwise) const;
  double real(llvm::StringRef name, double otherwise) const;
  bool flag(llvm::StringRef name, bool otherwise) const;
  std::vector<double> reals(llvm::StringRef name) const;

  /// At the argument if it is there, else at the call.
  Diagnostic &reportError(llvm::StringRef name, const llvm::Twine &message) const;

private:
  const Item &item(llvm::StringRef name) const;

  const LayerInfo &layer;
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

/// Reports and returns false if `value` is not what `parameter` of `layer` takes.
bool checkArgument(const LayerInfo &layer, const LayerParameter &parameter, const Value &value, Location where,
                   ErrorSink error);

} // namespace resnetc::dsl

#endif // RESNETC_DSL_LAYERS_H
