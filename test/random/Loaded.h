//===- Loaded.h - a text that went through the front end -------------------===//

#ifndef RESNETC_TEST_RANDOM_LOADED_H
#define RESNETC_TEST_RANDOM_LOADED_H

#include "dsl/FrontEnd.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/SourceMgr.h"

namespace resnetc::test {

/// A text with all that was made of it. `failure` says why there is no module.
struct Loaded {
  explicit Loaded(const std::string &text);

  llvm::SourceMgr sources;
  dsl::Diagnostics diagnostics{sources};
  std::optional<dsl::Network> network;
  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  std::string objections; ///< what verifiers and passes said
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::string failure;
};

/// The rn text without places in the source.
std::string printRn(mlir::ModuleOp module);

} // namespace resnetc::test

#endif // RESNETC_TEST_RANDOM_LOADED_H
