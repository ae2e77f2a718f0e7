//===- Ema.cpp - a moving average of the weights ------------------------------------------------===//

#include "runtime/train/Ema.h"
#include "runtime/train/ParallelChunks.h"

namespace resnetc::train {

void updateAverage(const resnetc_context &context, const resnetc_training &training, double decay, uint64_t t,
                   const void *state, void *average) {
  const auto *from = static_cast<const float *>(state);
  auto *to = static_cast<float *>(average);
  const double steps = static_cast<double>(t);
  const auto share = static_cast<float>(1 - std::min(decay, (1 + steps) / (10 + steps)));
  forEachChunk(context, training.tensor_bytes / sizeof(float), [&](size_t, size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i)
      to[i] += share * (from[i] - to[i]);
  });
}

} // namespace resnetc::train
