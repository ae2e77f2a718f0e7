//===- Resolve.cpp - names to what they mean -----------------------------------------------===//

#include "dsl/CheckTrain.h"
#include "dsl/Layers.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringExtras.h"

using namespace resnetc::dsl;
using namespace resnetc::dsl::ast;

bool resnetc::dsl::isShortcutName(llvm::StringRef name) {
  return name == "pad" || name == "projection" || name == "projection_always";
}

std::vector<llvm::StringRef> resnetc::dsl::parameterNames(const Call &call) {
  std::vector<llvm::StringRef> names;
  if (call.layer)
    for (const LayerParameter &parameter : call.layer->parameters)
      names.push_back(parameter.name);
  if (call.block)
    for (const Parameter &parameter : call.block->parameters)
      names.push_back(parameter.name.text);
  return names;
}

std::vector<const Argument *> resnetc::dsl::matchArguments(llvm::ArrayRef<llvm::StringRef> parameters,
                                                           const Call &call) {
  std::vector<const Argument *> matched(parameters.size(), nullptr);
  llvm::DenseMap<llvm::StringRef, size_t> places; // a look-up a name: a text may give very many
  for (size_t i = 0; i < parameters.size(); ++i)
    places.try_emplace(parameters[i], i);
  size_t position = 0;
  for (const Argument &argument : call.arguments) {
    size_t index = position;
    if (argument.name)
      index = places.contains(argument.name->text) ? places.lookup(argument.name->text) : parameters.size();
    else
      ++position;
    if (index < matched.size() && !matched[index])
      matched[index] = &argument;
  }
  return matched;
}

static void listParameters(Diagnostic &error, llvm::ArrayRef<llvm::StringRef> names) {
  constexpr size_t shown = 10;
  if (!names.empty() && names.size() <= shown)
    error.help("it has " + llvm::join(names, ", "));
}

bool resnetc::dsl::checkArguments(const Call &call, llvm::StringRef callee, llvm::ArrayRef<llvm::StringRef> parameters,
                                  Diagnostics &diagnostics) {
  std::vector<const Argument *> matched = matchArguments(parameters, call);
  llvm::SmallPtrSet<const Argument *, 8> used(matched.begin(), matched.end());
  auto extra = llvm::find_if(call.arguments, [&](const Argument &argument) { return !used.contains(&argument); });
  if (extra == call.arguments.end())
    return true;
  if (!extra->name) {
    size_t count = parameters.size();
    std::string most = count == 0   ? "no arguments"
                       : count == 1 ? "one argument, this is one more"
                                    : std::to_string(count) + " arguments, this is one more";
    listParameters(diagnostics.error(extra->value->location, "'" + callee + "' takes " + most), parameters);
    return false;
  }
  const Name &name = *extra->name;
  if (llvm::is_contained(parameters, name.text)) {
    diagnostics.error(name.location, "'" + name.text + "' of '" + callee + "' is given twice");
    return false;
  }
  Diagnostic &error = diagnostics.error(name.location, "'" + callee + "' has no parameter '" + name.text + "'");
  if (!diagnostics.isFull())
    suggestNearest(error, name.text, parameters);
  if (error.attachments.empty())
    listParameters(error, parameters);
  return false;
}

void resnetc::dsl::suggestNearest(Diagnostic &error, llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> candidates) {
  llvm::StringRef near = nearestName(word, candidates);
  if (!near.empty())
    error.help("did you mean '" + near + "'?");
}

namespace {

struct UnusedParameter {
  const Definition *definition; ///< null: the counter of a repeat
  Name name;
};

class Resolver {
public:
  Resolver(const Module &module, Diagnostics &diagnostics) : module(module), diagnostics(diagnostics) {}

  /// What is wrong; returns the parameters that nothing uses.
  std::vector<UnusedParameter> run() {
    // In the order of the text, so that a constant has its value before it is used.
    for (Item &item : module.file->items) {
      if (auto *constant = std::get_if<Constant>(&item))
        visit(*constant);
      if (auto *definition = std::get_if<Definition>(&item)) {
        checkName(*definition);
        visit(*definition);
      }
    }
    return std::move(unused);
  }

private:
  void visit(Constant &constant) {
    const Constant *first = module.findConstant(constant.name.text);
    if (first != &constant)
      diagnostics.error(constant.name.location, "'" + constant.name.text + "' is defined twice")
          .note("the first definition is here", first->name.location);
    unsigned errorsBefore = diagnostics.errorCount();
    leaveScope(0);
    visit(*constant.value);
    if (diagnostics.errorCount() != errorsBefore)
      return;
    auto sink = [&](Location where, const llvm::Twine &message) -> Diagnostic & {
      return diagnostics.error(where, message);
    };
    if (std::optional<Value> value = evaluate(*constant.value, Environment(), sink, steps))
      constant.result = std::make_shared<const Value>(std::move(*value));
  }

