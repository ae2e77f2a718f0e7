//===- Ready.cpp - a built model is loaded and given weights ---------------===//

#include "compiler/tools/resnetc/Ready.h"
#include <cstring>
#include <random>

using namespace llvm;

namespace resnetc::tool {
namespace {

emit::AlignedBytes randomWeights(uint64_t bytes) {
  emit::AlignedBytes weights(bytes);
  std::mt19937 generator(1);
  std::uniform_real_distribution<float> uniform(-0.05f, 0.05f);
  auto *numbers = reinterpret_cast<float *>(weights.data());
  std::generate_n(numbers, bytes / sizeof(float), [&] { return uniform(generator); });
  return weights;
}

/// A packed file is for one layout only and is copied as it is; a named one is folded and packed.
Expected<emit::AlignedBytes> loadWeights(const emit::LoadedModel &model, const weights::RnwFile &file) {
  if (!file.isPacked())
    return emit::packWeights(model, file.handle());
  char words[256];
  const void *packed = resnetc_weights_packed(&file.handle(), &model.info(), words, sizeof words);
  if (!packed)
    return createStringError("%s: %s", file.name().c_str(), words);
  emit::AlignedBytes copy(model.info().packed_bytes);
  std::memcpy(copy.data(), packed, copy.size);
  return copy;
}

} // namespace

Expected<ReadyModel> makeReady(const BuiltModel &built, StringRef weightsPath) {
  StringRef object(built.emitted.object.data(), built.emitted.object.size());
  auto model = emit::LoadedModel::load(object, built.tables.name);
  if (!model)
    return model.takeError();
  ReadyModel ready{std::move(*model), {}, nullptr, emit::AlignedBytes(built.tables.workspaceBytes)};
  if (weightsPath.empty()) {
    ready.ownWeights = randomWeights(built.tables.packedBytes);
  } else {
    auto file = openWeights(weightsPath, built.tables);
    if (!file)
      return file.takeError();
    auto loaded = loadWeights(ready.model, *file);
    if (!loaded)
      return loaded.takeError();
    ready.ownWeights = std::move(*loaded);
  }
  ready.weights = ready.ownWeights.data();
  return ready;
}

} // namespace resnetc::tool
