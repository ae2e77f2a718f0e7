//===- Shapes.cpp - shape rules, written a second time ----------------------===//

#include "test/random/Shapes.h"
#include <algorithm>

namespace resnetc::test {
namespace {

const Argument *findArgument(const Statement &layer, const std::string &name) {
  for (const Argument &argument : layer.arguments)
    if (argument.name == name)
      return &argument;
  return nullptr;
}

int64_t readInteger(const Statement &layer, const std::string &name, int64_t byDefault,
                    const Environment &environment) {
  const Argument *argument = findArgument(layer, name);
  return argument ? evaluate(argument->value, environment).value_or(-1) : byDefault;
}

/// One value for both axes, or a list.
std::vector<int64_t> readList(const Expr &expr, const Environment &environment) {
  std::vector<int64_t> values;
  if (expr.kind != Expr::List)
    return {evaluate(expr, environment).value_or(-1)};
  for (const Expr &item : expr.items)
    values.push_back(evaluate(item, environment).value_or(-1));
  return values;
}

int64_t elements(const Shape &shape) {
  int64_t product = 1;
  for (int64_t extent : shape)
    product *= extent;
  return product;
}

/// Repeated concats double the channels each time.
constexpr int64_t maximalElements = 20000;

/// A stride that makes one extent of the other: the smallest does it, or none.
bool canReach(const Shape &from, const Shape &to) {
  if (from.size() != to.size())
    return false;
  for (size_t axis = 1; axis < from.size(); ++axis) {
    int64_t stride = (from[axis] + to[axis] - 1) / to[axis];
    if ((from[axis] - 1) / stride + 1 != to[axis])
      return false;
  }
  return true;
}

/// Kernel, stride, dilation and padding along one axis.
struct Axis {
  int64_t kernel, stride, dilation, before, after;
  bool ceil;

