//===- LoadedModel.h - runs an object without writing it -------------------===//
//
// Links the very bytes that `compile` ships into this process (ORC, JITLink): `run`,
// `bench` and folding and packing at compile time execute these, there is no second
// code path.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_EMIT_LOADEDMODEL_H
#define RESNETC_COMPILER_EMIT_LOADEDMODEL_H

#include "resnetc/runtime.h"
#include "runtime/weights/AlignedBytes.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>
#include <vector>

namespace llvm::orc {
class ExecutionSession;
class JITDylib;
class ObjectLayer;
} // namespace llvm::orc

namespace resnetc::emit {

using resnetc::AlignedBytes;

/// The functions that an object of `compile --train` has, as its header declares them.
struct TrainingEntries {
  int (*init)(uint64_t seed, void *state) = nullptr;
  int (*trainStep)(const resnetc_context *, void *state, const void *images, const int32_t *labels, size_t n,
                   const resnetc_hyper *, float *loss, void *workspace) = nullptr;
  int (*gradients)(const resnetc_context *, void *state, const resnetc_train_batch *, const resnetc_hyper *,
                   float *loss, void *workspace) = nullptr;
  int (*update)(const resnetc_context *, void *state, const resnetc_hyper *, void *workspace) = nullptr;
  int (*get)(const void *state, const char *tensor, float *values, size_t count) = nullptr;
  int (*set)(void *state, const char *tensor, const float *values, size_t count) = nullptr;
  int (*gradient)(const void *workspace, const char *tensor, float *values, size_t count) = nullptr;
  int (*import)(const resnetc_weights *, void *state, char *error, size_t errorBytes) = nullptr;
  int (*fold)(const void *state, void *packed) = nullptr;
};

/// An object's entry points in this process. Moving keeps their addresses; they die with the model.
class LoadedModel {
public:
  /// `object`: a finished object of network `name`; it is copied.
  static llvm::Expected<LoadedModel> load(llvm::StringRef object, llvm::StringRef name);

  LoadedModel(LoadedModel &&);
  LoadedModel &operator=(LoadedModel &&);
  ~LoadedModel();

  const resnetc_model_info &info() const { return *modelInfo; }
  /// The packed weights in the object; null if it has none.
  const void *embeddedWeights() const { return weights; }

  /// As <name>_run and <name>_pack of the model's header; they return a resnetc_status.
  int run(const resnetc_context *context, const void *weights, const void *images, size_t n, float *logits,
          void *workspace) const {
    return runEntry(context, weights, images, n, logits, workspace);
  }
  int pack(const resnetc_weights *file, void *packed, char *error, size_t errorBytes) const {
    return packEntry(file, packed, error, errorBytes);
  }
  auto runFunction() const { return runEntry; }
  /// Null if the object is for inference alone; sizes are in info().training.
  const TrainingEntries *training() const { return trainingEntries.trainStep ? &trainingEntries : nullptr; }

private:
  LoadedModel();
  llvm::Error link(llvm::StringRef object, llvm::StringRef name, std::shared_ptr<std::string> details);
  llvm::Error findEntries(llvm::orc::JITDylib &library, llvm::StringRef name);

  std::unique_ptr<llvm::orc::ExecutionSession> session;
  std::unique_ptr<llvm::orc::ObjectLayer> layer;
  const resnetc_model_info *modelInfo = nullptr;
  const void *weights = nullptr;
  int (*runEntry)(const resnetc_context *, const void *, const void *, size_t, float *, void *) = nullptr;
  int (*packEntry)(const resnetc_weights *, void *, char *, size_t) = nullptr;
  TrainingEntries trainingEntries;
};

/// Folds and packs an open weights file with the model's own pack entry; the error is in the runtime's words.
llvm::Expected<AlignedBytes> packWeights(const LoadedModel &model, const resnetc_weights &file);

} // namespace resnetc::emit

#endif // RESNETC_COMPILER_EMIT_LOADEDMODEL_H
