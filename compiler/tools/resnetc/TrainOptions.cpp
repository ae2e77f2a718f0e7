//===- TrainOptions.cpp - the options of resnetc train ------------------------------------------===//

#include "compiler/tools/resnetc/TrainOptions.h"
#include "compiler/tools/resnetc/Build.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/WithColor.h"
#include <algorithm>
#include <thread>

using namespace llvm;

namespace resnetc::tool {

TrainCommandOptions::TrainCommandOptions() {
  // Those of `compile` that mean nothing here, or something else.
  training.train.removeArgument();
  training.train = true;
  training.batch.removeArgument();
  training.probe.removeArgument();
  code.batches.setDescription("short for --with batch=n");
  code.batches.setValueStr("n");
  constexpr unsigned mostThreads = 64;
  code.threads = std::clamp(std::thread::hardware_concurrency(), 1u, mostThreads);
  code.threads.setDescription(
      "threads to train with (default: one a CPU); the weights are the same bits for any number");
}

std::vector<std::string> sectionSettings(const TrainSettingOptions &with, int64_t epochs,
                                         const cl::list<int64_t> &batches, StringRef seed, StringRef learningRate) {
  std::vector<std::string> settings(with.with.begin(), with.with.end());
  if (epochs)
    settings.push_back("epochs=" + std::to_string(epochs));
  if (!batches.empty())
    settings.push_back("batch=" + std::to_string(batches[batches.size() - 1]));
  if (!seed.empty())
    settings.push_back(("seed=" + seed).str());
  if (!learningRate.empty())
    settings.push_back(("optimizer.lr=" + learningRate).str());
  return settings;
}

std::vector<std::string> TrainCommandOptions::sectionSettings() const {
  return tool::sectionSettings(with, epochs, code.batches, seed, learningRate);
}

static bool refuse(const Twine &words) {
  WithColor::error(errs(), "resnetc") << words << "\n";
  return false;
}

/// "90s", "5m" or "200" (steps), "0".
static bool parseEvery(StringRef text, double &seconds, uint64_t &steps) {
  if (text.empty())
    return true;
  double number = 0;
  const double unit = text.consume_back("m") ? 60 : text.consume_back("s") ? 1 : 0;
  if (text.getAsDouble(number) || !(number >= 0) || number > 1e9)
    return false;
  seconds = number * unit;
  steps = unit > 0 ? 0 : static_cast<uint64_t>(number);
  return unit > 0 || static_cast<double>(steps) == number;
}

bool areUsable(TrainCommandOptions &options) {
  double seconds = 0;
  uint64_t steps = 0;
  if (!parseEvery(options.checkpointEvery, seconds, steps))
    return refuse("--checkpoint-every takes a time such as 90s or 5m, or a number of steps, not '" +
                  options.checkpointEvery + "'");
  if (options.resume && options.fresh)
    return refuse("--resume goes on and --fresh begins anew: give one of them");
  if (options.resume && !options.init.empty())
    return refuse("--init is for the begin of a run; with --resume the weights are the checkpoint's");
  if (!is_contained({"", "stages", "blocks"}, StringRef(options.greedy)))
    return refuse("--greedy takes stages or blocks, not '" + options.greedy + "'");
  if (options.greedy.getNumOccurrences() && !options.training.freeze.empty())
    return refuse("--greedy freezes what it has trained; --freeze is not for it");
  if (sys::path::extension(options.output) != ".rnw")
    return refuse("-o takes a weights file, file.rnw, not '" + options.output + "'");
  return areUsable(options.code) && areUsable(options.training);
}

RunPaths runPaths(const TrainCommandOptions &options) {
  const auto beside = [&](StringRef extension) {
    SmallString<128> path(options.output);
    sys::path::replace_extension(path, extension);
    return path.str().str();
  };
  return {options.output, beside(".last.rnw"), beside(".ckpt"), beside(".csv"), beside(".jsonl"), beside(".json")};
}

train::Outputs runOutputs(const TrainCommandOptions &options, const RunPaths &paths,
                          std::vector<std::string> classNames) {
  train::Outputs outputs;
  outputs.weights = paths.weights;
  outputs.last = paths.last;
  outputs.checkpoint = paths.checkpoint;
  outputs.classNames = std::move(classNames);
  parseEvery(options.checkpointEvery, outputs.checkpointSeconds, outputs.checkpointSteps);
  return outputs;
}

void addLogs(const TrainCommandOptions &options, const RunPaths &paths, train::Logs &logs) {
  if (!options.code.quiet)
    logs.add(train::makeProgressLog());
  logs.add(train::makeCsvLog(paths.csv));
  logs.add(train::makeJsonLinesLog(paths.jsonLines));
  if (!options.tensorboard.empty())
    logs.add(train::makeTensorBoardLog(options.tensorboard));
  if (!options.plot.empty())
    logs.add(train::makePlotLog(options.plot, paths.csv));
}

} // namespace resnetc::tool
