//===- ElaborateTarget.cpp - the whole front end in memory ------------------===//

#include "Targets.h"
#include "dsl/FrontEnd.h"
#include "dsl/Parser.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace resnetc::dsl;

namespace {

constexpr unsigned triedNetworks = 3;

/// The names of the first networks of a text; one empty name ("the only one") if it has fewer than two.
std::vector<std::string> networksOf(llvm::StringRef text) {
  llvm::SourceMgr sources;
  Diagnostics diagnostics(sources);
  unsigned id = sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, "net.rn"), llvm::SMLoc());
  std::unique_ptr<ast::File> file = parse(sources.getMemoryBuffer(id)->getBuffer(), diagnostics);
  std::vector<std::string> names;
  if (!diagnostics.hasErrors())
    for (const ast::Item &item : file->items)
      if (const auto *definition = std::get_if<ast::Definition>(&item))
        if (definition->isNetwork && names.size() < triedNetworks)
          names.push_back(definition->name.text.str());
  if (names.size() < 2)
    names = {""};
  return names;
}

/// A first line `# set: depth=20 width=2` sets parameters as the command line does.
std::vector<std::string> parametersOf(llvm::StringRef text) {
  std::vector<std::string> parameters;
  llvm::StringRef line = text.split('\n').first;
  if (!line.consume_front("# set:"))
    return parameters;
  llvm::SmallVector<llvm::StringRef, 4> words;
  line.split(words, ' ', /*MaxSplit=*/4, /*KeepEmpty=*/false);
  for (llvm::StringRef word : words)
    parameters.push_back(word.str());
  return parameters;
}

std::string elaborateOne(llvm::StringRef text, const Options &options) {
  llvm::SourceMgr sources;
  Diagnostics diagnostics(sources);
  std::optional<Network> network =
      load(llvm::MemoryBuffer::getMemBufferCopy(text, "net.rn"), options, sources, diagnostics);
  std::string shown;
  llvm::raw_string_ostream os(shown);
  diagnostics.print(os, /*colour=*/false);
  diagnostics.printJson(os);
  if (network.has_value() == diagnostics.hasErrors())
    return network ? "a network in spite of errors" : "neither a network nor an error";
  if (network) {
    printNetwork(*network, os);
    if (network->layers.empty())
      return "a network without layers";
    if (network->layers.front().input != network->input || network->layers.back().output != network->output)
      return "the layers do not lead from the network's input to its output";
  }
  return "";
}

} // namespace

std::string resnetc::fuzz::elaborateTarget(llvm::StringRef text) {
  Options options;
  options.stdFolders = {RESNETC_SOURCE_DIR "/dsl/std"};
  options.parameters = parametersOf(text);
  for (const std::string &name : networksOf(text)) {
    options.network = name;
    if (std::string problem = elaborateOne(text, options); !problem.empty())
      return problem;
  }
  return "";
}
