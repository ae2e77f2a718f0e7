//===- Loaded.cpp - a text that went through the front end ------------------===//

#include "test/random/Loaded.h"
#include "compiler/lower/AstToRn.h"
#include "llvm/Support/raw_ostream.h"

namespace resnetc::test {

Loaded::Loaded(const std::string &text) {
  context.getDiagEngine().registerHandler(
      [this](mlir::Diagnostic &diagnostic) { objections += diagnostic.str() + " "; });
  dsl::Options options;
  options.stdFolders = {RESNETC_STD_FOLDER};
  network = dsl::load(llvm::MemoryBuffer::getMemBufferCopy(text, "random.rn"), options, sources, diagnostics);
  if (!network || !diagnostics.all().empty()) {
    llvm::raw_string_ostream os(failure);
    os << "front end: ";
    diagnostics.print(os);
    return;
  }
  module = lowerToRn(*network, sources, context);
  if (!module)
    failure = "ast-to-rn: " + objections;
}

std::string printRn(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  module.print(os, mlir::OpPrintingFlags().enableDebugInfo(false));
  return text;
}

} // namespace resnetc::test
