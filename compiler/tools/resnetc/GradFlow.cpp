//===- GradFlow.cpp - resnetc gradflow: how far gradients reach ---------------------------------------===//

#include "compiler/tools/resnetc/Command.h"
#include "compiler/tools/resnetc/EvaluateModel.h"
#include "compiler/tools/resnetc/Measure.h"
#include "compiler/tools/resnetc/TrainOptions.h"
#include "compiler/tools/resnetc/Trainable.h"
#include "runtime/train/GradientFlow.h"
#include "runtime/train/Stepper.h"
#include "runtime/weights/AtomicFile.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/WithColor.h"
#include <cmath>

using namespace llvm;

namespace resnetc::tool {
namespace {

constexpr StringLiteral overview =
    R"(resnetc gradflow: trains for a while and records how large gradients are along the network

Every --every steps: for each residual, y = x + F(x), the norms of F(x), of x and of the loss's gradient with respect to
y, over one batch; and the norm of each parameter's gradient, before clipping. Training is that of resnetc train: the
file's train section, its order of the images, augmentation and learning rates. A plain network has no residuals: the
gradients of its parameters say whether they reach the first layer.
)";

struct GradFlowOptions {
  NetworkOptions network;
  CodeOptions code;
  TrainOptions training;
  TrainSettingOptions with;
  DataOptions data;
  cl::opt<int64_t> steps{"steps", cl::init(0),
                         cl::desc("steps to train (default 100); schedules are those of the whole run"),
                         cl::value_desc("n")};
  cl::opt<int64_t> epochs{"epochs", cl::init(0), cl::desc("epochs to train, and of the schedule, instead of --steps"),
                          cl::value_desc("n")};
  cl::opt<int64_t> every{"every", cl::init(0), cl::desc("steps between records (default: ten records)"),
                         cl::value_desc("n")};
  cl::opt<std::string> output{"o", cl::desc("write all records as JSON"), cl::value_desc("file.json")};
  cl::opt<std::string> svg{"svg", cl::desc("draw them"), cl::value_desc("file.svg")};
  cl::opt<std::string> besideSvg{"beside-svg", cl::desc("draw this network beside those of --beside"),
                                 cl::value_desc("file.svg")};
  cl::list<std::string> beside{"beside", cl::CommaSeparated, cl::desc("what -o has written for other networks"),
                               cl::value_desc("other.json")};
  cl::opt<std::string> seed{"seed", cl::desc("short for --with seed=n"), cl::value_desc("n")};
  cl::opt<std::string> learningRate{"lr", cl::desc("short for --with optimizer.lr=x"), cl::value_desc("x")};

  /// Those of `compile` that mean nothing here, or something else; as `train` has them.
  GradFlowOptions() {
    training.train.removeArgument();
    training.probe.removeArgument();
    training.batch.removeArgument();
    training.train = training.probe = true;
    code.batches.setDescription("short for --with batch=n");
    code.batches.setValueStr("n");
    code.threads.setDescription("threads to train with (default 2)");
  }

  std::vector<std::string> sectionSettings() const {
    return tool::sectionSettings(with, epochs, code.batches, seed, learningRate);
  }
};

bool areUsable(const GradFlowOptions &options) {
  const auto refuse = [](const Twine &words) {
    WithColor::error(errs(), "resnetc") << words << "\n";
    return false;
  };
  if (options.steps && options.epochs)
    return refuse("--steps or --epochs, not both");
  for (const auto *number : {&options.steps, &options.epochs, &options.every})
    if (number->getNumOccurrences() && *number < 1)
      return refuse("--" + number->ArgStr + " takes a number from 1 on");
  if (options.beside.empty() != options.besideSvg.empty())
    return refuse("--beside and --beside-svg need each other");
  return areUsable(options.code) && areUsable(options.training);
}

/// The layers with parameters, in the network's order.
std::vector<std::string> layersOf(const dsl::Network &network) {
  std::vector<std::string> names;
  for (const dsl::ParameterTensor &tensor : dsl::listParameters(network))
    if (std::string layer = StringRef(tensor.name).rsplit('.').first.str(); names.empty() || names.back() != layer)
      names.push_back(std::move(layer));
  return names;
}

/// The steps of one command.
class FlowRun {
public:
  FlowRun(const GradFlowOptions &options, const TrainableModel &trainable, std::vector<std::string> layers)
      : options(options), model(trainable.model), settings(trainable.settings), recorder(model, layers) {}

  Error run() {
    const resnetc_model_info &info = *model.info;
    auto sets = openData(options.data.folder, options.data.classes, info.input, info.output);
    if (!sets)
      return sets.takeError();
    if (!sets->train)
      return createStringError("%s has no images to train with, only a test set", options.data.folder.c_str());
    if (settings.holdout > 0)
      *sets = data::holdOut(std::move(sets->train), settings.holdout, settings.seed);
    auto pool = PoolContext::create(options.code.threads);
    if (!pool)
      return pool.takeError();
    return train(*sets->train, (*pool)->get());
  }

  const train::Flow &flow() const { return recorder.flow(); }

private:
  Error train(const data::DataSet &set, const resnetc_context &context);

