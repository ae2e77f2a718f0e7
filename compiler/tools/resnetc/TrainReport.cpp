//===- TrainReport.cpp - what a training run says at its end ------------------------------------===//

#include "compiler/tools/resnetc/TrainReport.h"
#include "runtime/weights/AtomicFile.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include <cmath>

using namespace llvm;

namespace resnetc::tool {

std::string resultText(const RunSummary &summary, uint64_t batchesPerEpoch) {
  const train::Position &at = summary.state.position;
  if (summary.ending == train::Ending::Signal)
    return formatv("stopped after epoch {0}, batch {1} of {2}; {3} holds all of it: go on with --resume", at.epoch,
                   at.batch, batchesPerEpoch, summary.paths.checkpoint);
  std::string text;
  if (summary.ending == train::Ending::EarlyStop)
    text = formatv("no epoch was better for {0}: stopped after {1}; ", at.epoch - at.bestEpoch, at.epoch);
  if (!at.bestEpoch)
    return text +
           formatv("trained {0} epochs without validation; weights in {1}", at.epoch, summary.paths.weights).str();
  return text + formatv("best top-1 {0:f2} % in epoch {1} of {2} (loss {3:f4}); weights in {4}", 100 * at.bestTop1,
                        at.bestEpoch, at.epoch, at.bestLoss, summary.paths.weights)
                    .str();
}

std::string timesText(const RunSummary &summary) {
  const train::RunTimes &times = summary.times;
  const double all = summary.seconds;
  const double known = summary.compileSeconds + times.steps + times.dataWait + times.validation + times.files;
  const auto share = [&](double seconds) { return 100 * seconds / all; };
  return formatv(
      "time {0:f1} s: compile {1:f1} %, steps {2:f1} %, data wait {3:f1} %, validation {4:f1} %, files {5:f1} "
      "%, other {6:f1} %",
      all, share(summary.compileSeconds), share(times.steps), share(times.dataWait), share(times.validation),
      share(times.files), share(all - known));
}

train::SettingLines sizeLines(const train::Model &model) {
  const resnetc_training &training = model.training();
  uint64_t parameters = 0;
  for (uint32_t i = 0; i < training.tensor_count; ++i) {
    uint64_t elements = 1;
    for (uint32_t k = 0; k < training.tensors[i].rank; ++k)
      elements *= training.tensors[i].extents[k];
    parameters += elements;
  }
  const auto size = [](uint64_t bytes) { return formatv("{0:f1} MiB", static_cast<double>(bytes) / (1 << 20)).str(); };
  return {{"tensors", formatv("{0} with {1} values, running statistics included", training.tensor_count, parameters)},
          {"training state", size(training.state_bytes)},
          {"workspace", size(training.workspace_bytes)}};
}

/// JSON has no NaN.
static json::Value number(double value) { return std::isfinite(value) ? json::Value(value) : json::Value(nullptr); }

static StringRef stateName(std::optional<train::Ending> ending) {
  if (!ending)
    return "begun";
  switch (*ending) {
  case train::Ending::Finished:
    return "finished";
  case train::Ending::EarlyStop:
    return "stopped early";
  case train::Ending::Signal:
    break;
  }
  return "interrupted";
}

std::string runJson(const RunSummary &summary) {
  json::Object settings;
  for (const train::SettingLines &lines : {train::describe(summary.settings), sizeLines(summary.model)})
    for (const auto &[name, value] : lines)
      settings[name] = value;
  json::Array epochs;
  for (const train::EpochResult &epoch : summary.state.history)
    epochs.push_back(json::Object{{"train_loss", number(epoch.trainLoss)},
                                  {"validation_loss", number(epoch.validationLoss)},
                                  {"top1", number(epoch.top1)},
                                  {"top5", number(epoch.top5)},
                                  {"learning_rate", number(epoch.learningRate)},
                                  {"seconds", number(epoch.seconds)}});
  const train::Position &at = summary.state.position;
  json::Object best;
  if (at.bestEpoch)
    best = json::Object{
        {"epoch", static_cast<int64_t>(at.bestEpoch)}, {"top1", number(at.bestTop1)}, {"loss", number(at.bestLoss)}};
  json::Object times{{"compile", summary.compileSeconds},   {"steps", summary.times.steps},
                     {"data_wait", summary.times.dataWait}, {"validation", summary.times.validation},
                     {"files", summary.times.files},        {"all", summary.seconds}};
  json::Object object{{"network", summary.model.info->name},
                      {"compiler", summary.model.info->compiler},
                      {"settings", std::move(settings)},
                      {"epochs", std::move(epochs)},
                      {"best", std::move(best)},
                      {"state", stateName(summary.ending)},
                      {"seconds", std::move(times)}};
  return formatv("{0:2}\n", json::Value(std::move(object)));
}

Error writeRunJson(const RunSummary &summary) {
  return weights::writeFileAtomically(summary.paths.json, [&](raw_pwrite_stream &os) { os << runJson(summary); });
}

} // namespace resnetc::tool
