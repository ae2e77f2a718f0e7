//===- PassNames.cpp - passes over rn by their names -----------------------===//

#include "test/random/PassNames.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/StringExtras.h"

namespace resnetc::test {

std::vector<std::string> pipelineNames(mlir::MLIRContext &context,
                                       llvm::function_ref<void(mlir::OpPassManager &)> pipeline) {
  static const bool registered =
      (rn::registerRnPasses(), mlir::registerCanonicalizerPass(), mlir::registerCSEPass(), true);
  (void)registered;
  mlir::PassManager manager(&context);
  pipeline(manager);
  std::string text;
  llvm::raw_string_ostream os(text);
  manager.printAsTextualPipeline(os); // builtin.module(rn.network(a,b),rn.network(c))
  std::vector<std::string> names;
  llvm::SmallVector<llvm::StringRef> parts;
  for (size_t open; (open = text.find('{')) != std::string::npos;) // options
    text.erase(open, text.find('}', open) + 1 - open);
  llvm::SplitString(text, parts, "(),");
  for (llvm::StringRef part : parts)
    if (mlir::PassInfo::lookup(part)) // else an op that passes run on
      names.push_back(part.str());
  return names;
}

std::string runPass(mlir::ModuleOp module, llvm::StringRef name, const std::string &objections) {
  mlir::PassManager manager(module->getContext());
  mlir::OpPassManager &nested = manager.nest<rn::NetworkOp>();
  if (failed(mlir::parsePassPipeline(name, nested)))
    return "is not registered";
  return failed(manager.run(module)) ? "fails: " + objections : "";
}

} // namespace resnetc::test
