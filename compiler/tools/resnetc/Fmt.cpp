//===- Fmt.cpp - resnetc fmt: lays out .rn files ---------------------------===//

#include "compiler/tools/resnetc/Command.h"
#include "compiler/tools/resnetc/LineDiff.h"
#include "dsl/Format.h"
#include "dsl/Module.h"
#include "runtime/weights/AtomicFile.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/WithColor.h"

using namespace llvm;

namespace resnetc::tool {
namespace {

struct FmtOptions {
  cl::list<std::string> inputs{cl::Positional, cl::OneOrMore, cl::desc("<file.rn …, or - for stdin to stdout>")};
  cl::opt<bool> check{"check", cl::desc("change nothing; name the files that would change and exit with 1")};
};

std::unique_ptr<MemoryBuffer> read(StringRef path) {
  std::string why;
  std::unique_ptr<MemoryBuffer> buffer;
  if (path != "-")
    buffer = dsl::readSource(path, why);
  else if (auto input = MemoryBuffer::getSTDIN()) {
    if ((*input)->getBufferSize() <= dsl::maximalSourceBytes)
      return MemoryBuffer::getMemBufferCopy((*input)->getBuffer(), "<stdin>");
    why = "it has more than 4 MiB";
  } else
    why = input.getError().message();
  if (!buffer)
    WithColor::error(errs(), "resnetc") << "can't read '" << path << "': " << why << "\n";
  return buffer;
}

int showChange(StringRef path, StringRef before, StringRef after) {
  if (before == after)
    return exitGood;
  outs() << path << ": not formatted\n";
  printLineDiff(before, after, outs());
  return exitDiagnostics;
}

int store(StringRef path, StringRef before, StringRef after) {
  if (path == "-") {
    outs() << after;
    return exitGood;
  }
  if (before == after) // neither its time nor its links change
    return exitGood;
  auto permissions = sys::fs::getPermissions(path);
  if (Error error = weights::writeFileAtomically(path, [&](raw_pwrite_stream &os) { os << after; }))
    return reportError(std::move(error));
  if (permissions)
    sys::fs::setPermissions(path, *permissions);
  return exitGood;
}

/// Files with errors and files that the formatter would damage stay as they are.
int formatFile(StringRef path, bool onlyCheck) {
  std::unique_ptr<MemoryBuffer> buffer = read(path);
  if (!buffer)
    return exitDiagnostics;
  StringRef text = buffer->getBuffer();
  SourceMgr sources;
  dsl::Diagnostics diagnostics(sources);
  sources.AddNewSourceBuffer(std::move(buffer), SMLoc());
  std::optional<dsl::Formatted> formatted = dsl::format(text, diagnostics);
  diagnostics.print(errs());
  if (!formatted)
    return exitDiagnostics;
  if (!formatted->mistake.empty()) {
    WithColor::error(errs(), "resnetc") << "internal error: '" << path << "' is left as it is: " << formatted->mistake
                                        << "\n";
    return exitInternal;
  }
  return onlyCheck ? showChange(path, text, formatted->text) : store(path, text, formatted->text);
}

} // namespace

int runFmt(ArrayRef<const char *> argv) {
  FmtOptions options;
  if (!parseOptions(argv, "resnetc fmt: lays out .rn files in place\n"))
    return exitUsage;
  int worst = exitGood;
  for (const std::string &path : options.inputs)
    worst = std::max(worst, formatFile(path, options.check));
  return worst;
}

} // namespace resnetc::tool
