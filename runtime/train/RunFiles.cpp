//===- RunFiles.cpp - what a run leaves on the disk ---------------------------------------------===//

#include "runtime/train/RunFiles.h"
#include "runtime/train/ParallelChunks.h"
#include "runtime/train/Weights.h"
#include "runtime/weights/Rnw.h"
#include <atomic>
#include <cstring>

using namespace llvm;

namespace resnetc::train {

bool allFinite(const resnetc_context &context, const float *values, size_t count) {
  std::atomic<bool> good = true;
  forEachChunk(context, count, [&](size_t, size_t begin, size_t end) {
    constexpr uint32_t exponent = 0x7f800000;
    bool here = true;
    for (size_t i = begin; i < end; ++i) {
      uint32_t bits;
      std::memcpy(&bits, values + i, sizeof bits);
      here &= (bits & exponent) != exponent;
    }
    if (!here)
      good = false;
  });
  return good;
}

RunFiles::RunFiles(const Model &model, const resnetc_context &context, SettingLines settings, const Outputs &outputs)
    : model(model), context(context), settings(std::move(settings)), kernels(kernelsName(*model.info, context)),
      where(outputs) {}

bool RunFiles::isCheckpointDue(uint64_t step) const {
  const std::chrono::duration<double> elapsed = Clock::now() - lastTime;
  return (where.checkpointSeconds > 0 && elapsed.count() >= where.checkpointSeconds) ||
         (where.checkpointSteps && step - lastStep >= where.checkpointSteps);
}

bool RunFiles::isFinite(const RunState &run) const {
  return allFinite(context, reinterpret_cast<const float *>(run.state.data()), run.state.size / sizeof(float));
}

Error RunFiles::saveCheckpoint(const RunState &run) {
  const auto start = Clock::now();
  if (Error error = writeCheckpoint(where.checkpoint, settings, model, kernels, run))
    return error;
  lastTime = Clock::now();
  lastStep = run.position.step;
  spent += std::chrono::duration<double>(lastTime - start).count();
  return Error::success();
}

Error RunFiles::saveWeights(StringRef path, const void *tensors) const {
  const auto start = Clock::now();
  Expected<weights::NamedTensors> named = tensorsOf(model, tensors);
  if (!named)
    return named.takeError();
  Error error = weights::writeNamed(path, *named, model.info->name, where.classNames);
  spent += std::chrono::duration<double>(Clock::now() - start).count();
  return error;
}

} // namespace resnetc::train
