//===- ProgressLog.h - the line that people watch --------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_LOG_PROGRESSLOG_H
#define RESNETC_RUNTIME_TRAIN_LOG_PROGRESSLOG_H

#include "runtime/train/log/Log.h"
#include "llvm/Support/raw_ostream.h"
#include <functional>

namespace resnetc::train {

struct ProgressLook {
  bool inPlace = false; ///< a terminal: the line is rewritten
  bool colours = false;
  unsigned columns = 80;         ///< of a line in place; what does not fit is left away, the loss last
  std::function<double()> clock; ///< seconds
};

/// What stderr is: a terminal or not, its width, NO_COLOR.
ProgressLook lookOfStderr();

class ProgressLog : public Log {
public:
  ProgressLog(llvm::raw_ostream &os, ProgressLook look) : os(os), look(std::move(look)) {}
  ~ProgressLog() override { eraseLine(); }

  void resumeAt(uint64_t step, uint64_t epoch) override { firstStep = step; }
  void begin(const RunRecord &run) override;
  void step(const StepRecord &record) override;
  void epoch(const EpochRecord &record) override;
  void note(llvm::StringRef text) override;
  llvm::Error flush() override;

private:
  void eraseLine();
  std::string stepLine(const StepRecord &record) const;
  std::string timeLeft(uint64_t step) const;
  std::string coloured(llvm::StringRef code, llvm::StringRef text) const;

  llvm::raw_ostream &os;
  ProgressLook look;
  RunRecord run;
  uint64_t firstStep = 0; ///< steps that were done when this process began
  double begun = 0, shown = 0;
  std::optional<double> top1; ///< of the last validation
  bool lineStands = false;
};

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_LOG_PROGRESSLOG_H
