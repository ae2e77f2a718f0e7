//===- PrintStage.h - --emit=: what a stage of the compiler made -----------===//

#ifndef RESNETC_COMPILER_TOOLS_RESNETC_PRINTSTAGE_H
#define RESNETC_COMPILER_TOOLS_RESNETC_PRINTSTAGE_H

#include "compiler/tools/resnetc/Frontend.h"

namespace mlir {
class MLIRContext;
}

namespace resnetc::tool {

/// In the order of the data.
enum class Stage { Ast, Network, Rn, RnOpt, Plan, Stmt, Llvm, Assembly, Object };

inline llvm::cl::ValuesClass stageValues() {
  return llvm::cl::values(clEnumValN(Stage::Ast, "ast", "the parsed file"),
                          clEnumValN(Stage::Network, "network", "named layers, blocks expanded"),
                          clEnumValN(Stage::Rn, "rn", "the rn dialect: what is computed"),
                          clEnumValN(Stage::RnOpt, "rn-opt", "rn, folded, fused and laid out"),
                          clEnumValN(Stage::Plan, "plan", "the plan dialect: how it runs, with every offset"),
                          clEnumValN(Stage::Stmt, "stmt", "the kernels as Halide statements"),
                          clEnumValN(Stage::Llvm, "llvm", "the kernels as LLVM IR"),
                          clEnumValN(Stage::Assembly, "asm", "the kernels as assembly"),
                          clEnumValN(Stage::Object, "obj", "object and header (default)"));
}

/// To the file `output`, or stdout; returns an exit code.
int printAstStage(Frontend &frontend, llvm::StringRef output);
/// With `training.train` the stages of the training step.
int printStage(Stage stage, const dsl::Network &network, const CodeOptions &options, const TrainOptions &training,
               const llvm::SourceMgr &sources, mlir::MLIRContext &context, llvm::StringRef output);

} // namespace resnetc::tool

#endif // RESNETC_COMPILER_TOOLS_RESNETC_PRINTSTAGE_H
