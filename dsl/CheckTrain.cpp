//===- CheckTrain.cpp - the train sections: names, types and values ------------------------------===//

#include "dsl/CheckTrain.h"
#include "dsl/InferShape.h"
#include "dsl/TrainTable.h"
#include "llvm/ADT/StringExtras.h"

using namespace resnetc::dsl;
using namespace resnetc::dsl::ast;

namespace {

llvm::StringRef wanted(TrainType type) {
  switch (type) {
  case TrainType::Integer:
    return "an integer";
  case TrainType::Real:
    return "a number";
  case TrainType::Flag:
    return "true or false";
  case TrainType::Reals:
    return "a list of numbers";
  case TrainType::Choice:
  case TrainType::Choices:
    break;
  }
  return "";
}

/// Checks one section against the table and makes its values. A function returns nothing after it has reported why.
class TrainChecker {
public:
  TrainChecker(const Module &module, Diagnostics &diagnostics) : module(module), diagnostics(diagnostics) {}

  TrainSection visit(const Train &train) {
    TrainSection section;
    section.location = train.network.location;
    llvm::DenseMap<llvm::StringRef, const Name *> seen;
    for (const Setting &setting : train.settings) {
      auto [first, isNew] = seen.try_emplace(setting.name.text, &setting.name);
      if (!isNew) {
        diagnostics.error(setting.name.location, "'" + setting.name.text + "' is set twice")
            .note("the first is here", first->second->location);
        continue;
      }
      const TrainParameter *parameter = find(trainSettings(), setting.name.text);
      if (!parameter) {
        suggestNearest(diagnostics.error(setting.name.location, "train has no setting '" + setting.name.text + "'"),
                       setting.name.text, names(trainSettings()));
        continue;
      }
      if (std::optional<TrainValue> value = visit(*setting.value, *parameter, "train"))
        section.settings.emplace_back(setting.name.text.str(), std::move(*value));
    }
    return section;
  }

  bool replace(TrainSection &section, const SettingOverride &from) {
    auto [name, argument] = from.name.text.split('.');
    const TrainParameter *parameter = find(trainSettings(), name);
    if (!parameter) {
      suggestNearest(diagnostics.error(from.name.location, "train has no setting '" + name + "'"), name,
                     names(trainSettings()));
      return false;
    }
    auto old = llvm::find_if(section.settings, [&](const auto &setting) { return setting.first == name; });
    if (!argument.empty())
      return replaceArgument(old == section.settings.end() ? nullptr : &old->second, *parameter, argument, from);
    std::optional<TrainValue> value = visit(*from.value, *parameter, "train");
    if (!value)
      return false;
    if (old != section.settings.end())
      old->second = std::move(*value);
    else
      section.settings.emplace_back(name.str(), std::move(*value));
    return true;
  }

private:
  template <typename T> static const T *find(llvm::ArrayRef<T> table, llvm::StringRef name) {
    for (const T &each : table)
      if (each.name == name)
        return &each;
    return nullptr;
  }

  template <typename T> static std::vector<llvm::StringRef> names(llvm::ArrayRef<T> table) {
    std::vector<llvm::StringRef> result;
    for (const T &each : table)
      result.push_back(each.name);
    return result;
  }

  std::optional<TrainValue> visit(Expr &expr, const TrainParameter &parameter, llvm::StringRef owner) {
    if (parameter.type == TrainType::Choice)
      return choose(expr, parameter);
    if (parameter.type == TrainType::Choices)
      return chooseSome(expr, parameter);
    if (!resolve(expr, parameter))
      return std::nullopt;
    auto sink = [&](Location where, const llvm::Twine &message) -> Diagnostic & {
      return diagnostics.error(where, message);
    };
    std::optional<Value> value = evaluate(expr, Environment(), sink);
    return value ? convert(*value, expr.location, parameter, owner) : std::nullopt;
  }

