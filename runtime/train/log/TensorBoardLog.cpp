//===- TensorBoardLog.cpp - scalars for TensorBoard ------------------------===//
//
// One event file a folder, of one name: a run that is resumed goes on in its own file, and a new run
// replaces it. `tensorboard --logdir FOLDER` shows it; several runs are several folders below one.
//
//===----------------------------------------------------------------------===//

#include "runtime/train/log/AppendedFile.h"
#include "runtime/train/log/EventFile.h"
#include "runtime/train/log/Log.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <chrono>

using namespace llvm;

namespace resnetc::train {
namespace {

constexpr StringLiteral epochTag = "epoch/train_loss";

std::string eventPath(StringRef folder) {
  SmallString<128> path(folder);
  sys::path::append(path, "events.out.tfevents.resnetc"); // TensorBoard looks for "tfevents" in names
  return path.str().str();
}

double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

class TensorBoardLog : public Log {
public:
  explicit TensorBoardLog(StringRef folder) : folder(folder.str()), file(eventPath(folder)) {}

  void resumeAt(uint64_t step, uint64_t epoch) override {
    resumed = true;
    lastStep = step;
    lastEpoch = epoch;
  }

  void begin(const RunRecord &run) override {
    if (std::error_code code = sys::fs::create_directories(folder))
      return file.fail(createStringError(folder + ": " + code.message()));
    std::string kept = resumed ? keptRecords(file.present(), run.stepsPerEpoch) : "";
    file.begin(kept.empty() ? versionRecord(now()) : kept);
  }

  void step(const StepRecord &record) override {
    write(record.step, {{"train/loss", record.loss},
                        {"train/learning_rate", record.learningRate},
                        {"train/images_per_second", record.imagesPerSecond},
                        {"train/data_wait_share", record.dataWaitShare}});
  }

  void epoch(const EpochRecord &record) override {
    SmallVector<Scalar> scalars = {{epochTag, record.trainLoss}, {"epoch/seconds", record.seconds}};
    auto add = [&](StringRef tag, std::optional<double> value) {
      if (value)
        scalars.push_back({tag, *value});
    };
    add("epoch/train_accuracy", record.trainAccuracy);
    add("validation/loss", record.validationLoss);
    add("validation/top1", record.top1);
    add("validation/top5", record.top5);
    write(record.step, scalars);
  }

  Error flush() override { return file.flush(); }

private:
  /// The records up to the first torn one, without events of later steps and epochs.
  std::string keptRecords(StringRef bytes, uint64_t stepsPerEpoch) const {
    std::string kept;
    for (StringRef rest = bytes; std::optional<StringRef> event = takeRecord(rest); bytes = rest) {
      std::optional<uint64_t> step = eventStep(*event);
      // A checkpoint at an epoch's last step may have been written before the epoch's record was.
      bool isLaterEpoch = step && event->contains(epochTag) && *step > lastEpoch * stepsPerEpoch;
      if (step && *step <= lastStep && !isLaterEpoch)
        kept += bytes.drop_back(rest.size());
    }
    return kept;
  }

  void write(uint64_t step, ArrayRef<Scalar> scalars) { file.write(scalarsRecord(now(), step, scalars)); }

  std::string folder;
  AppendedFile file;
  bool resumed = false;
  uint64_t lastStep = 0, lastEpoch = 0;
};

} // namespace

std::unique_ptr<Log> makeTensorBoardLog(StringRef folder) { return std::make_unique<TensorBoardLog>(folder); }

} // namespace resnetc::train
