//===- TrainerStart.cpp - how a training run begins, and its clocks -----------------------------===//

#include "runtime/train/Trainer.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <cstring>

using namespace llvm;

namespace resnetc::train {

using Seconds = std::chrono::duration<double>;

Error Trainer::begin() {
  const resnetc_training &training = model.training();
  now.position = {};
  now.history.clear();
  now.best = {};
  now.state = AlignedBytes(training.state_bytes);
  if (const int status = model.init(settings.seed, now.state.data()))
    return createStringError("initial values: %s", resnetc_status_string(status));
  return startLoader();
}

Error Trainer::resume(Checkpoint &&checkpoint) {
  now = std::move(checkpoint.run);
  if (Error error = startLoader())
    return error;
  if (now.position.epoch > settings.epochs || now.position.batch > batches)
    return createStringError("the checkpoint's position lies behind the end of the run; begin anew with --fresh");
  // The best weights are in the checkpoint, too: their file may have been lost, or be another run's.
  return now.best.size ? files.saveWeights(files.outputs().weights, now.best.data()) : Error::success();
}

/// Also what depends on the size of the data.
Error Trainer::startLoader() {
  const resnetc_training &training = model.training();
  packed = AlignedBytes(model.info->packed_bytes);
  std::memset(packed.data(), 0, packed.size);
  workspace = AlignedBytes(model.info->workspace_bytes);
  LoaderOptions options;
  options.batch = settings.batch;
  options.seed = settings.seed;
  options.leastImages = training.least_images;
  const uint64_t rest = data.train->size() % options.batch;
  batches = data.train->size() / options.batch + (rest > 0 && rest >= options.leastImages);
  if (!batches)
    return createStringError("there are %zu images to train with, but a step of this network needs at least %u",
                             data.train->size(), training.least_images);
  // After the last step of an epoch its validation comes first; then the next epoch's first batch.
  const bool isAtEnd = now.position.batch >= batches;
  options.epoch = now.position.epoch + (isAtEnd ? 1 : 0);
  options.firstBatch = isAtEnd ? 0 : now.position.batch;
  options.epochs = settings.epochs > options.epoch ? settings.epochs - options.epoch : 0;
  if (options.epochs)
    loader = std::make_unique<Loader>(*data.train, settings.augment, options);
  return Error::success();
}

/// A moving average begins with the first weights.
void Trainer::startAverage() {
  if (settings.ema <= 0 || now.average.size)
    return;
  now.average = AlignedBytes(model.training().tensor_bytes);
  std::memcpy(now.average.data(), now.state.data(), now.average.size);
}

/// A run that goes on with its last validation needs no batches.
double Trainer::waited() const { return loader ? loader->waitSeconds() : 0; }

void Trainer::startClock() { epoch = {Clock::now(), waited(), 0, 0}; }

double Trainer::rate() const { return epoch.images / std::max(Seconds(Clock::now() - epoch.start).count(), 1e-9); }

double Trainer::waitShare() const {
  return (waited() - epoch.waited) / std::max(Seconds(Clock::now() - epoch.start).count(), 1e-9);
}

RunTimes Trainer::times() const {
  RunTimes result = spent;
  result.dataWait = waited();
  result.steps -= result.dataWait;
  result.files = files.seconds();
  return result;
}

Error Trainer::diverged(const Twine &what) const {
  const Position &at = now.position;
  std::string text;
  raw_string_ostream os(text);
  os << what << " in epoch " << at.epoch + 1 << ", step " << at.step + 1 << ", at learning rate "
     << format("%.4g", at.learningRate)
     << ".\nTry a smaller learning rate (--lr), a longer warm-up (--with schedule.warmup=…) or clipped gradients "
        "(--with clip=1).\n";
  if (sys::fs::exists(files.outputs().checkpoint))
    os << files.outputs().checkpoint << " is the last good checkpoint.";
  if (at.bestEpoch)
    os << " The best weights so far can start another run: --init " << files.outputs().weights;
  return createStringError(inconvertibleErrorCode(), text);
}

} // namespace resnetc::train