  bool replaceArgument(TrainValue *setting, const TrainParameter &parameter, llvm::StringRef argument,
                       const SettingOverride &from) {
    auto *choice = setting ? std::get_if<TrainChoice>(&setting->data) : nullptr;
    if (!choice) {
      diagnostics.error(from.name.location, "there is no " + parameter.name + " whose '" + argument + "' could be set")
          .help("set '" + parameter.name + "' itself: it takes " + describeChoices(parameter));
      return false;
    }
    llvm::ArrayRef<TrainParameter> parameters = find(parameter.choices, choice->name)->parameters;
    const TrainParameter *found = find(parameters, argument);
    if (!found) {
      suggestNearest(diagnostics.error(from.name.location, "'" + choice->name + "' has no '" + argument + "'"),
                     argument, names(parameters));
      return false;
    }
    std::optional<TrainValue> value = visit(*from.value, *found, choice->name);
    if (!value)
      return false;
    auto old = llvm::find_if(choice->arguments, [&](const auto &each) { return each.first == argument; });
    if (old != choice->arguments.end())
      old->second = std::move(*value);
    else
      choice->arguments.emplace_back(argument.str(), std::move(*value));
    return checkTogether(*choice, from.name.location);
  }

  static std::string describeChoices(const TrainParameter &parameter) {
    if (parameter.type == TrainType::Choice || parameter.type == TrainType::Choices)
      return (parameter.type == TrainType::Choice ? "one of " : "a list of ") +
             llvm::join(names(parameter.choices), ", ");
    return wanted(parameter.type).str();
  }

  /// The constants in an arithmetic value.
  bool resolve(Expr &expr, const TrainParameter &parameter) {
    if (std::holds_alternative<Reference>(expr.node))
      return resolveConstant(module, expr, {}, diagnostics);
    if (auto *list = std::get_if<List>(&expr.node))
      return llvm::all_of(list->items, [&](ExprPtr &item) { return resolve(*item, parameter); });
    if (auto *unary = std::get_if<Unary>(&expr.node))
      return resolve(*unary->operand, parameter);
    if (auto *binary = std::get_if<Binary>(&expr.node))
      return resolve(*binary->left, parameter) && resolve(*binary->right, parameter);
    if (auto *call = std::get_if<Call>(&expr.node)) {
      diagnostics.error(expr.location, "'" + call->callee.text + "' is no value")
          .help("'" + parameter.name + "' takes " + wanted(parameter.type));
      return false;
    }
    return true;
  }

  std::optional<TrainValue> convert(const Value &value, Location where, const TrainParameter &parameter,
                                    llvm::StringRef owner) {
    const auto *integer = std::get_if<int64_t>(&value.data);
    const auto *real = std::get_if<double>(&value.data);
    const auto *flag = std::get_if<bool>(&value.data);
    const auto *list = std::get_if<std::vector<Value>>(&value.data);
    if (parameter.type == TrainType::Flag && flag)
      return TrainValue{*flag};
    if (parameter.type == TrainType::Reals && list && !list->empty())
      return convertAll(*list, where, parameter, owner);
    bool isReal = parameter.type == TrainType::Real && (integer || real);
    if (!isReal && !(parameter.type == TrainType::Integer && integer)) {
      diagnostics.error(where, parameter.name + " of " + owner + " must be " + wanted(parameter.type) + ", not " +
                                   describe(value));
      return std::nullopt;
    }
    double number = integer ? static_cast<double>(*integer) : *real;
    if (!parameter.range.contains(number)) {
      diagnostics.error(where, parameter.name + " of " + owner + " must be " + parameter.range.describe() + ", not " +
                                   describe(value));
      return std::nullopt;
    }
    return isReal ? TrainValue{number} : TrainValue{*integer};
  }

  std::optional<TrainValue> convertAll(const std::vector<Value> &list, Location where, const TrainParameter &parameter,
                                       llvm::StringRef owner) {
    TrainParameter each = parameter;
    each.type = TrainType::Real;
    std::vector<TrainValue> result;
    for (const Value &item : list) {
      std::optional<TrainValue> value = convert(item, where, each, owner);
      if (!value)
        return std::nullopt;
      result.push_back(std::move(*value));
    }
    return TrainValue{std::move(result)};
  }