  int64_t output(int64_t size) const {
    int64_t room = size + before + after - (dilation * (kernel - 1) + 1);
    if (room < 0)
      return 0;
    int64_t steps = room / stride;
    // A further window that hangs over the end counts if it begins inside the map or the padding before it.
    if (ceil && room % stride != 0 && (steps + 1) * stride < size + before)
      ++steps;
    return steps + 1;
  }
};

} // namespace

std::optional<int64_t> evaluate(const Expr &expr, const Environment &environment) {
  if (expr.kind == Expr::Integer)
    return expr.value;
  if (expr.kind == Expr::Name) {
    for (auto binding = environment.rbegin(); binding != environment.rend(); ++binding)
      if (binding->first == expr.text)
        return binding->second;
    return std::nullopt;
  }
  if (expr.kind != Expr::Binary)
    return std::nullopt;
  auto left = evaluate(expr.items[0], environment), right = evaluate(expr.items[1], environment);
  if (!left || !right)
    return std::nullopt;
  int64_t a = *left, b = *right;
  if (expr.text == "+")
    return a + b;
  if (expr.text == "-")
    return a - b;
  if (expr.text == "*")
    return a * b;
  if (expr.text == "==")
    return a == b;
  if (expr.text == "!=")
    return a != b;
  if (expr.text == "<")
    return a < b;
  if (expr.text == ">=")
    return a >= b;
  if (expr.text == "&&")
    return a && b;
  if (expr.text == "||")
    return a || b;
  if (b <= 0 || a < 0)
    return std::nullopt;
  if (expr.text == "/")
    return a % b == 0 ? std::optional<int64_t>(a / b) : std::nullopt;
  return expr.text == "//" ? a / b : a % b;
}

std::optional<Shape> Shapes::after(const Body &body, Shape shape, Environment environment) {
  for (const Statement &statement : body) {
    std::optional<Shape> next = after(statement, shape, environment);
    if (!next || elements(*next) > maximalElements)
      return std::nullopt;
    shape = std::move(*next);
  }
  return shape;
}

std::optional<Shape> Shapes::after(const Statement &statement, const Shape &shape, const Environment &environment) {
  switch (statement.kind) {
  case Statement::Layer:
    return afterLayer(statement, shape, environment);
  case Statement::Call:
    return afterCall(statement, shape, environment);
  case Statement::Group:
    return after(statement.bodies[0], shape, environment);
  case Statement::Residual:
    return afterResidual(statement, shape, environment);
  case Statement::Concat:
    return afterConcat(statement, shape, environment);
  case Statement::Scale:
  case Statement::Carry:
    return gates(statement.bodies[0], shape, shape, environment) ? std::optional<Shape>(shape) : std::nullopt;
  case Statement::If: {
    std::optional<int64_t> condition = evaluate(statement.condition, environment);
    if (!condition)
      return std::nullopt;
    if (*condition)
      return after(statement.bodies[0], shape, environment);
    return statement.bodies.size() > 1 ? after(statement.bodies[1], shape, environment) : std::optional<Shape>(shape);
  }
  case Statement::Repeat: {
    std::optional<int64_t> count = evaluate(statement.condition, environment);
    std::optional<Shape> result = count && *count >= 0 ? std::optional<Shape>(shape) : std::nullopt;
    for (int64_t i = 0; result && i < *count; ++i) {
      Environment inner = environment;
      if (!statement.name.empty())
        inner.emplace_back(statement.name, i);
      result = after(statement.bodies[0], *result, inner);
    }
    return result;
  }
  }
  return std::nullopt;
}

std::optional<Shape> Shapes::afterLayer(const Statement &layer, const Shape &shape, const Environment &environment) {
  ++layers;
  const std::string &name = layer.name;
  bool isVector = shape.size() == 1;
  if (name == "conv" || name == "max_pool" || name == "avg_pool")
    return isVector ? std::nullopt : afterWindow(layer, shape, environment);
  if (name == "global_avg_pool" || name == "global_max_pool")
    return isVector ? std::nullopt : std::optional<Shape>(Shape{shape[0]});
  if (name == "flatten")
    return Shape{elements(shape)};
  if (name == "linear") {
    int64_t features = readInteger(layer, "features", 0, environment);
    if (!isVector || features < 1)
      return std::nullopt;
    multiplications += features * shape[0];
    return Shape{features};
  }
  if (name == "softmax" && !isVector)
    return std::nullopt;
  multiplications += elements(shape);
  return shape;
}

std::optional<Shape> Shapes::afterWindow(const Statement &layer, const Shape &shape, const Environment &environment) {
  bool isConv = layer.name == "conv";
  size_t axes = shape.size() - 1;
  auto read = [&](const std::string &name, std::vector<int64_t> byDefault) {
    const Argument *argument = findArgument(layer, name);
    std::vector<int64_t> values = argument ? readList(argument->value, environment) : std::move(byDefault);
    if (values.size() == 1)
      values.resize(axes, values[0]);
    return values;
  };
  std::vector<int64_t> kernel = read("kernel", {}), dilation = read("dilation", {1});
  std::vector<int64_t> stride = read("stride", isConv ? std::vector<int64_t>{1} : kernel), pad = read("pad", {});
  const Argument *ceil = findArgument(layer, "ceil");
  Shape output = {isConv ? readInteger(layer, "channels", 0, environment) : shape[0]};
  for (const auto *list : {&kernel, &dilation, &stride})
    if (list->size() != axes)
      return std::nullopt;
  if (!pad.empty() && pad.size() != axes && pad.size() != 2 * axes)
    return std::nullopt;
  int64_t groups = readInteger(layer, "groups", 1, environment), window = 1;
  if (output[0] < 1 || groups < 1 || shape[0] % groups || output[0] % groups)
    return std::nullopt;
  for (size_t i = 0; i < axes; ++i) {
    int64_t usual = (kernel[i] - 1) / 2 * dilation[i];
    Axis axis = {kernel[i], stride[i], dilation[i], usual, usual, ceil && ceil->value.text == "true"};
    if (!pad.empty()) {
      bool fourSided = pad.size() == 2 * axes;
      axis.before = pad[i];
      axis.after = pad[fourSided ? axes + i : i];
    } else if (kernel[i] % 2 == 0)
      return std::nullopt;
    if (axis.kernel < 1 || axis.stride < 1 || axis.dilation < 1 || axis.before < 0 || axis.after < 0)
      return std::nullopt;
    if (!isConv && std::max(axis.before, axis.after) > axis.kernel / 2)
      return std::nullopt;
    output.push_back(axis.output(shape[i + 1]));
    if (output.back() < 1)
      return std::nullopt;
    window *= kernel[i];
  }
  multiplications += elements(output) * window * (isConv ? shape[0] / groups : 1);
  return output;
}

std::optional<Shape> Shapes::afterCall(const Statement &call, const Shape &shape, const Environment &environment) {
  const Block *block = program.find(call.name);
  if (!block)
    return std::nullopt;
  Environment inner;
  for (const auto &[name, value] : program.constants)
    inner.emplace_back(name, evaluate(value, inner).value_or(-1));
  for (const Parameter &parameter : block->parameters) {
    const Argument *argument = findArgument(call, parameter.name);
    std::optional<int64_t> value = argument              ? evaluate(argument->value, environment)
                                   : parameter.byDefault ? evaluate(*parameter.byDefault, inner)
                                                         : std::nullopt;
    if (!value)
      return std::nullopt;
    inner.emplace_back(parameter.name, *value);
  }
  return after(block->body, shape, inner);
}

std::optional<Shape> Shapes::afterResidual(const Statement &residual, const Shape &shape,
                                           const Environment &environment) {
  std::optional<Shape> body = after(residual.bodies[0], shape, environment);
  if (!body || (residual.gate && !gates(*residual.gate, shape, *body, environment)))
    return std::nullopt;
  multiplications += elements(*body);
  bool fits = *body == shape;
  if (residual.shortcut == Statement::Branch) {
    std::optional<Shape> branch = after(residual.branch, shape, environment);
    fits = branch && *branch == *body;
  } else if (residual.shortcut == Statement::Pad) {
    fits = fits || (canReach(shape, *body) && (*body)[0] >= shape[0]);
  } else if (residual.shortcut != Statement::None) {
    fits = canReach(shape, *body);
    multiplications += elements(*body) * shape[0];
  }
  return fits ? body : std::nullopt;
}

std::optional<Shape> Shapes::afterConcat(const Statement &concat, const Shape &shape, const Environment &environment) {
  std::optional<Shape> result;
  for (const Body &branch : concat.bodies) {
    std::optional<Shape> part = after(branch, shape, environment);
    if (!part)
      return std::nullopt;
    if (!result) {
      result = part;
      continue;
    }
    int64_t channels = (*result)[0] + (*part)[0];
    (*part)[0] = (*result)[0];
    if (*part != *result)
      return std::nullopt;
    (*result)[0] = channels;
  }
  return result;
}

bool Shapes::gates(const Body &gate, const Shape &input, const Shape &gated, const Environment &environment) {
  std::optional<Shape> shape = after(gate, input, environment);
  if (!shape || (*shape)[0] != gated[0])
    return false;
  multiplications += elements(gated);
  return *shape == gated || elements(*shape) == gated[0];
}

} // namespace resnetc::test
