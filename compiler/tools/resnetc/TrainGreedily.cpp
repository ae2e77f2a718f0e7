//===- TrainGreedily.cpp - resnetc train --greedy -------------------------------------------------===//

#include "compiler/tools/resnetc/Command.h"
#include "compiler/tools/resnetc/TrainParts.h"
#include "dsl/Parts.h"
#include "runtime/train/Checkpoint.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace resnetc::tool {
namespace {

/// The train section's value; null if it says nothing.
dsl::TrainValue *epochsOf(dsl::TrainSection &section) {
  auto found = find_if(section.settings, [](const auto &setting) { return setting.first == "epochs"; });
  return found == section.settings.end() ? nullptr : &found->second;
}

/// Of a step but the last: FILE.step2.rnw and so on beside FILE.rnw. The logs are the whole run's.
RunPaths stepPaths(const RunPaths &whole, size_t step) {
  RunPaths paths = whole;
  for (std::string *path : {&paths.weights, &paths.last, &paths.checkpoint, &paths.json}) {
    SmallString<128> stem(whole.weights);
    sys::path::replace_extension(stem, "");
    std::string ending = StringRef(*path).drop_front(stem.size()).str(); // ".last.rnw"
    *path = formatv("{0}.step{1}{2}", stem, step + 1, ending);
  }
  return paths;
}

class Greedy {
public:
  Greedy(const dsl::Network &network, TrainCommandOptions &options, const SourceMgr &sources)
      : network(network), options(options), sources(sources), whole(runPaths(options)) {}

  Expected<int> run() {
    Expected<dsl::Body> found =
        dsl::bodyOf(network, options.greedy == "blocks" ? dsl::Granularity::Blocks : dsl::Granularity::Stages);
    if (!found)
      return found.takeError();
    body = std::move(*found);
    if (Error error = readEpochs())
      return error;
    if (Error error = findFinished())
      return error;
    for (size_t step = 0; step < count(); ++step) {
      if (finished[step])
        continue;
      Expected<int> status = runStep(step);
      if (!status || *status != exitGood)
        return status;
    }
    return exitGood;
  }

private:
  size_t count() const { return body.ends.size(); }
  RunPaths pathsOf(size_t step) const { return step + 1 == count() ? whole : stepPaths(whole, step); }
  int64_t epochsBefore(size_t step) const { return epochs * step / count(); }

  Error readEpochs() {
    dsl::TrainSection section = network.train.value_or(dsl::TrainSection());
    dsl::TrainValue *value = epochsOf(section);
    epochs = value ? std::get<int64_t>(value->data) : train::Settings().epochs;
    if (epochs < static_cast<int64_t>(count()))
      return createStringError(
          formatv("--greedy has {0} steps, {1} to {2}, and each one needs an epoch: give --epochs={0} "
                  "or more",
                  count(), body.names.front(), body.names.back()));
    return Error::success();
  }

  /// Which steps an interrupted run has behind it. A run that begins anew removes what an older one left, lest it is
  /// taken for its own later; it does not if that one has not ended, unless it is told to.
  Error findFinished() {
    finished.assign(count(), false);
    bool any = false;
    for (size_t step = 0; step < count(); ++step) {
      const std::string path = pathsOf(step).checkpoint;
      if (!sys::fs::exists(path))
        continue;
      any = true;
      if (options.fresh)
        continue;
      Expected<train::Checkpoint> checkpoint = train::readCheckpoint(path);
      if (!checkpoint)
        return checkpoint.takeError();
      finished[step] = options.resume && checkpoint->run.position.isFinished;
      if (!options.resume && !checkpoint->run.position.isFinished)
        return createStringError(path + " holds a run that has not ended: go on with --resume, or begin anew with "
                                        "--fresh");
    }
    if (options.resume)
      return any ? Error::success()
                 : createStringError("there is no " + pathsOf(0).checkpoint + " to go on from; leave --resume out");
    for (size_t step = 0; step < count(); ++step)
      sys::fs::remove(pathsOf(step).checkpoint);
    return Error::success();
  }

  Expected<int> runStep(size_t step) {
    Expected<dsl::Network> part = dsl::firstPart(network, body, step);
    if (!part)
      return part.takeError();
    if (!part->train)
      part->train.emplace();
    int64_t own = epochsBefore(step + 1) - epochsBefore(step);
    if (dsl::TrainValue *value = epochsOf(*part->train))
      value->data = own;
    else
      part->train->settings.push_back({"epochs", dsl::TrainValue{own}});
    TrainPart run;
    run.paths = pathsOf(step);
    run.resume = options.resume && sys::fs::exists(run.paths.checkpoint);
    run.init = step ? pathsOf(step - 1).weights : options.init.getValue();
    run.epochsBefore = epochsBefore(step);
    run.allEpochs = epochs;
    if (!options.code.quiet)
      errs() << formatv("step {0} of {1}: {2}, {3} epochs\n", step + 1, count(), body.names[step], own);
    freeze(step);
    return trainNetwork(*part, options, run, sources);
  }

  void freeze(size_t step) {
    options.training.freeze.clear();
    if (step)
      for (std::string &name : dsl::parameterLayers(network, body.ends[step - 1]))
        options.training.freeze.push_back(std::move(name));
  }

  const dsl::Network &network;
  TrainCommandOptions &options;
  const SourceMgr &sources;
  const RunPaths whole;
  dsl::Body body;
  int64_t epochs = 0;
  std::vector<bool> finished; ///< steps
};

} // namespace

int trainGreedily(const dsl::Network &network, TrainCommandOptions &options, const SourceMgr &sources) {
  Expected<int> status = Greedy(network, options, sources).run();
  return status ? *status : reportError(status.takeError());
}

} // namespace resnetc::tool
