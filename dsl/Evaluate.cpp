//===- Evaluate.cpp - arithmetic on parameters ---------------------------------===//

#include "dsl/Value.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace resnetc::dsl;
using namespace resnetc::dsl::ast;

namespace {

/// As it is written: `3`, `0.5`, `true`, `[1, 2]`.
std::string spell(const Value &value) {
  if (const auto *integer = std::get_if<int64_t>(&value.data))
    return std::to_string(*integer);
  if (const auto *real = std::get_if<double>(&value.data)) {
    std::string text;
    llvm::raw_string_ostream(text) << llvm::format("%g", *real);
    return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
  }
  if (const auto *flag = std::get_if<bool>(&value.data))
    return *flag ? "true" : "false";
  return "[" + llvm::join(llvm::map_range(std::get<std::vector<Value>>(value.data), spell), ", ") + "]";
}

/// Of all lists inside a list together; 1 for everything else.
size_t countValues(const Value &value) {
  const auto *list = std::get_if<std::vector<Value>>(&value.data);
  size_t count = 1;
  if (list)
    for (const Value &item : *list)
      count += countValues(item);
  return count;
}

} // namespace

std::string resnetc::dsl::describe(const Value &value) {
  constexpr size_t shownItems = 6;
  const auto *list = std::get_if<std::vector<Value>>(&value.data);
  if (list && countValues(value) > shownItems + 1)
    return "a list of " + std::to_string(list->size());
  llvm::StringRef kind = list                                          ? "the list "
                         : std::holds_alternative<int64_t>(value.data) ? "the integer "
                         : std::holds_alternative<double>(value.data)  ? "the real number "
                                                                       : "";
  return kind.str() + spell(value);
}

namespace {

using Result = std::optional<Value>;

class Evaluator {
public:
  Evaluator(const Environment &environment, ErrorSink error, EvaluationSteps &steps)
      : environment(environment), error(error), steps(steps) {}

  Result visit(const Expr &expr) {
    if (!spend(expr, 1))
      return std::nullopt;
    if (const auto *integer = std::get_if<Integer>(&expr.node))
      return Value{integer->value};
    if (const auto *real = std::get_if<Real>(&expr.node))
      return Value{real->value};
    if (const auto *flag = std::get_if<Boolean>(&expr.node))
      return Value{flag->value};
    if (const auto *list = std::get_if<List>(&expr.node))
      return visitList(expr, *list);
    if (const auto *unary = std::get_if<Unary>(&expr.node))
      return visitUnary(expr, *unary);
    if (const auto *binary = std::get_if<Binary>(&expr.node))
      return visitBinary(expr, *binary);
    if (const auto *call = std::get_if<Call>(&expr.node)) {
      error(expr.location, "'" + call->callee.text + "' is no value").help("a layer or block can't be an argument");
      return std::nullopt;
    }
    if (const Constant *constant = std::get<Reference>(expr.node).constant)
      return constant->result ? copy(expr, *constant->result) : std::nullopt; // what is wrong with it has been said
    // A look-up goes through the parameters one by one, which is quick for any block that people write.
    if (!spend(expr, environment.size() / 16))
      return std::nullopt;
    if (const Value *value = environment.find(expr.text))
      return copy(expr, *value);
    error(expr.location, "unknown parameter '" + expr.text + "'");
    return std::nullopt;
  }

private:
  /// Counts steps; false, and said once, if they are exhausted.
  bool spend(const Expr &expr, uint64_t count) {
    bool wasExhausted = steps.isExhausted();
    steps.done += count;
    if (steps.isExhausted() && !wasExhausted)
      error(expr.location, "the arithmetic takes more than " + llvm::Twine(EvaluationSteps::maximum) + " steps");
    return !steps.isExhausted();
  }

  Result copy(const Expr &expr, const Value &value) {
    if (std::holds_alternative<std::vector<Value>>(value.data) && !spend(expr, countValues(value)))
      return std::nullopt;
    return value;
  }

  Result visitList(const Expr &expr, const List &list) {
    std::vector<Value> items;
    size_t count = 0;
    for (const ExprPtr &item : list.items) {
      Result value = visit(*item);
      if (!value)
        return std::nullopt;
      count += countValues(*value);
      if (count > maximalListSize) {
        error(expr.location, "the list holds more than " + llvm::Twine(maximalListSize) + " values");
        return std::nullopt;
      }
      items.push_back(std::move(*value));
    }
    return Value{std::move(items)};
  }

  Result visitUnary(const Expr &expr, const Unary &unary) {
    Result operand = visit(*unary.operand);
    if (!operand)
      return std::nullopt;
    if (unary.op == Operator::Not) {
      if (const auto *flag = std::get_if<bool>(&operand->data))
        return Value{!*flag};
    } else if (const auto *integer = std::get_if<int64_t>(&operand->data)) {
      if (auto negated = llvm::checkedSub<int64_t>(0, *integer))
        return Value{*negated};
      return overflow(expr);
    } else if (const auto *real = std::get_if<double>(&operand->data))
      return Value{-*real};
    error(expr.location, "'" + spelling(unary.op) + "' can't be applied to " + describe(*operand));
    return std::nullopt;
  }

  Result overflow(const Expr &expr) {
    error(expr.location, "the result does not fit 64 bits");
    return std::nullopt;
  }

