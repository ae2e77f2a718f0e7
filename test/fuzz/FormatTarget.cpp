//===- FormatTarget.cpp - tree to text and back, and the formatter ----------===//

#include "Targets.h"
#include "dsl/Format.h"
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

/// Empty if the text has errors. `problem` says what is wrong with the formatter.
std::optional<std::string> formatted(llvm::StringRef text, std::string &problem) {
  llvm::SourceMgr sources;
  Diagnostics diagnostics(sources);
  unsigned id = sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, "net.rn"), llvm::SMLoc());
  std::optional<Formatted> result = format(sources.getMemoryBuffer(id)->getBuffer(), diagnostics);
  if (result.has_value() == diagnostics.hasErrors())
    problem = "the formatter gives a text and errors, or neither";
  if (!result)
    return std::nullopt;
  if (!result->mistake.empty())
    problem = "the formatter: " + result->mistake;
  return std::move(result->text);
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
  std::string problem;
  std::optional<std::string> once = formatted(text, problem);
  if (!once || !problem.empty())
    return problem.empty() ? "the formatter refuses a text without errors" : problem;
  if (canonical(*once) != first)
    return "formatting changes the tree:\n" + *once;
  std::optional<std::string> twice = formatted(*once, problem);
  if (!problem.empty())
    return problem;
  return twice == once ? "" : "formatting twice is not formatting once:\n" + *once + "---\n" + twice.value_or("");
}
