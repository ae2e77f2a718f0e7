//===- Train.cpp - resnetc train: a network learns from a data set -------------------------------===//

#include "compiler/tools/resnetc/Command.h"
#include "compiler/tools/resnetc/EvaluateModel.h"
#include "compiler/tools/resnetc/Measure.h"
#include "compiler/tools/resnetc/TrainParts.h"
#include "compiler/tools/resnetc/TrainReport.h"
#include "compiler/tools/resnetc/Trainable.h"
#include "runtime/train/Stop.h"
#include "runtime/train/Trainer.h"
#include "runtime/train/Weights.h"
#include "runtime/weights/AtomicFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace resnetc::tool {
namespace {

using Clock = std::chrono::steady_clock;

/// Which images train and which validate.
struct TrainData {
  data::DataSets sets;
  std::vector<std::string> classNames;
};

/// One call of the command, from the compiled model on.
class TrainRun {
public:
  TrainRun(const TrainCommandOptions &options, const TrainPart &part, TrainableModel &trainable, double compileSeconds)
      : options(options), part(part), trainable(trainable), model(trainable.model), settings(trainable.settings),
        paths(part.paths), compileSeconds(compileSeconds) {}

  /// The process's exit status.
  Expected<int> run();

private:
  Error openData();
  void makeLogs();
  Expected<std::optional<train::Checkpoint>> checkpointToResume() const;
  /// Both return notes for people.
  Expected<std::vector<std::string>> beginTrainer(train::Trainer &trainer, train::RunFiles &files);
  Expected<std::vector<std::string>> resumeTrainer(train::Trainer &trainer, train::Checkpoint &&checkpoint);
  Error startTrainer(train::Trainer &trainer, train::RunFiles &files, std::optional<train::Checkpoint> &&checkpoint);
  Expected<std::string> initialise(train::Trainer &trainer);
  RunSummary summary(train::Trainer &trainer, std::optional<train::Ending> ending) const;
  Expected<int> finish(train::Trainer &trainer, train::Ending ending);