  std::optional<TrainValue> chooseSome(Expr &expr, const TrainParameter &parameter) {
    auto *list = std::get_if<List>(&expr.node);
    if (!list) {
      diagnostics.error(expr.location, parameter.name + " of train must be a list")
          .help("write '" + parameter.name + " = [" + names(parameter.choices)[1] + "]', or '[]' for none");
      return std::nullopt;
    }
    std::vector<TrainValue> result;
    for (ExprPtr &item : list->items)
      if (std::optional<TrainValue> value = choose(*item, parameter))
        result.push_back(std::move(*value));
    return TrainValue{std::move(result)};
  }

  std::optional<TrainValue> choose(Expr &expr, const TrainParameter &parameter) {
    auto *call = std::get_if<Call>(&expr.node);
    std::vector<llvm::StringRef> options = names(parameter.choices);
    if (!call && !std::holds_alternative<Reference>(expr.node)) {
      diagnostics.error(expr.location, parameter.name + " of train must be one of " + llvm::join(options, ", "));
      return std::nullopt;
    }
    llvm::StringRef name = call ? call->callee.text : expr.text;
    const TrainChoiceInfo *choice = find(parameter.choices, name);
    if (!choice) {
      Diagnostic &error = diagnostics.error(expr.location, "'" + name + "' is no " + parameter.name + " of train");
      llvm::StringRef near = nearestName(name, options);
      error.help(near.empty() ? "there " + std::string(options.size() == 1 ? "is " : "are ") + llvm::join(options, ", ")
                              : "did you mean '" + near.str() + "'?");
      return std::nullopt;
    }
    Call bare;
    bare.callee = {expr.text, expr.location};
    std::optional<TrainChoice> made = make(*choice, call ? *call : bare);
    return made ? std::optional<TrainValue>({std::move(*made)}) : std::nullopt;
  }

  /// The choice with its arguments and the defaults of those left out.
  std::optional<TrainChoice> make(const TrainChoiceInfo &choice, Call &call) {
    TrainChoice result;
    result.name = choice.name.str();
    if (!checkArguments(call, choice.name, names(choice.parameters), diagnostics))
      return std::nullopt;
    std::vector<const Argument *> matched = matchArguments(names(choice.parameters), call);
    bool isWhole = true;
    for (auto [parameter, argument] : llvm::zip_equal(choice.parameters, matched)) {
      std::optional<TrainValue> value;
      if (argument)
        value = visit(*argument->value, parameter, choice.name);
      else if (parameter.kind == TrainDefault::Number)
        value = defaultOf(parameter);
      else if (parameter.kind == TrainDefault::Required)
        diagnostics.error(call.callee.location, "'" + choice.name + "' needs '" + parameter.name + "'")
            .help("write '" + choice.name + "(" + parameter.name + " = …)'");
      isWhole &= value || (!argument && parameter.kind == TrainDefault::None);
      if (value)
        result.arguments.emplace_back(parameter.name.str(), std::move(*value));
    }
    return isWhole && checkTogether(result, call.callee.location) ? std::optional(std::move(result)) : std::nullopt;
  }

  static TrainValue defaultOf(const TrainParameter &parameter) {
    if (parameter.type == TrainType::Flag)
      return {parameter.otherwise != 0};
    if (parameter.type == TrainType::Integer)
      return {static_cast<int64_t>(parameter.otherwise)};
    return {parameter.otherwise};
  }

  /// What no argument says alone.
  bool checkTogether(const TrainChoice &choice, Location where) {
    if (choice.name != "sgd")
      return true;
    double momentum = std::get<double>(choice.arguments[1].second.data);
    if (momentum > 0 || !std::get<bool>(choice.arguments[2].second.data))
      return true;
    diagnostics.error(where, "nesterov of sgd needs a momentum")
        .help("write 'sgd(…, momentum = 0.9, nesterov = true)'");
    return false;
  }

