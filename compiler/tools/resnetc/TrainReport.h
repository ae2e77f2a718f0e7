//===- TrainReport.h - what a training run says at its end --------------------------------------===//

#ifndef RESNETC_COMPILER_TOOLS_RESNETC_TRAINREPORT_H
#define RESNETC_COMPILER_TOOLS_RESNETC_TRAINREPORT_H

#include "compiler/tools/resnetc/TrainOptions.h"
#include "runtime/train/Trainer.h"

namespace resnetc::tool {

struct RunSummary {
  const train::Model &model;
  const train::Settings &settings;
  const train::RunState &state;
  train::RunTimes times;
  double compileSeconds, seconds;      ///< of compiling; of all
  std::optional<train::Ending> ending; ///< none: it has just begun
  const RunPaths &paths;
};

/// "best top-1 93.21 % in epoch 9 of 10 (loss 0.2031); weights in fashion.rnw"; after a signal how to go on.
std::string resultText(const RunSummary &summary, uint64_t batchesPerEpoch);
/// "time 312.4 s: compile 1.2 %, steps 95.1 %, data wait 0.1 %, validation 3.1 %, checkpoints 0.2 %, other 0.3 %"
std::string timesText(const RunSummary &summary);
/// Number of learnt values and the bytes of state and workspace, as lines of settings.
train::SettingLines sizeLines(const train::Model &model);
/// Settings, sizes, results of each epoch and times.
std::string runJson(const RunSummary &summary);
/// The same beside the weights.
llvm::Error writeRunJson(const RunSummary &summary);

} // namespace resnetc::tool

#endif // RESNETC_COMPILER_TOOLS_RESNETC_TRAINREPORT_H
