//===- Log.h - what a training run tells, and who hears it -----------------===//
//
// The trainer knows one Log (usually a Logs) and calls, in this order:
//
//   [resumeAt]  begin  { step* epoch }*  flush
//
// Files are opened by begin: without resumeAt before it a log starts anew and replaces
// what is there. No call but flush returns an error; a log keeps its first one, does nothing
// from then on, and flush returns it. So: flush after begin (an unwritable file is known before
// the first step), and after each epoch.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_LOG_LOG_H
#define RESNETC_RUNTIME_TRAIN_LOG_LOG_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace resnetc::train {

/// What is known before the first step.
struct RunRecord {
  std::string network;
  uint64_t epochs = 0;        ///< of the whole run, those before a resume included
  uint64_t stepsPerEpoch = 0; ///< batches of an epoch
  /// Settings and sizes as people read them, in the order in which they are printed: {"batch", "128"}.
  std::vector<std::pair<std::string, std::string>> settings;
};

/// After a batch.
struct StepRecord {
  uint64_t step = 0;  ///< batches of the whole run that are done: 1 after the first
  uint64_t epoch = 0; ///< the one that the batch belongs to, from 1
  double loss = 0;    ///< of this batch
  double learningRate = 0;
  double imagesPerSecond = 0; ///< of this epoch so far
  double dataWaitShare = 0;   ///< 0..1: of this epoch's time so far, spent on waiting for a batch
};

/// After an epoch and its validation. Shares are 0..1.
struct EpochRecord {
  uint64_t epoch = 0;   ///< epochs that are done: 1 after the first
  uint64_t step = 0;    ///< batches that are done
  double trainLoss = 0; ///< mean over the epoch's images
  std::optional<double> trainAccuracy;
  std::optional<double> validationLoss, top1, top5; ///< none without validation
  double learningRate = 0;                          ///< of the epoch's last step
  double seconds = 0;                               ///< of the epoch, validation included
  double imagesPerSecond = 0, dataWaitShare = 0;    ///< of its training part
  bool isBest = false;                              ///< the best top-1 so far
};

class Log {
public:
  virtual ~Log() = default;
  /// The run goes on after `step` batches and `epoch` whole epochs: what was told later is dropped, so that nothing is
  /// there twice. Before begin.
  virtual void resumeAt(uint64_t step, uint64_t epoch) {}
  virtual void begin(const RunRecord &run) = 0;
  virtual void step(const StepRecord &record) {}
  virtual void epoch(const EpochRecord &record) {}
  /// A line for people: an early stop, a checkpoint.
  virtual void note(llvm::StringRef text) {}
  /// All that was told is in the operating system's hands. Returns the first error since the last flush.
  virtual llvm::Error flush() { return llvm::Error::success(); }
};

/// Several logs as one.
class Logs : public Log {
public:
  void add(std::unique_ptr<Log> log) { logs.push_back(std::move(log)); }

  void resumeAt(uint64_t step, uint64_t epoch) override;
  void begin(const RunRecord &run) override;
  void step(const StepRecord &record) override;
  void epoch(const EpochRecord &record) override;
  void note(llvm::StringRef text) override;
  llvm::Error flush() override;

private:
  std::vector<std::unique_ptr<Log>> logs;
};

// ---- the logs; what each one writes is told where it is defined ----

/// The line on stderr: bar, loss, accuracy, learning rate, images a second, data wait, time left. Rewritten in place on
/// a terminal (colours unless NO_COLOR is set), plain lines otherwise: one an epoch, and one every half minute.
std::unique_ptr<Log> makeProgressLog();
/// A row an epoch; columns are EpochRecord's members.
std::unique_ptr<Log> makeCsvLog(llvm::StringRef path);
/// An object a line: {"kind":"begin",…}, then "step", "epoch" and "note".
std::unique_ptr<Log> makeJsonLinesLog(llvm::StringRef path);
/// An event file in `folder`, which is made: scalars of steps and epochs.
std::unique_ptr<Log> makeTensorBoardLog(llvm::StringRef folder);
/// A picture of loss and accuracy over epochs, replaced after each; `csv`: the CSV log's file, from which the epochs
/// before a resume are taken.
std::unique_ptr<Log> makePlotLog(llvm::StringRef path, llvm::StringRef csv);

/// A run that is a part of a longer one of `epochs` epochs, after `epochsBefore` of them: shifts epochs and steps, and
/// the log goes on where the part before it ended (as resumed).
std::unique_ptr<Log> makeShiftedLog(std::unique_ptr<Log> log, uint64_t epochsBefore, uint64_t epochs);

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_LOG_LOG_H
