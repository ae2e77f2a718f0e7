//===- Logs.cpp - several logs as one --------------------------------------===//

#include "runtime/train/log/Log.h"

namespace resnetc::train {

void Logs::resumeAt(uint64_t step, uint64_t epoch) {
  for (auto &log : logs)
    log->resumeAt(step, epoch);
}
void Logs::begin(const RunRecord &run) {
  for (auto &log : logs)
    log->begin(run);
}
void Logs::step(const StepRecord &record) {
  for (auto &log : logs)
    log->step(record);
}
void Logs::epoch(const EpochRecord &record) {
  for (auto &log : logs)
    log->epoch(record);
}
void Logs::note(llvm::StringRef text) {
  for (auto &log : logs)
    log->note(text);
}
llvm::Error Logs::flush() {
  llvm::Error all = llvm::Error::success();
  for (auto &log : logs)
    all = llvm::joinErrors(std::move(all), log->flush());
  return all;
}

} // namespace resnetc::train