  Result visitBinary(const Expr &expr, const Binary &binary) {
    Result left = visit(*binary.left);
    if (!left)
      return std::nullopt;
    if (binary.op == Operator::And || binary.op == Operator::Or) {
      // As in C, the right side counts only where the left one does not decide.
      if (const auto *flag = std::get_if<bool>(&left->data); flag && *flag == (binary.op == Operator::Or))
        return left;
    }
    Result right = visit(*binary.right);
    if (!right)
      return std::nullopt;
    const auto *a = std::get_if<int64_t>(&left->data), *b = std::get_if<int64_t>(&right->data);
    if (a && b)
      return onIntegers(expr, binary, *a, *b);
    const auto *p = std::get_if<bool>(&left->data), *q = std::get_if<bool>(&right->data);
    if (p && q)
      if (Result result = onFlags(binary.op, *p, *q))
        return result;
    std::optional<double> x = asReal(*left), y = asReal(*right);
    if (x && y)
      if (Result result = onReals(expr, binary, *x, *y))
        return result;
    if (!alreadyFailed)
      error(binary.opLocation,
            "'" + spelling(binary.op) + "' can't be applied to " + describe(*left) + " and " + describe(*right));
    return std::nullopt;
  }

  static std::optional<double> asReal(const Value &value) {
    if (const auto *integer = std::get_if<int64_t>(&value.data))
      return static_cast<double>(*integer);
    if (const auto *real = std::get_if<double>(&value.data))
      return *real;
    return std::nullopt;
  }

  static Result onFlags(Operator op, bool p, bool q) {
    switch (op) {
    case Operator::And:
      return Value{p && q};
    case Operator::Or:
      return Value{p || q};
    case Operator::Equal:
      return Value{p == q};
    case Operator::NotEqual:
      return Value{p != q};
    default:
      return std::nullopt;
    }
  }

  template <typename T> static Result compare(Operator op, T a, T b) {
    switch (op) {
    case Operator::Equal:
      return Value{a == b};
    case Operator::NotEqual:
      return Value{a != b};
    case Operator::Less:
      return Value{a < b};
    case Operator::LessEqual:
      return Value{a <= b};
    case Operator::Greater:
      return Value{a > b};
    case Operator::GreaterEqual:
      return Value{a >= b};
    default:
      return std::nullopt;
    }
  }

  Result onIntegers(const Expr &expr, const Binary &binary, int64_t a, int64_t b) {
    auto checked = [&](std::optional<int64_t> result) { return result ? Result(Value{*result}) : overflow(expr); };
    switch (binary.op) {
    case Operator::Add:
      return checked(llvm::checkedAdd(a, b));
    case Operator::Subtract:
      return checked(llvm::checkedSub(a, b));
    case Operator::Multiply:
      return checked(llvm::checkedMul(a, b));
    case Operator::Divide:
    case Operator::FloorDivide:
    case Operator::Remainder:
      return divide(expr, binary, a, b);
    default:
      if (Result result = compare(binary.op, a, b))
        return result;
      error(binary.opLocation, "'" + spelling(binary.op) + "' needs true or false on both sides");
      return std::nullopt;
    }
  }

  /// Rounds towards minus infinity, so that a == (a // b) * b + a % b and a % b has the sign of b.
  Result divide(const Expr &expr, const Binary &binary, int64_t a, int64_t b) {
    if (b == 0) {
      error(binary.right->location, "division by zero");
      return std::nullopt;
    }
    if (a == std::numeric_limits<int64_t>::min() && b == -1)
      return overflow(expr);
    int64_t quotient = a / b, remainder = a % b;
    if (remainder != 0 && (remainder < 0) != (b < 0)) {
      --quotient;
      remainder += b;
    }
    if (binary.op == Operator::Remainder)
      return Value{remainder};
    if (binary.op == Operator::Divide && remainder != 0) {
      error(expr.location, llvm::Twine(a) + " / " + llvm::Twine(b) + " is not whole")
          .help("write '//' to round down, or a real number such as " + llvm::Twine(b) + ".0");
      return std::nullopt;
    }
    return Value{quotient};
  }

  Result onReals(const Expr &expr, const Binary &binary, double x, double y) {
    double result;
    switch (binary.op) {
    case Operator::Add:
      result = x + y;
      break;
    case Operator::Subtract:
      result = x - y;
      break;
    case Operator::Multiply:
      result = x * y;
      break;
    case Operator::Divide:
      if (y == 0) {
        error(binary.right->location, "division by zero");
        alreadyFailed = true;
        return std::nullopt;
      }
      result = x / y;
      break;
    default:
      return compare(binary.op, x, y);
    }
    if (std::isfinite(result))
      return Value{result};
    error(expr.location, "the result is too large for a real number");
    alreadyFailed = true;
    return std::nullopt;
  }

  const Environment &environment;
  ErrorSink error;
  EvaluationSteps &steps;
  bool alreadyFailed = false; ///< the reason has been reported
};

} // namespace

std::optional<Value> resnetc::dsl::evaluate(const Expr &expr, const Environment &environment, ErrorSink error,
                                            EvaluationSteps &steps) {
  return Evaluator(environment, error, steps).visit(expr);
}