  void checkName(const Definition &definition) {
    const Name &name = definition.name;
    if (findLayer(name.text) || isShortcutName(name.text))
      diagnostics.error(name.location, "'" + name.text + "' is the name of a built-in " +
                                           (findLayer(name.text) ? "layer" : "shortcut"));
    if (const Definition *first = module.find(name.text); first != &definition)
      diagnostics.error(name.location, "'" + name.text + "' is defined twice")
          .note("the first definition is here", first->name.location);
  }

  void visit(Definition &definition) {
    leaveScope(0);
    unknown.clear();
    for (Parameter &parameter : definition.parameters) {
      if (parameter.defaultValue)
        visit(*parameter.defaultValue);
      declare(parameter.name);
    }
    bool first = true;
    for (Statement &statement : definition.body) {
      if (std::holds_alternative<Input>(statement.node) && (!definition.isNetwork || !first))
        diagnostics.error(statement.location, definition.isNetwork ? "'input' must be the network's first statement"
                                                                   : "a block has no 'input': it takes what its "
                                                                     "caller has");
      visit(statement, /*isTop=*/true);
      first = false;
    }
    for (size_t i = 0; i < definition.parameters.size() && i < scope.size(); ++i)
      if (!scope[i].isUsed)
        unused.push_back({&definition, scope[i].name});
  }

  void declare(const Name &name) {
    auto [place, isNew] = places.try_emplace(name.text, scope.size());
    if (isNew) {
      scope.push_back({name});
      return;
    }
    diagnostics.error(name.location, "there is a parameter '" + name.text + "' already")
        .note("it is here", scope[place->second].name.location);
  }

  /// Forgets all names but the first `count`.
  void leaveScope(size_t count) {
    for (; scope.size() > count; scope.pop_back())
      places.erase(scope.back().name.text);
  }

  void visit(Body &body) {
    for (Statement &statement : body)
      visit(statement, /*isTop=*/false);
  }

  void visit(Statement &statement, bool isTop) {
    if (auto *repeat = std::get_if<Repeat>(&statement.node))
      return visit(statement, *repeat);
    if (auto *call = std::get_if<Call>(&statement.node))
      visit(*call, /*isShortcut=*/false);
    else if (auto *call = shortcutCall(statement))
      visit(*call, /*isShortcut=*/true);
    else if (auto *condition = std::get_if<If>(&statement.node)) {
      refuseLabel(statement, "if");
      visit(*condition->condition);
    } else if (auto *input = std::get_if<Input>(&statement.node)) {
      if (!isTop)
        diagnostics.error(statement.location, "'input' must be the network's first statement");
      for (ExprPtr &extent : input->extents)
        visit(*extent);
    }
    forEachBody(statement, [&](Body &body) { visit(body); });
  }

  void visit(const Statement &statement, Repeat &repeat) {
    refuseLabel(statement, "repeat");
    visit(*repeat.count);
    size_t outer = scope.size();
    if (repeat.variable)
      declare(*repeat.variable);
    visit(repeat.body);
    if (scope.size() > outer && !scope.back().isUsed)
      unused.push_back({nullptr, scope.back().name});
    leaveScope(outer);
  }

  void refuseLabel(const Statement &statement, llvm::StringRef what) {
    if (statement.label)
      diagnostics
          .error(statement.label->location, "'" + what + "' puts its body into what is around it and has no name")
          .help("write '" + statement.label->text + ": { " + what + " … }'");
  }

  void visit(Expr &expr) {
    if (std::holds_alternative<Reference>(expr.node)) {
      if (auto place = places.find(expr.text); place != places.end()) {
        scope[place->second].isUsed = true;
        return;
      }
      if (unknown.contains(expr.text))
        return; // said where it was used first
      std::vector<llvm::StringRef> names;
      for (const Variable &variable : scope)
        if (!isEnough())
          names.push_back(variable.name.text);
      if (!resolveConstant(module, expr, names, diagnostics))
        unknown.insert(expr.text);
    } else if (auto *list = std::get_if<List>(&expr.node)) {
      for (ExprPtr &item : list->items)
        visit(*item);
    } else if (auto *unary = std::get_if<Unary>(&expr.node))
      visit(*unary->operand);
    else if (auto *binary = std::get_if<Binary>(&expr.node)) {
      visit(*binary->left);
      visit(*binary->right);
    } else if (auto *call = std::get_if<Call>(&expr.node))
      diagnostics.error(expr.location, "'" + call->callee.text + "' is no value")
          .help("a layer or a block can't be an argument");
  }

  /// Whether what is wrong now is only counted: then no time is spent on what it is near to.
  bool isEnough() const { return diagnostics.isFull(); }

  void suggest(Diagnostic &error, llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> candidates) const {
    if (!isEnough())
      suggestNearest(error, word, candidates);
  }

  void visit(Call &call, bool isShortcut) {
    for (Argument &argument : call.arguments)
      visit(*argument.value);
    if (isShortcut && isShortcutName(call.callee.text)) {
      if (!call.arguments.empty())
        diagnostics.error(call.arguments.front().value->location, "'" + call.callee.text + "' takes no arguments")
            .help("write a branch of your own: shortcut { … }");
      return;
    }
    if (findCallee(call, isShortcut))
      checkArguments(call);
  }

