//===- Value.h - what expressions evaluate to ----------------------------------===//

#ifndef RESNETC_DSL_VALUE_H
#define RESNETC_DSL_VALUE_H

#include "dsl/Ast.h"
#include "dsl/Diagnostics.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace resnetc::dsl {

struct Value {
  std::variant<int64_t, double, bool, std::vector<Value>> data;
};

/// "the integer 3", "the real number 0.5", "true", "the list [1, 2]", "a list of 20"
std::string describe(const Value &value);

/// The parameters that an expression sees, with their values.
class Environment {
public:
  void bind(llvm::StringRef name, Value value) { values.emplace_back(name, std::move(value)); }
  void unbind() { values.pop_back(); }
  size_t size() const { return values.size(); }
  const Value *find(llvm::StringRef name) const {
    for (const auto &[key, value] : values)
      if (key == name)
        return &value;
    return nullptr;
  }

private:
  std::vector<std::pair<llvm::StringRef, Value>> values;
};

/// Makes an error at a place; whoever evaluates adds the call chain.
using ErrorSink = llvm::function_ref<Diagnostic &(Location, const llvm::Twine &)>;

/// What evaluation has done so far, and may do for one network or one file: a step for each operator, and for each
/// value of a list that is copied.
struct EvaluationSteps {
  static constexpr uint64_t maximum = 4'000'000;
  uint64_t done = 0;
  bool isExhausted() const { return done > maximum; }
};

/// A list, with those inside it, has at most this many values.
constexpr size_t maximalListSize = 1 << 16;

/// Constants have their values already, see Resolve. Integer and real arithmetic with checks: integers are 64 bits wide
/// and never wrap; `/` of two integers must leave no remainder (`//` rounds down); an integer where a real is wanted
/// becomes one. Empty after an error.
/// Empty, too, where `steps` are exhausted; that is said once.
std::optional<Value> evaluate(const ast::Expr &expr, const Environment &environment, ErrorSink error,
                              EvaluationSteps &steps);
inline std::optional<Value> evaluate(const ast::Expr &expr, const Environment &environment, ErrorSink error) {
  EvaluationSteps steps;
  return evaluate(expr, environment, error, steps);
}

} // namespace resnetc::dsl

#endif // RESNETC_DSL_VALUE_H
