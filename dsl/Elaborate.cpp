//===- Elaborate.cpp - the network and its statements -------------------------------------------===//

#include "dsl/ElaborateImpl.h"
#include "dsl/InferShape.h"
#include "dsl/Layers.h"
#include "dsl/Resolve.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace resnetc::dsl;
using namespace resnetc::dsl::ast;

Diagnostic &Elaborator::error(Location where, const llvm::Twine &message) {
  Diagnostic &result = diagnostics.error(where, message);
  if (chain.empty())
    return result.annotate("network '" + definition.name.text + "'");
  auto describeFrame = [&](const Frame &frame) {
    return "block '" + frame.callee + "', called at " + diagnostics.describe(frame.location) + " as " + frame.path;
  };
  result.annotate(describeFrame(chain.back()));
  constexpr size_t shownFrames = 6;
  size_t shown = 0;
  for (auto frame = chain.rbegin() + 1; frame != chain.rend() && shown < shownFrames; ++frame, ++shown)
    result.note("in " + describeFrame(*frame));
  return result;
}

std::optional<Value> Elaborator::evaluate(const Expr &expr) {
  auto sink = [this](Location where, const llvm::Twine &message) -> Diagnostic & { return error(where, message); };
  std::optional<Value> value = dsl::evaluate(expr, *environment, sink, evaluation);
  isAbandoned |= evaluation.isExhausted(); // which the evaluator has said
  return value;
}

bool Elaborator::spend(Location where, size_t amount) {
  work += amount;
  if (work <= maximalWork)
    return true;
  abandon(where, "the calls of this network take too long: large blocks are called too often");
  return false;
}

void Elaborator::abandon(Location where, const llvm::Twine &message) {
  if (!isAbandoned)
    error(where, message);
  isAbandoned = true;
  poison();
}

std::optional<Network> Elaborator::run(llvm::ArrayRef<Override> overrides) {
  unsigned errorsBefore = diagnostics.errorCount();
  Environment parameters;
  environment = &parameters;
  network.name = definition.name.text.str();
  network.location = definition.name.location;
  if (!bindNetworkParameters(overrides) || !readInput())
    return std::nullopt;
  sequence = &network.layers;
  shape = network.input;
  NameScope scope({"", true}, NameScope::Module, definition.body);
  visit(definition.body, scope);
  if (diagnostics.errorCount() == errorsBefore && network.layers.empty())
    error(definition.name.location, "the network has no layers");
  if (diagnostics.errorCount() != errorsBefore || !shape)
    return std::nullopt;
  network.output = *shape;
  numberBranches(network);
  int64_t elements = 0;
  for (const ParameterTensor &tensor : listParameters(network))
    elements += countElements(tensor.shape).value_or(maximalElements);
  if (elements > maximalParameterElements) {
    error(definition.name.location, "the network has " + llvm::Twine(elements) + " parameters, more than 2^33");
    return std::nullopt;
  }
  return std::move(network);
}

bool Elaborator::bindNetworkParameters(llvm::ArrayRef<Override> overrides) {
  std::vector<llvm::StringRef> names;
  for (const Parameter &parameter : definition.parameters)
    names.push_back(parameter.name.text);
  for (const Override &value : overrides)
    if (!llvm::is_contained(names, value.name.text)) {
      Diagnostic &unknown = diagnostics.error(value.name.location, "network '" + definition.name.text +
                                                                       "' has no parameter '" + value.name.text + "'");
      llvm::StringRef near = nearestName(value.name.text, names);
      if (!near.empty())
        unknown.help("did you mean '" + near + "'?");
      return false;
    }
  for (const Parameter &parameter : definition.parameters) {
    const Override *found = nullptr;
    for (const Override &value : overrides) // the last one counts, as on every command line
      if (value.name.text == parameter.name.text)
        found = &value;
    std::optional<Value> value;
    if (found)
      value = found->value;
    else if (parameter.defaultValue)
      value = evaluate(*parameter.defaultValue);
    else
      error(parameter.name.location, "parameter '" + parameter.name.text + "' of the network has no value")
          .help("give it a default, or a value with --set " + parameter.name.text + "=…");
    if (!value)
      return false;
    environment->bind(parameter.name.text, std::move(*value));
  }
  return true;
}

