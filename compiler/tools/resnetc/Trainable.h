//===- Trainable.h - a network with its training step, in this process --------------------------===//

#ifndef RESNETC_COMPILER_TOOLS_RESNETC_TRAINABLE_H
#define RESNETC_COMPILER_TOOLS_RESNETC_TRAINABLE_H

#include "compiler/emit/LoadedModel.h"
#include "compiler/tools/resnetc/Build.h"
#include "runtime/train/Model.h"
#include "runtime/train/Settings.h"

namespace resnetc::tool {

/// What training commands work with.
struct TrainableModel {
  emit::PlanTables tables;
  std::unique_ptr<emit::LoadedModel> loaded;
  train::Model model;       ///< its functions; they live as long as `loaded`
  train::Settings settings; ///< the train section's; identity names network and section
};

/// Compiles network and training step for this machine and links them. options.batches are the batches of the inference
/// programs (validation). Diagnostics are printed; empty after them.
std::optional<TrainableModel> buildTrainable(const dsl::Network &network, const CodeOptions &code,
                                             const TrainOptions &training, llvm::ArrayRef<int64_t> batches,
                                             const llvm::SourceMgr &sources);

} // namespace resnetc::tool

#endif // RESNETC_COMPILER_TOOLS_RESNETC_TRAINABLE_H
