//===- Frontend.h - a command's way from a file to named layers ------------===//

#ifndef RESNETC_COMPILER_TOOLS_RESNETC_FRONTEND_H
#define RESNETC_COMPILER_TOOLS_RESNETC_FRONTEND_H

#include "compiler/tools/resnetc/Options.h"
#include "dsl/FrontEnd.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace resnetc::tool {

/// The files of one run and what is wrong with them. Every call prints the diagnostics to stderr when it ends.
class Frontend {
public:
  /// `trainSettings`: "epochs=3", in place of what the file's train section says.
  explicit Frontend(const NetworkOptions &options, std::vector<std::string> trainSettings = {})
      : options(options), trainSettings(std::move(trainSettings)), diagnostics(sources) {}

  /// Parses and elaborates the network; null after errors.
  const dsl::Network *load();
  /// Checks all that the file defines; returns the networks without errors. `good`: there was no error.
  std::vector<dsl::Network> check(bool &good);
  /// Prints the parsed file; false after errors.
  bool printAst(llvm::raw_ostream &os);

  llvm::SourceMgr sources;

private:
  dsl::Options frontEndOptions() const;
  void printDiagnostics() const;

  const NetworkOptions &options;
  std::vector<std::string> trainSettings;
  dsl::Diagnostics diagnostics;
  std::optional<dsl::Network> network;
};

} // namespace resnetc::tool

#endif // RESNETC_COMPILER_TOOLS_RESNETC_FRONTEND_H
