//===- JsonLinesLog.cpp - an object a line ---------------------------------===//
//
//   {"kind":"begin","network":"net","epochs":10,"steps_per_epoch":469,"settings":{"batch":"128"}}
//   {"kind":"step","step":1,"epoch":1,"loss":2.3,"learning_rate":0.01,"images_per_second":1500,"data_wait_share":0}
//   {"kind":"epoch","step":469,"epoch":1,"train_loss":0.7,"top1":0.84,…,"best":true}
//   {"kind":"note","step":469,"epoch":1,"text":"…"}
//
// A number that JSON does not have (NaN) is null; what was not measured is not there. Kind, step and epoch
// come first, so that a log is cut back without parsing JSON. A resumed run's log is that of an undisturbed one but
// for the times.
//
//===----------------------------------------------------------------------===//

#include "runtime/train/log/AppendedFile.h"
#include "runtime/train/log/Log.h"
#include "llvm/Support/JSON.h"
#include <cmath>

using namespace llvm;

namespace resnetc::train {
namespace {

class JsonLinesLog : public Log {
public:
  explicit JsonLinesLog(StringRef path) : file(path) {}

  void resumeAt(uint64_t step, uint64_t epoch) override {
    resumed = true;
    lastStep = step;
    lastEpoch = epoch;
  }

  void begin(const RunRecord &run) override {
    std::string kept;
    if (resumed)
      kept = keptLines(file.present(), [&](StringRef line) { return isKept(line); });
    file.begin(kept);
    if (!kept.empty())
      return;
    writeLine("begin", [&](json::OStream &json) {
      json.attribute("network", json::fixUTF8(run.network));
      json.attribute("epochs", static_cast<int64_t>(run.epochs));
      json.attribute("steps_per_epoch", static_cast<int64_t>(run.stepsPerEpoch));
      json.attributeObject("settings", [&] {
        for (auto &[name, value] : run.settings)
          json.attribute(json::fixUTF8(name), json::fixUTF8(value));
      });
    });
  }

  void step(const StepRecord &record) override {
    place(record.step, record.epoch);
    writePlaced("step", [&](json::OStream &json) {
      number(json, "loss", record.loss);
      number(json, "learning_rate", record.learningRate);
      number(json, "images_per_second", record.imagesPerSecond);
      number(json, "data_wait_share", record.dataWaitShare);
    });
  }

  void epoch(const EpochRecord &record) override {
    place(record.step, record.epoch);
    writePlaced("epoch", [&](json::OStream &json) {
      number(json, "train_loss", record.trainLoss);
      number(json, "train_accuracy", record.trainAccuracy);
      number(json, "validation_loss", record.validationLoss);
      number(json, "top1", record.top1);
      number(json, "top5", record.top5);
      number(json, "learning_rate", record.learningRate);
      number(json, "seconds", record.seconds);
      number(json, "images_per_second", record.imagesPerSecond);
      number(json, "data_wait_share", record.dataWaitShare);
      json.attribute("best", record.isBest);
    });
  }

  void note(StringRef text) override {
    writePlaced("note", [&](json::OStream &json) { json.attribute("text", json::fixUTF8(text)); });
  }

  Error flush() override { return file.flush(); }

private:
  bool isKept(StringRef line) const {
    if (line.starts_with(R"({"kind":"begin",)"))
      return true;
    uint64_t step, epoch;
    StringRef kind;
    if (!line.consume_front(R"({"kind":")"))
      return false;
    std::tie(kind, line) = line.split('"');
    if (!line.consume_front(R"(,"step":)") || line.consumeInteger(10, step) || !line.consume_front(R"(,"epoch":)") ||
        line.consumeInteger(10, epoch))
      return false;
    // A checkpoint at an epoch's last step may have been written before the epoch's record was.
    return step <= lastStep && (kind != "epoch" || epoch <= lastEpoch);
  }

  void place(uint64_t step, uint64_t epoch) {
    lastStep = step;
    lastEpoch = epoch;
  }
  template <typename F> void writeLine(StringRef kind, F members) {
    std::string line;
    raw_string_ostream os(line);
    json::OStream json(os);
    json.object([&] {
      json.attribute("kind", kind);
      members(json);
    });
    os << "\n";
    file.write(line);
  }
  template <typename F> void writePlaced(StringRef kind, F members) {
    writeLine(kind, [&](json::OStream &json) {
      json.attribute("step", static_cast<int64_t>(lastStep));
      json.attribute("epoch", static_cast<int64_t>(lastEpoch));
      members(json);
    });
  }
  static void number(json::OStream &json, StringRef name, std::optional<double> value) {
    if (value)
      json.attribute(name, std::isfinite(*value) ? json::Value(*value) : json::Value(nullptr));
  }

  AppendedFile file;
  bool resumed = false;
  uint64_t lastStep = 0, lastEpoch = 0; ///< of the record before; at first of the checkpoint
};

} // namespace

std::unique_ptr<Log> makeJsonLinesLog(StringRef path) { return std::make_unique<JsonLinesLog>(path); }

} // namespace resnetc::train