  const GradFlowOptions &options;
  const train::Model &model;
  train::Settings settings;
  train::FlowRecorder recorder;
};

Error FlowRun::train(const data::DataSet &set, const resnetc_context &context) {
  if (const std::string problem = train::augmentationProblem(settings.augment, model.info->input); !problem.empty())
    return createStringError("augment: %s", problem.c_str());
  train::LoaderOptions how;
  how.batch = settings.batch;
  how.seed = settings.seed;
  // Probes measure whole batches.
  how.leastImages = settings.batch;
  train::Loader loader(set, settings.augment, how);
  const uint64_t perEpoch = loader.batchesPerEpoch() / settings.accumulate;
  if (!perEpoch)
    return createStringError("%s has %zu images, fewer than the %llu of one step", options.data.folder.c_str(),
                             set.size(), (unsigned long long)(settings.batch * settings.accumulate));
  const train::RunLength length = {perEpoch, settings.epochs};
  constexpr uint64_t defaultSteps = 100, defaultRecords = 10;
  const uint64_t steps = options.epochs ? length.steps() : options.steps ? uint64_t(options.steps) : defaultSteps;
  const uint64_t every = options.every ? uint64_t(options.every) : std::max<uint64_t>(1, steps / defaultRecords);

  train::RunState now;
  now.state = AlignedBytes(model.training().state_bytes);
  if (const int status = model.init(settings.seed, now.state.data()))
    return createStringError("init: %s", resnetc_status_string(status));
  train::Stepper stepper(model, context, settings);
  for (uint64_t step = 0; step < steps; ++step) {
    const bool records = step % every == 0 || step + 1 == steps;
    Error noted = Error::success();
    const auto record = [&](const train::StepResult &seen, const void *workspace) {
      if (records)
        noted = joinErrors(std::move(noted), recorder.add(step, seen.loss(), workspace));
    };
    auto result =
        stepper.run(loader, settings.accumulate,
                    train::learningRate(settings.schedule, settings.hyper.learning_rate, step, length), now, record);
    if (!result)
      return joinErrors(std::move(noted), result.takeError());
    if (noted)
      return noted;
    now.position.step = step + 1;
    if (!options.code.quiet && records)
      errs() << "step " << step << ": loss " << formatv("{0:F4}", result->loss()) << "\n";
    if (!std::isfinite(result->loss())) {
      WithColor::warning(errs(), "resnetc") << "the loss of step " << step << " is no number: nothing more to record\n";
      break;
    }
  }
  return Error::success();
}

} // namespace

static void writeJson(raw_ostream &os, const TrainableModel &trainable, const train::Flow &flow) {
  json::OStream json(os, 1);
  json.object([&] {
    json.attributeObject("settings", [&] {
      for (const auto &[name, value] : train::describe(trainable.settings))
        json.attribute(name, value);
    });
    train::writeFlow(json, flow);
  });
  os << "\n";
}

static Error report(const GradFlowOptions &options, const TrainableModel &trainable, const train::Flow &flow,
                    ArrayRef<train::Flow> others) {
  if (!options.output.empty())
    if (Error error = weights::writeFileAtomically(options.output,
                                                   [&](raw_pwrite_stream &os) { writeJson(os, trainable, flow); }))
      return error;
  const auto draw = [](StringRef path, const plot::Picture &picture) {
    return weights::writeFileAtomically(path, [&](raw_pwrite_stream &os) { os << plot::drawLines(picture); });
  };
  if (!options.svg.empty())
    if (Error error = draw(options.svg, train::drawFlow(flow)))
      return error;
  if (!options.besideSvg.empty()) {
    SmallVector<const train::Flow *> all = {&flow};
    for (const train::Flow &other : others)
      all.push_back(&other);
    if (Error error = draw(options.besideSvg, train::compareFlows(all)))
      return error;
  }
  if (options.network.json)
    writeJson(outs(), trainable, flow);
  else
    outs() << train::flowTable(flow);
  return Error::success();
}

/// Before the long part of the work begins.
static Expected<std::vector<train::Flow>> readOthers(const GradFlowOptions &options) {
  std::vector<train::Flow> others;
  for (const std::string &path : options.beside) {
    auto file = MemoryBuffer::getFile(path);
    if (!file)
      return createStringError(path + ": " + file.getError().message());
    auto flow = train::readFlow((*file)->getBuffer());
    if (!flow)
      return createStringError(path + ": " + toString(flow.takeError()) + "; --beside takes what gradflow -o writes");
    flow->network = sys::path::stem(path).str(); // one network may have several files
    others.push_back(std::move(*flow));
  }
  return others;
}

int runGradFlow(ArrayRef<const char *> argv) {
  registerIrOptions();
  GradFlowOptions options;
  if (!parseOptions(argv, overview))
    return exitUsage;
  if (!areUsable(options))
    return exitUsage;
  auto others = readOthers(options);
  if (!others)
    return reportError(others.takeError());
  Frontend frontend(options.network, options.sectionSettings());
  const dsl::Network *network = frontend.load();
  if (!network)
    return exitDiagnostics;
  std::optional<TrainableModel> trainable =
      buildTrainable(*network, options.code, options.training, {1}, frontend.sources);
  if (!trainable)
    return exitDiagnostics;
  FlowRun run(options, *trainable, layersOf(*network));
  if (Error error = run.run())
    return reportError(std::move(error));
  if (Error error = report(options, *trainable, run.flow(), *others))
    return reportError(std::move(error));
  return exitGood;
}

} // namespace resnetc::tool
