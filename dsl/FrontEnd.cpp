//===- FrontEnd.cpp - from a .rn file to a network ----------------------------------------------------===//

#include "dsl/FrontEnd.h"
#include "dsl/CheckTrain.h"
#include "dsl/Module.h"
#include "dsl/Parser.h"
#include "dsl/Resolve.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace resnetc::dsl;

namespace {

/// `name = expression` from outside of a file; both get locations in a buffer of their own.
struct Assignment {
  ast::Name name;
  ast::ExprPtr value;
};

std::optional<Assignment> parseAssignment(llvm::StringRef text, llvm::StringRef kind, llvm::SourceMgr &sources,
                                          Diagnostics &diagnostics) {
  auto buffer = llvm::MemoryBuffer::getMemBufferCopy(text, ("<" + kind + ">").str());
  unsigned id = sources.AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  text = sources.getMemoryBuffer(id)->getBuffer();
  auto [name, expression] = text.split('=');
  auto at = [](llvm::StringRef part) {
    return Location{llvm::SMLoc::getFromPointer(part.begin()), llvm::SMLoc::getFromPointer(part.end())};
  };
  name = name.trim();
  if (name.empty() || expression.trim().empty()) {
    diagnostics.error(at(text), "a " + kind + " is given as name=value");
    return std::nullopt;
  }
  ast::ExprPtr value = parseExpression(expression, diagnostics);
  if (!value)
    return std::nullopt;
  return Assignment{{name, at(name)}, std::move(value)};
}

/// "classes=10" for a network's parameter.
std::optional<Override> parseOverride(llvm::StringRef text, llvm::SourceMgr &sources, Diagnostics &diagnostics) {
  std::optional<Assignment> assignment = parseAssignment(text, "parameter", sources, diagnostics);
  if (!assignment)
    return std::nullopt;
  auto sink = [&](Location where, const llvm::Twine &message) -> Diagnostic & {
    return diagnostics.error(where, message);
  };
  std::optional<Value> value = evaluate(*assignment->value, Environment(), sink);
  if (!value)
    return std::nullopt;
  return Override{assignment->name, std::move(*value)};
}

/// A run: the modules, and the networks that its main file offers.
class Run {
public:
  Run(const Options &options, llvm::SourceMgr &sources, Diagnostics &diagnostics)
      : options(options), sources(sources), diagnostics(diagnostics), loader(sources, diagnostics, options.stdFolders) {
  }

  template <typename Source> bool read(Source source) {
    main = loader.load(std::move(source));
    modules = loader.takeModules();
    if (!main || diagnostics.hasErrors())
      return false;
    resolve(modules, diagnostics);
    if (diagnostics.hasErrors())
      return false;
    for (const std::string &text : options.parameters)
      if (std::optional<Override> value = parseOverride(text, sources, diagnostics))
        overrides.push_back(std::move(*value));
    for (const std::string &text : options.trainSettings)
      if (std::optional<Assignment> setting = parseAssignment(text, "setting", sources, diagnostics))
        settings.push_back({setting->name, std::move(setting->value)});
    return !diagnostics.hasErrors();
  }

  /// The main file's networks; if it has none, those of the files that it imports. A name may pick any of them.
  std::vector<const ast::Definition *> candidates() const {
    std::vector<const ast::Definition *> found;
    auto collect = [&](const Module &module) {
      module.forEach<ast::Definition>([&](ast::Definition &definition) {
        bool isWanted = options.network.empty() || definition.name.text == options.network;
        if (definition.isNetwork && isWanted)
          found.push_back(&definition);
      });
    };
    collect(*main);
    if (found.empty())
      for (const Module *import : main->imports)
        collect(*import);
    return found;
  }

  const ast::Definition *choose() {
    std::vector<const ast::Definition *> found = candidates();
    if (found.size() == 1)
      return found.front();
    if (found.empty()) {
      diagnostics.error({}, options.network.empty() ? "'" + main->path + "' defines no network"
                                                    : "'" + main->path + "' has no network '" + options.network + "'");
      return nullptr;
    }
    std::string names =
        llvm::join(llvm::map_range(found, [](const ast::Definition *each) { return each->name.text.str(); }), ", ");
    diagnostics.error({}, "'" + main->path + "' has several networks: " + names).help("choose one with --network");
    return nullptr;
  }

  std::optional<Network> elaborateOne(const ast::Definition &network) {
    std::optional<Network> result = elaborate(network, overrides, diagnostics);
    const ast::Train *train = findTrainSection(modules, network);
    if (!result || (!train && settings.empty()))
      return result;
    TrainSection section = train ? *train->checked : TrainSection{{}, settings.front().name.location};
    if (!overrideSettings(*main, settings, section, diagnostics) ||
        !checkTrainedNetwork(train, section, *result, diagnostics))
      return std::nullopt;
    result->train = std::move(section);
    return result;
  }

private:
  const Options &options;
  llvm::SourceMgr &sources;
  Diagnostics &diagnostics;
  ModuleLoader loader;
  Modules modules;
  std::vector<Override> overrides;
  std::vector<SettingOverride> settings;
  Module *main = nullptr;
};

template <typename Source>
std::optional<Network> loadFrom(Source source, const Options &options, llvm::SourceMgr &sources,
                                Diagnostics &diagnostics) {
  Run run(options, sources, diagnostics);
  if (!run.read(std::move(source)))
    return std::nullopt;
  const ast::Definition *network = run.choose();
  return network ? run.elaborateOne(*network) : std::nullopt;
}

bool hasValueForEach(const std::vector<ast::Parameter> &parameters, const Options &options) {
  return llvm::all_of(parameters, [&](const ast::Parameter &parameter) {
    return parameter.defaultValue || llvm::any_of(options.parameters, [&](llvm::StringRef text) {
             return text.split('=').first.trim() == parameter.name.text;
           });
  });
}

} // namespace

std::optional<Network> resnetc::dsl::load(llvm::StringRef path, const Options &options, llvm::SourceMgr &sources,
                                          Diagnostics &diagnostics) {
  return loadFrom(path, options, sources, diagnostics);
}

std::optional<Network> resnetc::dsl::load(std::unique_ptr<llvm::MemoryBuffer> buffer, const Options &options,
                                          llvm::SourceMgr &sources, Diagnostics &diagnostics) {
  return loadFrom(std::move(buffer), options, sources, diagnostics);
}

std::vector<Network> resnetc::dsl::check(llvm::StringRef path, const Options &options, llvm::SourceMgr &sources,
                                         Diagnostics &diagnostics) {
  Run run(options, sources, diagnostics);
  std::vector<Network> networks;
  if (!run.read(path))
    return networks;
  if (!options.network.empty() && !run.choose())
    return networks;
  for (const ast::Definition *network : run.candidates())
    if (hasValueForEach(network->parameters, options))
      if (std::optional<Network> elaborated = run.elaborateOne(*network))
        networks.push_back(std::move(*elaborated));
  return networks;
}

std::unique_ptr<ast::File> resnetc::dsl::parseFile(llvm::StringRef path, llvm::SourceMgr &sources,
                                                   Diagnostics &diagnostics) {
  std::string why;
  std::unique_ptr<llvm::MemoryBuffer> buffer = readSource(path, why);
  if (!buffer) {
    diagnostics.error({}, "can't read '" + path + "': " + why);
    return nullptr;
  }
  llvm::StringRef text = buffer->getBuffer();
  sources.AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  return parse(text, diagnostics);
}
