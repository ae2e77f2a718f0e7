//===- FormatTarget.cpp - tree to text and back -----------------------------===//

#include "Targets.h"
#include "dsl/Parser.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace resnetc::dsl;

namespace {

/// The tree of a text in canonical form; empty if the text has errors.
std::optional<std::string> canonical(llvm::StringRef text) {
  llvm::SourceMgr sources;
  Diagnostics diagnostics(sources);
  unsigned id = sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, "net.rn"), llvm::SMLoc());
  std::unique_ptr<ast::File> file = parse(sources.getMemoryBuffer(id)->getBuffer(), diagnostics);
  if (diagnostics.hasErrors())
    return std::nullopt;
  std::string printed;
  llvm::raw_string_ostream os(printed);
  printAst(*file, os);
  return printed;
}

} // namespace

std::string resnetc::fuzz::formatTarget(llvm::StringRef text) {
  std::optional<std::string> first = canonical(text);
  if (!first)
    return "";
  std::optional<std::string> second = canonical(*first);
  if (!second)
    return "the print of a tree has errors:\n" + *first;
  if (*first != *second)
    return "the print of a tree is another tree:\n" + *first + "---\n" + *second;
  return "";
}