bool Elaborator::readInput() {
  const Input *input = definition.body.empty() ? nullptr : std::get_if<Input>(&definition.body.front().node);
  if (!input) {
    error(definition.name.location, "network '" + definition.name.text + "' has no input")
        .help("begin it with 'input image: f32[channels, height, width]'");
    return false;
  }
  bool isWhole = input->type.text == "u8" || input->type.text == "f32";
  if (!isWhole)
    suggestNearest(error(input->type.location, "an input is of type u8 or f32, not '" + input->type.text + "'"),
                   input->type.text, {"u8", "f32"});
  network.inputType = input->type.text == "u8" ? ElementType::U8 : ElementType::F32;
  for (const ExprPtr &expr : input->extents) {
    std::optional<Value> value = evaluate(*expr);
    const int64_t *extent = value ? std::get_if<int64_t>(&value->data) : nullptr;
    if (value && (!extent || *extent < 1))
      error(expr->location, "an extent of the input must be an integer above 0, not " + describe(*value));
    isWhole &= extent && *extent >= 1;
    network.input.push_back(extent ? *extent : 1);
  }
  if (!isWhole)
    return false;
  if (network.input.empty() || network.input.size() > 3) {
    error(input->name.location,
          "an input has 3 extents (channels, height, width), 2 (channels, length) or 1 (a vector), not " +
              llvm::Twine(network.input.size()));
    return false;
  }
  if (countElements(network.input))
    return true;
  error(input->name.location, "the input " + describe(network.input) + " has more than 2^31 - 1 elements");
  return false;
}

bool Elaborator::countStep(Location where) {
  if (++steps <= maximalSteps)
    return true;
  abandon(where, "the network takes more than " + llvm::Twine(maximalSteps) + " statements");
  return false;
}

void Elaborator::visit(const Body &body, NameScope &scope) {
  for (const Statement &statement : body) {
    if (isAbandoned || !countStep(statement.location))
      return;
    visit(statement, scope);
  }
}

void Elaborator::visit(const Statement &statement, NameScope &scope) {
  if (const auto *call = std::get_if<Call>(&statement.node))
    return visit(*call, statement.label, scope);
  if (const auto *repeat = std::get_if<Repeat>(&statement.node))
    return visitRepeat(*repeat, scope);
  if (const auto *condition = std::get_if<If>(&statement.node))
    return visitIf(*condition, scope);
  if (std::holds_alternative<ast::Residual>(statement.node))
    return visitBranches(statement, "residual", scope);
  if (const auto *scale = std::get_if<ast::Scale>(&statement.node))
    return visitBranches(statement, scale->isCarry ? "carry" : "scale", scope);
  if (std::holds_alternative<ast::Concat>(statement.node))
    return visitBranches(statement, "concat", scope);
  if (const auto *group = std::get_if<Group>(&statement.node)) {
    auto sink = [this](Location where, const llvm::Twine &message) -> Diagnostic & { return error(where, message); };
    std::optional<GivenName> given = scope.give(statement.label, "group", statement.location, sink);
    NameScope inner(given.value_or(GivenName{"", false}), NameScope::Sequential, group->body);
    if (!given)
      return poison();
    visit(group->body, inner);
  }
}

void Elaborator::visit(const Call &call, const std::optional<Name> &label, NameScope &scope) {
  if (call.layer)
    visitLayer(call, label, scope);
  else if (call.block)
    visitBlock(call, label, scope);
}

void Elaborator::visitRepeat(const Repeat &repeat, NameScope &scope) {
  std::optional<Value> value = evaluate(*repeat.count);
  if (!value)
    return poison();
  const int64_t *count = std::get_if<int64_t>(&value->data);
  if (!count || *count < 0 || *count > maximalRepeats) {
    error(repeat.count->location,
          "repeat takes an integer from 0 to " + llvm::Twine(maximalRepeats) + ", not " + describe(*value));
    return poison();
  }
  // A turn counts too: nested repeats of nothing take time like any others.
  for (int64_t i = 0; i < *count && !isAbandoned && countStep(repeat.count->location); ++i) {
    if (repeat.variable)
      environment->bind(repeat.variable->text, Value{i});
    visit(repeat.body, scope);
    if (repeat.variable)
      environment->unbind();
  }
}

void Elaborator::visitIf(const If &condition, NameScope &scope) {
  std::optional<Value> value = evaluate(*condition.condition);
  if (!value)
    return poison();
  const bool *flag = std::get_if<bool>(&value->data);
  if (!flag) {
    error(condition.condition->location, "'if' needs true or false, not " + describe(*value));
    return poison();
  }
  visit(*flag ? condition.then : condition.otherwise, scope);
}