  const TrainCommandOptions &options;
  const TrainPart &part;
  TrainableModel &trainable;
  const train::Model &model;
  train::Settings &settings;
  const RunPaths paths;
  const double compileSeconds;
  const Clock::time_point start = Clock::now();
  TrainData data;
  train::Logs logs;
};

/// The folder's sets; with --with holdout=…, or where there is no test set, part of the training data validates.
Error TrainRun::openData() {
  const resnetc_model_info &info = *model.info;
  auto sets = tool::openData(options.data, options.classes, info.input, info.output);
  if (!sets)
    return sets.takeError();
  if (!sets->train)
    return createStringError("%s has no images to train with, only a test set", options.data.c_str());
  data.sets = std::move(*sets);
  data.classNames = data.sets.train->classNames();
  const ArrayRef<int32_t> labels = data.sets.train->labels();
  settings.identity.emplace_back(
      "data", formatv("{0} images ({1:x-16})", labels.size(),
                      xxh3_64bits(ArrayRef(reinterpret_cast<const uint8_t *>(labels.data()), labels.size() * 4))));
  if (settings.holdout > 0)
    data.sets = data::holdOut(std::move(data.sets.train), settings.holdout, settings.seed);
  if (const std::string problem = train::augmentationProblem(settings.augment, info.input); !problem.empty())
    return createStringError("augment: %s", problem.c_str());
  return Error::success();
}

/// A checkpoint of an unfinished run is neither overwritten nor used without being asked to.
Expected<std::optional<train::Checkpoint>> TrainRun::checkpointToResume() const {
  const bool exists = sys::fs::exists(paths.checkpoint);
  if (options.fresh || (!exists && !part.resume))
    return std::nullopt;
  if (!exists)
    return createStringError("there is no %s to go on from; leave --resume out", paths.checkpoint.c_str());
  auto checkpoint = train::readCheckpoint(paths.checkpoint);
  if (!checkpoint)
    return checkpoint.takeError();
  if (!part.resume) {
    if (checkpoint->run.position.isFinished || checkpoint->run.position.step == 0)
      return std::nullopt; // nothing would be lost
    return createStringError("%s holds a run that has not ended (%" PRIu64 " epochs are done): go on with --resume, or "
                             "begin anew with --fresh",
                             paths.checkpoint.c_str(), checkpoint->run.position.epoch);
  }
  if (Error error = train::checkpointFits(*checkpoint, train::describe(settings), model, paths.checkpoint))
    return error;
  return std::move(*checkpoint);
}

/// Weights by name from --init; what it has not stays initialised. Returns a report.
Expected<std::string> TrainRun::initialise(train::Trainer &trainer) {
  auto file = weights::RnwFile::open(part.init);
  if (!file)
    return file.takeError();
  auto tensors = file->namedTensors();
  if (!tensors)
    return tensors.takeError();
  auto report = train::initialiseFrom(*tensors, part.init, model, trainer.state().state.data());
  if (!report)
    return report.takeError();
  return part.init + ": " + report->text();
}

/// A run that begins anew replaces an older one's checkpoint at once: --resume goes on with this run, not with that.
Expected<std::vector<std::string>> TrainRun::beginTrainer(train::Trainer &trainer, train::RunFiles &files) {
  std::vector<std::string> notes;
  if (Error error = trainer.begin())
    return error;
  if (!part.init.empty()) {
    Expected<std::string> report = initialise(trainer);
    if (!report)
      return report.takeError();
    notes.push_back(std::move(*report));
  }
  if (Error error = files.saveCheckpoint(trainer.state()))
    return error;
  return notes;
}

Expected<std::vector<std::string>> TrainRun::resumeTrainer(train::Trainer &trainer, train::Checkpoint &&checkpoint) {
  std::vector<std::string> notes;
  if (const std::string here = train::kernelsName(*model.info, trainer.threads()); here != checkpoint.compiler)
    notes.push_back("the checkpoint is of " + checkpoint.compiler + ", this is " + here +
                    ": the weights may differ in their last bits from those of a run that went on there");
  if (Error error = trainer.resume(std::move(checkpoint)))
    return error;
  const train::Position &at = trainer.state().position;
  logs.resumeAt(at.epoch * trainer.batchesPerEpoch() + at.batch, at.epoch);
  return notes;
}

Error TrainRun::startTrainer(train::Trainer &trainer, train::RunFiles &files,
                             std::optional<train::Checkpoint> &&checkpoint) {
  auto notes = checkpoint ? resumeTrainer(trainer, std::move(*checkpoint)) : beginTrainer(trainer, files);
  if (!notes)
    return notes.takeError();
  train::RunRecord record;
  record.network = model.info->name;
  record.epochs = settings.epochs;
  record.stepsPerEpoch = trainer.batchesPerEpoch();
  record.settings = train::describe(settings);
  append_range(record.settings, sizeLines(model));
  logs.begin(record);
  for (const std::string &note : *notes)
    logs.note(note);
  if (Error error = writeRunJson(summary(trainer, std::nullopt)))
    return error;
  return logs.flush();
}

void TrainRun::makeLogs() {
  if (part.allEpochs == 0)
    return addLogs(options, paths, logs);
  auto inner = std::make_unique<train::Logs>();
  addLogs(options, paths, *inner);
  logs.add(train::makeShiftedLog(std::move(inner), part.epochsBefore, part.allEpochs));
}

RunSummary TrainRun::summary(train::Trainer &trainer, std::optional<train::Ending> ending) const {
  const std::chrono::duration<double> seconds = Clock::now() - start;
  return {model,  settings, trainer.state(), trainer.times(), compileSeconds, seconds.count() + compileSeconds,
          ending, paths};
}

Expected<int> TrainRun::run() {
  if (Error error = openData())
    return error;
  auto checkpoint = checkpointToResume();
  if (!checkpoint)
    return checkpoint.takeError();
  auto pool = PoolContext::create(options.code.threads);
  if (!pool)
    return pool.takeError();
  for (const std::string &path : {paths.checkpoint, paths.weights, paths.last, paths.json, paths.csv, paths.jsonLines})
    weights::removeTemporaries(path);
  makeLogs();
  const train::StopSignals signals;
  const train::Outputs outputs = runOutputs(options, paths, data.classNames);
  train::RunFiles files(model, (*pool)->get(), train::describe(settings), outputs);
  const train::RunData runData = {data.sets.train.get(), data.sets.test.get()};
  train::Trainer trainer(model, (*pool)->get(), settings, runData, files, logs);
  if (Error error = startTrainer(trainer, files, std::move(*checkpoint)))
    return error;
  auto ending = trainer.run();
  if (!ending)
    return ending.takeError();
  return finish(trainer, *ending);
}

Expected<int> TrainRun::finish(train::Trainer &trainer, train::Ending ending) {
  const RunSummary result = summary(trainer, ending);
  logs.note(resultText(result, trainer.batchesPerEpoch()));
  logs.note(timesText(result));
  if (Error error = logs.flush())
    return error;
  if (Error error = writeRunJson(result))
    return error;
  if (ending == train::Ending::Signal)
    return 128 + train::StopSignals::requested();
  if (options.network.json)
    outs() << runJson(result);
  return exitGood;
}

} // namespace

int trainNetwork(const dsl::Network &network, const TrainCommandOptions &options, const TrainPart &part,
                 const SourceMgr &sources) {
  const auto start = Clock::now();
  std::optional<TrainableModel> model =
      buildTrainable(network, options.code, options.training, validationBatches, sources);
  if (!model)
    return exitDiagnostics;
  const std::chrono::duration<double> compiled = Clock::now() - start;
  auto status = TrainRun(options, part, *model, compiled.count()).run();
  return status ? *status : reportError(status.takeError());
}

static constexpr StringLiteral overview = "resnetc train: trains a network on a data set\n\n"
                                          "The train section of network.rn says how; --with replaces any setting of "
                                          "it. -o net.rnw writes net.rnw, the weights\n"
                                          "of the best epoch (of the last one without validation), net.last.rnw, "
                                          "net.ckpt to go on from (--resume), net.csv and\n"
                                          "net.jsonl, the logs, and net.json: settings, results and times. SIGINT and "
                                          "SIGTERM end a run after its step, saved;\n"
                                          "the exit status is 130 or 143 then. A second one ends it at once.\n";

int runTrain(ArrayRef<const char *> argv) {
  registerIrOptions();
  TrainCommandOptions options;
  if (!parseOptions(argv, overview) || !areUsable(options))
    return exitUsage;
  Frontend frontend(options.network, options.sectionSettings());
  const dsl::Network *network = frontend.load();
  if (!network)
    return exitDiagnostics;
  if (options.greedy.getNumOccurrences())
    return trainGreedily(*network, options, frontend.sources);
  return trainNetwork(*network, options, {runPaths(options), options.init, options.resume}, frontend.sources);
}

} // namespace resnetc::tool
