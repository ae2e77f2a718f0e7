//===- CsvLog.cpp - a row an epoch -----------------------------------------===//
//
//   epoch,step,train_loss,train_accuracy,validation_loss,top1,top5,learning_rate,seconds,
//   images_per_second,data_wait_share,best
//
// Shares are 0..1; what was not measured is empty. `resnetc plot` and any spreadsheet read it.
//
//===----------------------------------------------------------------------===//

#include "runtime/train/log/AppendedFile.h"
#include "runtime/train/log/Log.h"
#include "llvm/Support/Format.h"

using namespace llvm;

namespace resnetc::train {
namespace {

constexpr StringLiteral header = "epoch,step,train_loss,train_accuracy,validation_loss,top1,top5,learning_rate,"
                                 "seconds,images_per_second,data_wait_share,best";

class CsvLog : public Log {
public:
  explicit CsvLog(StringRef path) : file(path) {}

  void resumeAt(uint64_t step, uint64_t epoch) override { lastKept = epoch; }

  void begin(const RunRecord &run) override {
    std::string text = lastKept ? file.present() : "";
    if (!text.empty() && StringRef(text).split('\n').first != header)
      return file.fail(createStringError(file.path + ": its columns are not those of this version: move it away"));
    std::string kept = keptLines(text, [&](StringRef line) {
      uint64_t epoch;
      return line == header || (!line.split(',').first.getAsInteger(10, epoch) && epoch <= *lastKept);
    });
    file.begin(kept.empty() ? (header + "\n").str() : kept);
  }

  void epoch(const EpochRecord &record) override {
    std::string row;
    raw_string_ostream os(row);
    os << record.epoch << "," << record.step;
    for (std::optional<double> value :
         {std::optional(record.trainLoss), record.trainAccuracy, record.validationLoss, record.top1, record.top5,
          std::optional(record.learningRate), std::optional(record.seconds), std::optional(record.imagesPerSecond),
          std::optional(record.dataWaitShare)}) {
      os << ",";
      if (value)
        os << format("%.9g", *value);
    }
    os << "," << (record.isBest ? 1 : 0) << "\n";
    file.write(row);
  }

  Error flush() override { return file.flush(); }

private:
  AppendedFile file;
  std::optional<uint64_t> lastKept;
};

} // namespace

std::unique_ptr<Log> makeCsvLog(StringRef path) { return std::make_unique<CsvLog>(path); }

} // namespace resnetc::train