InputKind Elaborator::inputKind() const {
  if (!shape)
    return InputKind::Unknown;
  return shape->size() == 1 ? InputKind::Vector : shape->size() == 2 ? InputKind::Signal : InputKind::Map;
}

std::optional<LayerKind> Elaborator::buildLayer(const Call &call) {
  auto sink = [this](Location where, const llvm::Twine &message) -> Diagnostic & { return error(where, message); };
  InputKind input = inputKind();
  std::vector<LayerArguments::Item> items;
  std::vector<const Argument *> matched = matchArguments(parameterNames(call), call);
  bool isWhole = true;
  for (size_t i = 0; i < matched.size(); ++i) {
    LayerArguments::Item item{std::nullopt, call.callee.location};
    if (matched[i]) {
      item.location = matched[i]->value->location;
      item.value = evaluate(*matched[i]->value);
      isWhole &=
          item.value && checkArgument(*call.layer, call.layer->parameters[i], input, *item.value, item.location, sink);
    }
    items.push_back(std::move(item));
  }
  if (!isWhole)
    return std::nullopt;
  return call.layer->build(LayerArguments(*call.layer, input, std::move(items), call.callee.location, sink));
}

void Elaborator::visitLayer(const Call &call, const std::optional<Name> &label, NameScope &scope) {
  auto sink = [this](Location where, const llvm::Twine &message) -> Diagnostic & { return error(where, message); };
  std::optional<GivenName> given = scope.give(label, call.layer->name, call.callee.location, sink);
  std::optional<LayerKind> kind = buildLayer(call);
  if (!given || !kind)
    return poison();
  if (std::holds_alternative<Normalize>(*kind) && (layers != 0))
    error(call.callee.location, "normalize must be the network's first layer: it speaks of the input's values");
  append(std::move(*kind), *given, call.callee.location);
}

void Elaborator::append(LayerKind kind, const GivenName &given, Location where) {
  if (++layers > maximalLayers)
    return abandon(where, "the network has more than " + llvm::Twine(maximalLayers) + " layers");
  if (!shape)
    return;
  ShapeProblem problem;
  std::optional<Shape> output = inferShape(kind, *shape, problem);
  if (!output) {
    Diagnostic &diagnostic = error(where, problem.message);
    for (const std::string &help : problem.helps)
      diagnostic.help(help);
    return poison();
  }
  sequence->push_back({given.path, given.isStable, std::move(kind), *shape, *output, where, chain});
  shape = std::move(output);
}

void Elaborator::visitBlock(const Call &call, const std::optional<Name> &label, NameScope &scope) {
  auto sink = [this](Location where, const llvm::Twine &message) -> Diagnostic & { return error(where, message); };
  const Definition &block = *call.block;
  std::optional<GivenName> given = scope.give(label, block.name.text, call.callee.location, sink);
  if (!given)
    return poison();
  if (chain.size() >= maximalCallDepth)
    return abandon(call.callee.location, "blocks call each other more than " + llvm::Twine(maximalCallDepth) + " deep");
  if (!spend(call.callee.location, block.parameters.size()))
    return;
  Environment parameters;
  std::vector<const Argument *> matched = matchArguments(parameterNames(call), call);
  for (size_t i = 0; i < matched.size(); ++i)
    if (matched[i]) {
      std::optional<Value> value = evaluate(*matched[i]->value);
      if (!value)
        return poison();
      parameters.bind(block.parameters[i].name.text, std::move(*value));
    }
  chain.push_back({block.name.text.str(), given->path, call.callee.location});
  llvm::SaveAndRestore<Environment *> restore(environment, &parameters);
  bool isBound = true;
  for (size_t i = 0; i < matched.size() && isBound; ++i)
    if (!matched[i] && block.parameters[i].defaultValue) {
      std::optional<Value> value = evaluate(*block.parameters[i].defaultValue);
      isBound = value.has_value();
      if (isBound)
        parameters.bind(block.parameters[i].name.text, std::move(*value));
    }
  if (isBound) {
    NameScope inner(*given, NameScope::Module, block.body);
    if (spend(call.callee.location, inner.statementCount()))
      visit(block.body, inner);
  } else
    poison();
  chain.pop_back();
}

std::optional<Network> resnetc::dsl::elaborate(const Definition &network, llvm::ArrayRef<Override> overrides,
                                               Diagnostics &diagnostics) {
  return Elaborator(network, diagnostics).run(overrides);
}