  const Module &module;
  Diagnostics &diagnostics;
};

const Definition *findNetwork(const Module &module, llvm::StringRef name) {
  const Definition *found = module.find(name);
  for (const Module *import : module.imports)
    found = found ? found : import->find(name);
  return found && found->isNetwork ? found : nullptr;
}

const Argument *findArgument(const Train &train, llvm::StringRef setting, llvm::StringRef argument) {
  for (const Setting &each : train.settings)
    if (const auto *call = std::get_if<Call>(&each.value->node); call && each.name.text == setting)
      for (const Argument &found : call->arguments)
        if (found.name && found.name->text == argument)
          return &found;
  return nullptr;
}

const TrainChoice *findLoss(const TrainSection &section) {
  for (const auto &[name, value] : section.settings)
    if (name == "loss")
      return std::get_if<TrainChoice>(&value.data);
  return nullptr;
}

} // namespace

static void reportNoNetwork(const Module &module, const Train &train, Diagnostics &diagnostics) {
  Diagnostic &error =
      diagnostics.error(train.network.location, "there is no network '" + train.network.text + "' to train");
  if (diagnostics.isFull())
    return; // it is only counted: no time is spent on what it is near to
  std::vector<llvm::StringRef> names;
  module.forEach<Definition>([&](Definition &definition) {
    if (definition.isNetwork)
      names.push_back(definition.name.text);
  });
  suggestNearest(error, train.network.text, names);
}

void resnetc::dsl::checkTrainSections(const Modules &modules, Diagnostics &diagnostics) {
  for (const std::unique_ptr<Module> &module : modules) {
    llvm::DenseMap<llvm::StringRef, const Train *> seen;
    module->forEach<Train>([&](Train &train) {
      train.definition = findNetwork(*module, train.network.text);
      if (!train.definition)
        reportNoNetwork(*module, train, diagnostics);
      auto [first, isNew] = seen.try_emplace(train.network.text, &train);
      if (!isNew)
        diagnostics.error(train.network.location, "'" + train.network.text + "' has two train sections")
            .note("the first is here", first->second->network.location);
      train.checked = std::make_shared<const TrainSection>(TrainChecker(*module, diagnostics).visit(train));
    });
  }
}

const Train *resnetc::dsl::findTrainSection(const Modules &modules, const Definition &network) {
  const Train *found = nullptr;
  // Files come after those that they import: the last section wins, which may train an imported network in another way.
  for (const std::unique_ptr<Module> &module : modules)
    module->forEach<Train>([&](Train &train) { found = train.definition == &network ? &train : found; });
  return found;
}

bool resnetc::dsl::overrideSettings(const Module &module, llvm::ArrayRef<SettingOverride> overrides,
                                    TrainSection &section, Diagnostics &diagnostics) {
  TrainChecker checker(module, diagnostics);
  for (const SettingOverride &each : overrides)
    if (!checker.replace(section, each))
      return false;
  return true;
}

bool resnetc::dsl::checkTrainedNetwork(const Train *train, const TrainSection &section, const Network &network,
                                       Diagnostics &diagnostics) {
  const TrainChoice *loss = findLoss(section);
  if (!loss)
    return true;
  if (network.output.size() != 1) {
    diagnostics
        .error(section.location, "the loss " + loss->name + " needs a vector, but network '" + network.name +
                                     "' makes " + describe(network.output))
        .help("end the network with global_avg_pool and linear(classes)");
    return false;
  }
  for (const auto &[name, value] : loss->arguments) {
    const auto *weights = std::get_if<std::vector<TrainValue>>(&value.data);
    if (!weights || static_cast<int64_t>(weights->size()) == network.output[0])
      continue;
    const Argument *argument = train ? findArgument(*train, "loss", name) : nullptr;
    diagnostics.error(argument ? argument->value->location : section.location,
                      name + " has " + llvm::Twine(weights->size()) + " values for the " +
                          llvm::Twine(network.output[0]) + " classes of network '" + network.name + "'");
    return false;
  }
  return true;
}
