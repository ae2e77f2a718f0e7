//===- DslFixture.h - texts to networks and messages ------------------------===//

#ifndef RESNETC_TEST_UNIT_DSL_DSLFIXTURE_H
#define RESNETC_TEST_UNIT_DSL_DSLFIXTURE_H

#include "dsl/FrontEnd.h"
#include "dsl/InferShape.h"
#include "llvm/Support/MemoryBuffer.h"
#include <gtest/gtest.h>

namespace resnetc::dsl {

inline std::string sourcePath(llvm::StringRef path) { return (RESNETC_SOURCE_DIR "/" + path).str(); }

/// One text, loaded as "net.rn".
struct Loaded {
  explicit Loaded(llvm::StringRef text, std::vector<std::string> parameters = {},
                  std::vector<std::string> trainSettings = {}) {
    Options options;
    options.stdFolders = {sourcePath("dsl/std")};
    options.parameters = std::move(parameters);
    options.trainSettings = std::move(trainSettings);
    network = load(llvm::MemoryBuffer::getMemBufferCopy(text, "net.rn"), options, sources, diagnostics);
  }

  std::string messages() const {
    std::string text;
    llvm::raw_string_ostream os(text);
    diagnostics.print(os, /*colour=*/false);
    return text;
  }
  /// The messages alone, one a line.
  std::string heads() const {
    std::string text;
    for (const auto &each : diagnostics.all())
      text += each->message + "\n";
    return text;
  }

  llvm::SourceMgr sources;
  Diagnostics diagnostics{sources};
  std::optional<Network> network;
};

/// A network around some statements, on an input of 8x16x16.
inline std::string inNetwork(llvm::StringRef statements) {
  return ("network net {\n  input image: f32[8, 16, 16]\n" + statements + "\n}\n").str();
}

inline std::string printed(const std::optional<Network> &network) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (network)
    printNetwork(*network, os);
  return text;
}

} // namespace resnetc::dsl

#endif // RESNETC_TEST_UNIT_DSL_DSLFIXTURE_H
