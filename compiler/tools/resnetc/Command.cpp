//===- Command.cpp - what all commands do alike ----------------------------===//

#include "compiler/tools/resnetc/Command.h"
#include "runtime/weights/AtomicFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace resnetc::tool {

void dropRegisteredOptions() {
  SmallVector<cl::Option *> options = llvm::to_vector<6>(cl::SubCommand::getTopLevel().PositionalOpts);
  for (auto &entry : cl::getRegisteredOptions())
    if (!llvm::is_contained({"help", "help-list", "version"}, entry.first))
      options.push_back(entry.second);
  for (cl::Option *option : options)
    option->removeArgument();
}

bool parseOptions(ArrayRef<const char *> argv, StringRef overview) {
  if (!cl::ParseCommandLineOptions(static_cast<int>(argv.size()), argv.data(), overview, &errs()))
    return false;
  // LLD sets every registered option back to its default when it links.
  dropRegisteredOptions();
  return true;
}

int reportError(Error error) {
  handleAllErrors(std::move(error),
                  [](const ErrorInfoBase &info) { WithColor::error(errs(), "resnetc") << info.message() << "\n"; });
  return exitDiagnostics;
}

Error writeOutput(StringRef path, StringRef text) {
  if (path != "-")
    return weights::writeFileAtomically(path, [&](raw_pwrite_stream &os) { os << text; });
  outs() << text;
  return Error::success();
}

} // namespace resnetc::tool
