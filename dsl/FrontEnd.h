//===- FrontEnd.h - from a .rn file to a network: what the driver calls -----------------------------===//
//
//   llvm::SourceMgr sources;
//   dsl::Diagnostics diagnostics(sources);
//   std::optional<dsl::Network> network = dsl::load("net.rn", options, sources, diagnostics);
//   diagnostics.print(llvm::errs());
//
//===------------------------------------------------------------------------------------------------===//

#ifndef RESNETC_DSL_FRONTEND_H
#define RESNETC_DSL_FRONTEND_H

#include "dsl/Ast.h"
#include "dsl/Diagnostics.h"
#include "dsl/Elaborate.h"
#include "dsl/Network.h"

namespace resnetc::dsl {

struct Options {
  /// Folders that `import std.…` is looked up in, in this order: dsl/std of the source tree for builds,
  /// share/resnetc/std when installed.
  std::vector<std::string> stdFolders;
  /// Which network; empty: the file's only one (or, in a file without, that of the files it imports).
  std::string network;
  /// "name=value" for the network's parameters; the value is an expression of the language.
  std::vector<std::string> parameters;
  /// "epochs=3", "optimizer.lr=0.1": settings of the train section in place of the file's, which needs none then.
  std::vector<std::string> trainSettings;
};

/// Reads, checks and elaborates a file. Empty if there is an error, which `diagnostics` then has. Locations in the
/// network point into buffers of `sources`.
std::optional<Network> load(llvm::StringRef path, const Options &options, llvm::SourceMgr &sources,
                            Diagnostics &diagnostics);
/// The same for a text in memory; its identifier stands in diagnostics, and imports are looked for beside it.
std::optional<Network> load(std::unique_ptr<llvm::MemoryBuffer> buffer, const Options &options,
                            llvm::SourceMgr &sources, Diagnostics &diagnostics);

/// `resnetc check`: checks all that a file defines, also blocks that nobody calls, and elaborates each of its networks
/// whose parameters have values (options.network: only that one). A file of blocks alone is fine. Returns the networks
/// that are free of errors.
std::vector<Network> check(llvm::StringRef path, const Options &options, llvm::SourceMgr &sources,
                           Diagnostics &diagnostics);

/// `--emit=ast`: parses one file, without what it imports; null if it can't be read.
std::unique_ptr<ast::File> parseFile(llvm::StringRef path, llvm::SourceMgr &sources, Diagnostics &diagnostics);

} // namespace resnetc::dsl

#endif // RESNETC_DSL_FRONTEND_H
