//===- GenerateStructure.cpp - residuals, blocks and what else has a body ----===//

#include "test/random/GeneratorImpl.h"
#include "llvm/Support/SaveAndRestore.h"
#include <algorithm>

namespace resnetc::test {

using llvm::SaveAndRestore;

static bool uses(const Expr &expr, const std::string &name) {
  if (expr.kind == Expr::Name && expr.text == name)
    return true;
  for (const Expr &item : expr.items)
    if (uses(item, name))
      return true;
  return false;
}

bool uses(const Body &body, const std::string &name) {
  for (const Statement &statement : body) {
    for (const Argument &argument : statement.arguments)
      if (uses(argument.value, name))
        return true;
    if (uses(statement.condition, name) || uses(statement.branch, name) ||
        (statement.gate && uses(*statement.gate, name)))
      return true;
    for (const Body &inner : statement.bodies)
      if (uses(inner, name))
        return true;
  }
  return false;
}

void removeUnused(Block &block) {
  auto isUnused = [&](const Parameter &parameter) { return !uses(block.body, parameter.name); };
  block.parameters.erase(std::remove_if(block.parameters.begin(), block.parameters.end(), isUnused),
                         block.parameters.end());
}

void Generator::restore(Body &body, Shape &shape, const Shape &wanted) {
  if (shape == wanted || shape.size() != wanted.size())
    return;
  append(body, shape, widen(shape, wanted[0]));
}

std::optional<Statement> Generator::residual(Scope &scope, const Shape &shape, int depth) {
  Statement result;
  result.kind = Statement::Residual;
  result.label = label(scope);
  Scope own;
  own.isRepeated = scope.isRepeated;
  Scope &inner = result.label.empty() ? scope : own;
  if (!result.label.empty())
    own.isRepeated = false;
  SaveAndRestore keep(keepsSize, keepsSize || chance(70));
  Shape output = shape;
  result.bodies = {sequence(inner, output, depth + 1, int(draw(0, 4)))};
  bool pads = chance(25);
  if (keepsSize && !pads)
    restore(result.bodies[0], output, shape);
  addShortcut(result, inner, shape, output, depth);
  if (chance(12))
    result.gate = gate(inner, shape, output[0]);
  return result;
}

void Generator::addShortcut(Statement &residual, Scope &scope, const Shape &shape, const Shape &output, int depth) {
  bool mayProject = !scope.isRepeated;
  if (output == shape && chance(50))
    return;
  int64_t kind = draw(0, 99);
  if (kind < 30 && output[0] >= shape[0]) {
    residual.shortcut = Statement::Pad;
    return;
  }
  if (kind < 70 && mayProject && shape.size() == output.size()) {
    residual.shortcut = kind < 55 ? Statement::Projection : Statement::ProjectionAlways;
    std::string name = chance(30) ? label(scope) : "";
    if (!name.empty())
      residual.shortcutLabel = name;
    else if (!scope.labels.insert("downsample").second)
      residual.shortcut = Statement::Pad; // the name is taken
    return;
  }
  residual.shortcut = Statement::Branch;
  SaveAndRestore keep(keepsSize, true);
  Shape branch = shape;
  Scope own;
  Scope *inner = &scope;
  if (std::string name = chance(30) ? label(scope) : ""; !name.empty()) {
    residual.shortcutLabel = name;
    inner = &own;
  }
  if (chance(40))
    residual.branch = sequence(*inner, branch, depth + 2, 2);
  if (branch.size() == output.size() && branch != output) {
    int64_t stride = branch.size() > 1 ? (branch[1] + output[1] - 1) / output[1] : 1;
    append(residual.branch, branch, widen(branch, output[0], stride));
  }
}

std::optional<Statement> Generator::group(Scope &scope, const Shape &shape, int depth) {
  Statement result;
  result.kind = Statement::Group;
  result.label = label(scope);
  Scope inner;
  Shape output = shape;
  result.bodies = {sequence(inner, output, depth + 1, int(draw(1, 4)))};
  if (result.bodies[0].empty())
    return std::nullopt;
  return result;
}

std::optional<Statement> Generator::repeat(Scope &scope, const Shape &shape, int depth) {
  Statement result;
  result.kind = Statement::Repeat;
  std::string counter = "i" + std::to_string(++counters);
  int64_t turns = options.fewSizes ? draw(1, 3) : draw(0, 4);
  result.condition = chance(50) ? Expr::integer(turns) : number(turns);
  Scope inner;
  inner.isRepeated = true;
  SaveAndRestore keep(keepsSize, keepsSize || chance(80));
  environment.emplace_back(counter, 0);
  Shape output = shape;
  result.bodies = {sequence(inner, output, depth + 1, int(draw(1, 3)))};
  if (keepsSize)
    restore(result.bodies[0], output, shape);
  environment.pop_back();
  if (uses(result.bodies[0], counter))
    result.name = counter;
  return result;
}

std::optional<Statement> Generator::conditional(Scope &scope, const Shape &shape, int depth) {
  Statement result;
  result.kind = Statement::If;
  int64_t left = draw(0, 3);
  result.condition = Expr::binary(number(left), pick<const char *>({"==", "!=", "<", ">="}), number(draw(0, 3)));
  if (chance(20))
    result.condition = Expr::binary(result.condition, chance(50) ? "&&" : "||",
                                    Expr::binary(number(draw(1, 4)), "<", number(draw(1, 4))));
  for (int64_t branches = draw(1, 2); branches > 0; --branches) {
    Shape output = shape;
    result.bodies.push_back(sequence(scope, output, depth + 1, int(draw(1, 3))));
  }
  return result;
}

Body Generator::gate(Scope &scope, const Shape &shape, int64_t channels) {
  Body body;
  Shape at = shape;
  auto put = [&](const char *name) {
    Statement layer;
    layer.name = name;
    append(body, at, std::move(layer));
  };
  if (shape.size() > 1 && chance(60)) {
    put(chance(70) ? "global_avg_pool" : "global_max_pool");
    if (chance(60)) {
      append(body, at, widen(at, std::max<int64_t>(1, channels / 4)));
      put("relu");
    }
  }
  Statement last = widen(at, channels);
  last.label = label(scope);
  append(body, at, std::move(last));
  put(pick<const char *>({"sigmoid", "sigmoid", "hard_sigmoid"}));
  return body;
}

std::optional<Statement> Generator::scale(Scope &scope, const Shape &shape, int) {
  Statement result;
  result.kind = chance(60) ? Statement::Scale : Statement::Carry;
  result.label = label(scope);
  Scope own;
  result.bodies = {gate(result.label.empty() ? scope : own, shape, shape[0])};
  return result;
}

std::optional<Statement> Generator::concat(Scope &scope, const Shape &shape, int depth) {
  Statement result;
  result.kind = Statement::Concat;
  result.label = label(scope);
  Scope own;
  SaveAndRestore keep(keepsSize, true);
  for (int64_t branches = chance(75) ? 2 : 3; branches > 0; --branches) {
    Shape output = shape;
    result.bodies.push_back(sequence(result.label.empty() ? scope : own, output, depth + 1, int(draw(0, 3))));
  }
  return result;
}

void Generator::importLibrary() {
  program.imports = true;
  auto convTo = [](Expr channels) {
    Statement conv;
    conv.name = "conv";
    conv.arguments = {
        {"channels", std::move(channels)}, {"kernel", Expr::integer(3)}, {"stride", Expr::name("stride")}};
    return conv;
  };
  for (const char *name : {"basic", "basic_pad", "bottleneck"}) {
    bool wide = name[1] == 'o';
    Expr channels = Expr::name("channels");
    Statement residual;
    residual.kind = Statement::Residual;
    residual.bodies = {{convTo(wide ? Expr::binary(Expr::integer(4), "*", channels) : channels)}};
    residual.shortcut = std::string(name) == "basic_pad" ? Statement::Pad : Statement::Projection;
    program.blocks.push_back(
        {name, {{"channels", std::nullopt}, {"stride", Expr::integer(1)}}, {std::move(residual)}, /*isImported=*/true});
  }
}

std::optional<Statement> Generator::newBlock(const Shape &shape, int depth) {
  Block block;
  Environment outer = std::move(environment);
  environment.clear();
  for (const auto &[name, value] : program.constants)
    environment.emplace_back(name, evaluate(value, environment).value_or(1));
  Environment witness;
  for (const char *name : {"channels", "width", "stride", "kernel", "n"})
    if (chance(35)) {
      std::string text = name;
      int64_t value = text == "stride"   ? draw(1, 2)
                      : text == "kernel" ? pick<int64_t>({1, 3, 5})
                      : text == "n"      ? draw(1, 3)
                                         : drawChannels();
      witness.emplace_back(name, value);
    }
  environment.insert(environment.end(), witness.begin(), witness.end());
  Scope scope;
  Shape output = shape;
  block.body = sequence(scope, output, depth + 1, int(draw(1, 5)));
  environment = std::move(outer);
  if (block.body.empty())
    return std::nullopt;
  for (auto &[name, value] : witness)
    block.parameters.push_back({name, std::nullopt});
  removeUnused(block);
  size_t withDefault = size_t(draw(0, block.parameters.size())); // the last ones
  block.name = pick<const char *>({"basic", "widen", "Bottleneck", "b"}) + std::to_string(++blocks);
  Statement call;
  call.kind = Statement::Call;
  call.name = block.name;
  for (size_t i = 0; i < block.parameters.size(); ++i) {
    Parameter &parameter = block.parameters[i];
    int64_t value = evaluate(Expr::name(parameter.name), witness).value_or(1);
    bool byDefault = i >= block.parameters.size() - withDefault;
    if (byDefault)
      parameter.byDefault = Expr::integer(value);
    if (!byDefault || chance(30))
      add(call, parameter.name, number(value), /*mayBePositional=*/call.arguments.size() == i);
  }
  program.blocks.push_back(std::move(block));
  return call;
}

std::optional<Statement> Generator::oldBlock() {
  const Block &block = program.blocks[draw(0, program.blocks.size() - 1)];
  Statement call;
  call.kind = Statement::Call;
  call.name = block.name;
  for (size_t i = 0; i < block.parameters.size(); ++i) {
    const Parameter &parameter = block.parameters[i];
    if (parameter.byDefault && chance(50))
      continue;
    int64_t value = parameter.name == "stride"   ? draw(1, 2)
                    : parameter.name == "kernel" ? pick<int64_t>({1, 3})
                    : parameter.name == "n"      ? draw(0, 3)
                                                 : drawChannels();
    add(call, parameter.name, number(value), /*mayBePositional=*/call.arguments.size() == i);
  }
  return call;
}

} // namespace resnetc::test
