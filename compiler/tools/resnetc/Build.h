//===- Build.h - a command's way from a network to an object ---------------===//

#ifndef RESNETC_COMPILER_TOOLS_RESNETC_BUILD_H
#define RESNETC_COMPILER_TOOLS_RESNETC_BUILD_H

#include "compiler/Pipeline.h"
#include "compiler/tools/resnetc/Frontend.h"
#include "runtime/weights/Rnw.h"

namespace resnetc::tool {

/// A model before its weights.
struct BuiltModel {
  emit::PlanTables tables;
  emit::EmittedModel emitted;
};

/// MLIR's own options (--mlir-print-ir-after-all, --mlir-timing, …): every command that runs passes has them.
void registerIrOptions();

/// Prints what passes object to (a layer without a kernel, say) with the place in the .rn file and the layer's name.
void printIrDiagnostics(mlir::MLIRContext &context);

/// The plan's module: rn made, optimised and lowered; null after an error.
mlir::OwningOpRef<mlir::ModuleOp> buildPlan(const dsl::Network &network, const CodeOptions &options,
                                            const llvm::SourceMgr &sources, mlir::MLIRContext &context);

/// False, with words on stderr, if no kernels are made for such a batch: exitUsage.
/// The plan of the network's training step. Null after an error, which the context's handler has heard.
mlir::OwningOpRef<mlir::ModuleOp> buildTrainingPlan(const dsl::Network &network, const TrainOptions &options,
                                                    const llvm::SourceMgr &sources, mlir::MLIRContext &context);
rn::TrainingOptions trainingOptions(const TrainOptions &options);
plan::TrainingPlanOptions trainingPlanOptions(const TrainOptions &options);

bool isUsableBatch(int64_t batch);
/// False, with words on stderr, if a value of an option is out of range: exitUsage.
bool areUsable(const CodeOptions &options);
bool areUsable(const TrainOptions &options);
/// What --memory says, 0 if nothing; none if it is no size.
std::optional<int64_t> memoryBytes(const TrainOptions &options);

/// Names from kernels/CpuTarget.h: the list of --targets with "host" resolved, or `byDefault`.
llvm::Expected<std::vector<std::string>> chosenTargets(const CodeOptions &options,
                                                       llvm::ArrayRef<llvm::StringRef> byDefault);

/// Batches, cache, jobs and progress as the options say.
plan::PlanOptions planOptions(const CodeOptions &options);
emit::EmitOptions emitOptions(const CodeOptions &options, std::vector<std::string> targets);

/// All phases for commands that execute: file to object for this machine's best class (unless --targets says another).
/// Diagnostics are printed; the result is empty after them.
std::optional<BuiltModel> buildForHost(Frontend &frontend, const CodeOptions &options);
std::optional<BuiltModel> buildForHost(const dsl::Network &network, const llvm::SourceMgr &sources,
                                       const CodeOptions &options);

/// Opens a .rnw file and compares its names and shapes with the model's schema; the error says what differs.
llvm::Expected<weights::RnwFile> openWeights(llvm::StringRef path, const emit::PlanTables &tables);

} // namespace resnetc::tool

#endif // RESNETC_COMPILER_TOOLS_RESNETC_BUILD_H