  bool findCallee(Call &call, bool isShortcut) {
    llvm::StringRef name = call.callee.text;
    if ((call.layer = findLayer(name)))
      return true;
    Definition *found = module.find(name);
    const Module *origin = nullptr;
    for (const Module *import : module.imports) {
      if (found && !origin)
        break; // its own definition hides imported ones
      Definition *imported = import->find(name);
      if (imported && found) {
        diagnostics.error(call.callee.location, "'" + name + "' is defined in two imported files")
            .note("here", found->name.location)
            .note("and here", imported->name.location);
        return false;
      }
      if (imported)
        found = imported, origin = import;
    }
    if (found && !found->isNetwork) {
      call.block = found;
      return true;
    }
    if (found) {
      diagnostics.error(call.callee.location, "'" + name + "' is a network; only layers and blocks can be called")
          .note("it is defined here", found->name.location);
      return false;
    }
    reportUnknown(call, isShortcut);
    return false;
  }

  void reportUnknown(const Call &call, bool isShortcut) {
    llvm::StringRef name = call.callee.text;
    if (!unknownCallees.insert(name).second)
      return; // said where it was called first
    std::vector<llvm::StringRef> names;
    for (const LayerInfo &layer : allLayers())
      names.push_back(layer.name);
    auto addBlocks = [&](const Module &from) {
      from.forEach<Definition>([&](Definition &definition) {
        if (!definition.isNetwork)
          names.push_back(definition.name.text);
      });
    };
    if (!isEnough()) {
      addBlocks(module);
      for (const Module *import : module.imports)
        addBlocks(*import);
    }
    if (isShortcut)
      names.insert(names.end(), {"pad", "projection", "projection_always"});
    Diagnostic &error = diagnostics.error(call.callee.location, isShortcut ? "unknown shortcut '" + name + "'"
                                                                           : "unknown layer or block '" + name + "'");
    if (isShortcutName(name))
      error.help("'" + name + "' stands after 'shortcut'");
    else
      suggest(error, name, names);
  }

  void checkArguments(const Call &call) {
    std::vector<llvm::StringRef> names = parameterNames(call);
    llvm::StringRef callee = call.callee.text;
    if (!resnetc::dsl::checkArguments(call, callee, names, diagnostics))
      return;
    std::vector<const Argument *> matched = matchArguments(names, call);
    for (size_t i = 0; i < names.size(); ++i) {
      bool isRequired = call.layer ? call.layer->parameters[i].isRequired : !call.block->parameters[i].defaultValue;
      if (isRequired && !matched[i]) {
        Diagnostic &error = diagnostics.error(call.callee.location, "'" + callee + "' needs '" + names[i] + "'");
        if (call.block)
          error.note("the block is here", call.block->name.location);
        else
          error.help("write '" + callee + "(" + (i ? "…, " + names[i] + " = …" : names[i]) + ")'");
        return;
      }
    }
  }

  struct Variable {
    Name name;
    bool isUsed = false;
  };

  const Module &module;
  Diagnostics &diagnostics;
  std::vector<Variable> scope;                    ///< the definition's parameters, then the counters around a statement
  llvm::DenseMap<llvm::StringRef, size_t> places; ///< of names in `scope`
  llvm::DenseSet<llvm::StringRef> unknown;        ///< parameters of this definition that are reported
  llvm::DenseSet<llvm::StringRef> unknownCallees; ///< of this file
  std::vector<UnusedParameter> unused;
  EvaluationSteps steps; ///< of the file's constants
};

void reportUnused(const UnusedParameter &each, Diagnostics &diagnostics) {
  llvm::StringRef name = each.name.text;
  if (!each.definition) {
    diagnostics.error(each.name.location, "the counter '" + name + "' is never used")
        .help("leave 'as " + name + "' away");
    return;
  }
  llvm::StringRef owner = each.definition->name.text;
  diagnostics
      .error(each.name.location, "parameter '" + name + "' of " +
                                     (each.definition->isNetwork ? "network '" : "block '") + owner + "' is never used")
      .help(each.definition->isNetwork
                ? llvm::Twine("use it in the body, or take it away")
                : "use it in the body, or take it away here and where '" + owner + "' is called");
}

} // namespace

void resnetc::dsl::resolve(const Modules &modules, Diagnostics &diagnostics) {
  std::vector<UnusedParameter> unused;
  for (const std::unique_ptr<Module> &module : modules)
    llvm::append_range(unused, Resolver(*module, diagnostics).run());
  checkRecursion(modules, diagnostics);
  checkTrainSections(modules, diagnostics);
  if (diagnostics.hasErrors())
    return; // an unknown name may be the use, misspelt
  for (const UnusedParameter &each : unused)
    reportUnused(each, diagnostics);
}
