//===- Gradients.cpp - what happens to gradients between backward pass and update ---------------===//

#include "runtime/train/Gradients.h"
#include "runtime/train/ParallelChunks.h"
#include <cmath>
#include <cstring>

namespace resnetc::train {

Accumulator::Accumulator(const resnetc_training &training)
    : sums(training.parameter_bytes), elements(training.parameter_bytes / sizeof(float)) {}

void Accumulator::add(const resnetc_context &context, const float *gradients, double share) {
  auto *to = reinterpret_cast<float *>(sums.data());
  const auto weight = static_cast<float>(share);
  const bool isFirst = shares == 0;
  shares += share;
  forEachChunk(context, elements, [&](size_t, size_t begin, size_t end) {
    if (isFirst)
      for (size_t i = begin; i < end; ++i)
        to[i] = weight * gradients[i];
    else
      for (size_t i = begin; i < end; ++i)
        to[i] += weight * gradients[i];
  });
}

void Accumulator::finish(const resnetc_context &context, float *gradients) {
  const auto *from = reinterpret_cast<const float *>(sums.data());
  const auto factor = static_cast<float>(1 / shares);
  forEachChunk(context, elements, [&](size_t, size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i)
      gradients[i] = from[i] * factor;
  });
  shares = 0;
}

Clip::Clip(const resnetc_training &training) : elements(training.parameter_bytes / sizeof(float)) {
  for (uint32_t i = 0; i < training.pack_step_count; ++i) {
    const resnetc_pack_step &step = training.pack_steps[i];
    if (step.opcode != RESNETC_PACK_VECTOR || step.bias == RESNETC_NO_TENSOR || step.input_channels != 1 ||
        step.output_channels == 1)
      continue;
    for (uint32_t turn = 0; turn < step.count; ++turn)
      if (const uint64_t offset = step.offset + turn * step.offset_stride; offset < training.parameter_bytes)
        repeated.push_back({offset / sizeof(float), step.output_channels});
  }
}

/// In eight lanes, which a compiler makes one vector of.
static double sumOfSquares(const float *values, size_t count) {
  constexpr size_t lanes = 8;
  double sums[lanes] = {};
  size_t i = 0;
  for (; i + lanes <= count; i += lanes)
    for (size_t lane = 0; lane < lanes; ++lane)
      sums[lane] += static_cast<double>(values[i + lane]) * static_cast<double>(values[i + lane]);
  double sum = 0;
  for (; i < count; ++i)
    sum += static_cast<double>(values[i]) * static_cast<double>(values[i]);
  for (const double lane : sums)
    sum += lane;
  return sum;
}

double Clip::norm(const resnetc_context &context, const float *gradients) const {
  std::vector<double> sums(chunkCount(elements));
  forEachChunk(context, elements, [&](size_t chunk, size_t begin, size_t end) {
    sums[chunk] = sumOfSquares(gradients + begin, end - begin);
  });
  double sum = 0;
  for (const double chunk : sums)
    sum += chunk;
  for (const Repeated &vector : repeated)
    sum -= sumOfSquares(gradients + vector.begin + 1, vector.count - 1);
  return std::sqrt(sum);
}

double Clip::apply(const resnetc_context &context, double most, float *gradients) const {
  const double length = norm(context, gradients), factor = most / (length + 1e-6);
  if (factor < 1)
    forEachChunk(context, elements, [&, factor = static_cast<float>(factor)](size_t, size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i)
        gradients[i] *= factor;
    });
  return length;
}

} // namespace resnetc::train
