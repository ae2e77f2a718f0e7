//===- PassNames.h - passes over rn by their names -------------------------===//

#ifndef RESNETC_TEST_RANDOM_PASSNAMES_H
#define RESNETC_TEST_RANDOM_PASSNAMES_H

#include "compiler/passes/rn/Passes.h"
#include <string>
#include <vector>

namespace resnetc::test {

/// The names of a pipeline's passes over networks, in its order.
std::vector<std::string> pipelineNames(mlir::MLIRContext &context,
                                       llvm::function_ref<void(mlir::OpPassManager &)> pipeline);

/// Runs one pass; empty or what it said, which `objections` has heard.
std::string runPass(mlir::ModuleOp module, llvm::StringRef name, const std::string &objections);

} // namespace resnetc::test

#endif // RESNETC_TEST_RANDOM_PASSNAMES_H
