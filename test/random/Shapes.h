//===- Shapes.h - what shape a random network has, and what it costs -------===//

#ifndef RESNETC_TEST_RANDOM_SHAPES_H
#define RESNETC_TEST_RANDOM_SHAPES_H

#include "test/random/Tree.h"

namespace resnetc::test {

/// Empty: a name without a value, or a division that leaves a remainder.
std::optional<int64_t> evaluate(const Expr &expr, const Environment &environment);

/// Follows the shape through a program, by rules of its own.
class Shapes {
public:
  explicit Shapes(const Program &program) : program(program) {}

  /// Empty if a layer does not fit its input, or a residual's branches do not fit each other.
  std::optional<Shape> after(const Body &body, Shape shape, Environment environment);
  std::optional<Shape> after(const Statement &statement, const Shape &shape, const Environment &environment);

  int64_t multiplications = 0, layers = 0; ///< of all that was followed

private:
  std::optional<Shape> afterLayer(const Statement &layer, const Shape &shape, const Environment &environment);
  std::optional<Shape> afterWindow(const Statement &layer, const Shape &shape, const Environment &environment);
  std::optional<Shape> afterCall(const Statement &call, const Shape &shape, const Environment &environment);
  std::optional<Shape> afterResidual(const Statement &residual, const Shape &shape, const Environment &environment);
  std::optional<Shape> afterConcat(const Statement &concat, const Shape &shape, const Environment &environment);
  bool gates(const Body &gate, const Shape &input, const Shape &gated, const Environment &environment);

  const Program &program;
};

} // namespace resnetc::test

#endif // RESNETC_TEST_RANDOM_SHAPES_H
