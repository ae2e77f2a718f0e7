//===- Checkpoint.h - a training run on the disk (.ckpt) ----------------------------------------===//
//
// A file of this machine's byte order (little endian):
//
//   header     magic "RNCHKPT", version, bytes and XXH3 of each section, XXH3 of the header
//   sections   settings, model, position, history, state, average, best; each at a multiple of 64
//
// The sections' places follow from their sizes, so that none can overlap; between them are zeros. A file is looked
// at whole before anything of it is used.
//
//===--------------------------------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_CHECKPOINT_H
#define RESNETC_RUNTIME_TRAIN_CHECKPOINT_H

#include "runtime/train/RunState.h"
#include "runtime/train/Settings.h"
#include "runtime/weights/FileOperations.h"
#include "llvm/Support/Error.h"

namespace resnetc::train {

struct Checkpoint {
  SettingLines settings;
  uint64_t schemaHash = 0; ///< resnetc_model_info.schema_hash
  uint64_t layoutHash = 0; ///< stateLayoutHash
  std::string compiler;    ///< what made the kernels and which CPU features they used: other kernels round differently
  RunState run;
};

/// Names how tensors and slots lie in a model's state: sizes, optimiser and pack steps.
uint64_t stateLayoutHash(const resnetc_training &training);

/// "resnetc 0.1.0, x86-64-v4": the model's compiler and the variant that runs on this machine.
std::string kernelsName(const resnetc_model_info &info, const resnetc_context &context);

/// Writes a run's state, atomically and to the disk.
llvm::Error writeCheckpoint(llvm::StringRef path, const SettingLines &settings, const Model &model,
                            llvm::StringRef compiler, const RunState &run,
                            weights::FileOperations &files = weights::systemFiles());

/// Reads and verifies; the error names the file and says what is wrong with it.
llvm::Expected<Checkpoint> readCheckpoint(llvm::StringRef path);
/// The same for a file's bytes; `path` is for words.
llvm::Expected<Checkpoint> parseCheckpoint(llvm::StringRef bytes, llvm::StringRef path);

/// Success if a run of these settings and this model may go on from it; else the error names each difference.
llvm::Error checkpointFits(const Checkpoint &checkpoint, const SettingLines &settings, const Model &model,
                           llvm::StringRef path);

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_CHECKPOINT_H
