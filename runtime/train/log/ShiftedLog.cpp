//===- ShiftedLog.cpp - a run that is a part of a longer one ---------------===//

#include "runtime/train/log/Log.h"

namespace resnetc::train {
namespace {

class ShiftedLog : public Log {
public:
  ShiftedLog(std::unique_ptr<Log> log, uint64_t epochsBefore, uint64_t epochs)
      : log(std::move(log)), epochsBefore(epochsBefore), epochs(epochs) {}

  void resumeAt(uint64_t step, uint64_t epoch) override {
    isResumed = true;
    firstStep = step;
    firstEpoch = epoch;
  }

  void begin(const RunRecord &run) override {
    stepsBefore = epochsBefore * run.stepsPerEpoch;
    if (isResumed || epochsBefore > 0)
      log->resumeAt(stepsBefore + firstStep, epochsBefore + firstEpoch);
    RunRecord whole = run;
    whole.epochs = epochs;
    log->begin(whole);
  }

  void step(const StepRecord &record) override { log->step(shifted(record)); }
  void epoch(const EpochRecord &record) override { log->epoch(shifted(record)); }
  void note(llvm::StringRef text) override { log->note(text); }
  llvm::Error flush() override { return log->flush(); }

private:
  template <typename Record> Record shifted(Record record) const {
    record.step += stepsBefore;
    record.epoch += epochsBefore;
    return record;
  }

  std::unique_ptr<Log> log;
  const uint64_t epochsBefore, epochs;
  uint64_t stepsBefore = 0, firstStep = 0, firstEpoch = 0;
  bool isResumed = false;
};

} // namespace

std::unique_ptr<Log> makeShiftedLog(std::unique_ptr<Log> log, uint64_t epochsBefore, uint64_t epochs) {
  return std::make_unique<ShiftedLog>(std::move(log), epochsBefore, epochs);
}

} // namespace resnetc::train
