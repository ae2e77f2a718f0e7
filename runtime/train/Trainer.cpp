//===- Trainer.cpp - the training loop ----------------------------------------------------------===//

#include "runtime/train/Trainer.h"
#include "runtime/train/Stop.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>
#include <cstring>
#include <limits>

using namespace llvm;

namespace resnetc::train {

using Seconds = std::chrono::duration<double>;

Trainer::Trainer(const Model &model, const resnetc_context &context, const Settings &settings, const RunData &data,
                 RunFiles &files, Log &log)
    : model(model), context(context), settings(settings), data(data), files(files), log(log),
      stepper(model, context, settings) {}

Expected<Ending> Trainer::run() {
  startAverage();
  startClock();
  while (!isOver()) {
    while (now.position.batch < batches) {
      if (Error error = step())
        return error;
      if (files.isCheckpointDue(now.position.step) || StopSignals::requested())
        if (Error error = saveCheckpoint())
          return error;
      if (StopSignals::requested())
        return Ending::Signal;
    }
    if (Error error = endEpoch())
      return error;
    if (StopSignals::requested() && !isOver())
      return Ending::Signal;
    startClock();
  }
  return now.position.epoch < settings.epochs ? Ending::EarlyStop : Ending::Finished;
}

/// All epochs are done, or none of the last few was better.
bool Trainer::isOver() const {
  const Position &at = now.position;
  return at.epoch >= settings.epochs ||
         (settings.patience && at.batch == 0 && at.bestEpoch && at.epoch - at.bestEpoch >= settings.patience);
}

Error Trainer::step() {
  Position &at = now.position;
  at.learningRate = learningRate(settings.schedule, settings.learningRate, at.step, {stepsPerEpoch(), settings.epochs});
  const uint64_t count = std::min(settings.accumulate, batches - at.batch);
  const auto start = Clock::now();
  Expected<StepResult> result = stepper.run(*loader, count, at.learningRate, now);
  spent.steps += Seconds(Clock::now() - start).count();
  if (!result)
    return result.takeError();
  if (!std::isfinite(result->lossSum))
    return diverged(formatv("the loss became {0}", exactNumber(result->loss())));
  at.lossSum += result->lossSum;
  at.images += result->images;
  at.batch += count;
  ++at.step;
  epoch.images += result->images;
  log.step({at.epoch * batches + at.batch, at.epoch + 1, result->loss(), at.learningRate, rate(), waitShare()});
  return Error::success();
}

Error Trainer::endEpoch() {
  epoch.trained = Seconds(Clock::now() - epoch.start).count();
  if (!files.isFinite(now))
    return diverged("a weight is no longer a finite number");
  std::optional<Evaluation> evaluation;
  if (data.validation) {
    Expected<Evaluation> result = validate();
    if (!result)
      return result.takeError();
    evaluation = std::move(*result);
  }
  ++now.position.epoch;
  now.position.batch = 0;
  const bool isBest = evaluation && judge(*evaluation);
  tellEpoch(evaluation, isBest);
  now.position.lossSum = now.position.images = 0;
  now.position.isFinished = isOver();
  return saveEpoch(isBest);
}

Expected<Evaluation> Trainer::validate() {
  const auto start = Clock::now();
  if (const int status = model.fold(now.tensors(), packed.data()))
    return createStringError("folding the weights: %s", resnetc_status_string(status));
  const auto run = [&](const void *images, size_t n, float *logits) {
    return model.run(&context, packed.data(), images, n, logits, workspace.data());
  };
  Expected<Evaluation> result = evaluate(run, *data.validation, model.info->output.extents[0]);
  spent.validation += Seconds(Clock::now() - start).count();
  return result;
}

bool Trainer::judge(const Evaluation &evaluation) {
  Position &at = now.position;
  if (at.bestEpoch && !(evaluation.top1 > at.bestTop1))
    return false;
  at.bestEpoch = at.epoch;
  at.bestTop1 = evaluation.top1;
  at.bestLoss = evaluation.loss;
  if (!now.best.size)
    now.best = AlignedBytes(model.training().tensor_bytes);
  std::memcpy(now.best.data(), now.tensors(), now.best.size);
  return true;
}

/// Weights before the checkpoint: one that says that an epoch is done must not be there without its weights.
Error Trainer::saveEpoch(bool isBest) {
  const Outputs &outputs = files.outputs();
  if (isBest || !data.validation)
    if (Error error = files.saveWeights(outputs.weights, now.tensors()))
      return error;
  if (data.validation && !outputs.last.empty())
    if (Error error = files.saveWeights(outputs.last, now.tensors()))
      return error;
  return saveCheckpoint();
}

/// Logs first: what is told after the checkpoint is cut off when a run goes on, what was never written is lost.
Error Trainer::saveCheckpoint() {
  if (Error error = log.flush())
    return error;
  if (!files.isFinite(now))
    return diverged("a weight is no longer a finite number");
  return files.saveCheckpoint(now);
}

void Trainer::tellEpoch(const std::optional<Evaluation> &evaluation, bool isBest) {
  const Position &at = now.position;
  EpochRecord record;
  record.epoch = at.epoch;
  record.step = at.epoch * batches;
  record.trainLoss = at.lossSum / at.images;
  record.learningRate = at.learningRate;
  record.seconds = Seconds(Clock::now() - epoch.start).count();
  record.imagesPerSecond = epoch.trained > 0 ? epoch.images / epoch.trained : 0;
  record.dataWaitShare = epoch.trained > 0 ? (waited() - epoch.waited) / epoch.trained : 0;
  record.isBest = isBest;
  if (evaluation) {
    record.validationLoss = evaluation->loss;
    record.top1 = evaluation->top1;
    record.top5 = evaluation->top5;
  }
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  now.history.push_back({record.trainLoss, record.validationLoss.value_or(none), record.top1.value_or(none),
                         record.top5.value_or(none), record.learningRate, record.seconds});
  log.epoch(record);
}

} // namespace resnetc::train
