//===- Lesion.cpp - resnetc lesion: what each block is worth ---------------===//
//
// Veit, Wilber, Belongie 2016, "Residual Networks Behave Like Ensembles of Relatively Shallow Networks", section 4.1:
// one block at a time is taken out of a trained network, and nothing is trained again. Networks without that block are
// compiled as any other; they share all kernels with the whole one, which are in the cache.
//
//===----------------------------------------------------------------------===//

#include "compiler/tools/resnetc/Command.h"
#include "compiler/tools/resnetc/Progress.h"
#include "compiler/tools/resnetc/Ready.h"
#include "dsl/Parts.h"
#include "runtime/plot/Chart.h"
#include "runtime/train/Evaluate.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/WithColor.h"
#include <numeric>

using namespace llvm;

namespace resnetc::tool {
namespace {

struct LesionOptions {
  NetworkOptions network;
  CodeOptions code;
  cl::opt<std::string> weights{"weights", cl::Required, cl::desc("trained weights, by name"),
                               cl::value_desc("file.rnw")};
  cl::opt<std::string> data{"data", cl::Required, cl::desc("data set; its test images are used"),
                            cl::value_desc("folder")};
  cl::opt<size_t> images{"images", cl::init(0), cl::desc("the first n test images alone (default: all)"),
                         cl::value_desc("n")};
  cl::opt<std::string> svg{"svg", cl::desc("draw the table as bars"), cl::value_desc("file.svg")};
};

/// What was measured without one part; of the whole network `name` is empty.
struct Lesion {
  std::string name, block;
  double top1, loss;
};

class Surgery {
public:
  Surgery(const LesionOptions &options, const dsl::Network &network, const SourceMgr &sources)
      : options(options), network(network), sources(sources) {}

  /// The whole network first. Errors of the compiler are printed where they occur: empty after them.
  Expected<std::vector<Lesion>> measure() {
    if (Error error = open())
      return error;
    std::vector<dsl::RemovablePart> parts = dsl::removableParts(network);
    if (parts.empty())
      return createStringError(
          "network '" + network.name +
          "' has no residual, and no call of a block that keeps the shape: nothing can be removed");
    std::vector<Lesion> lesions;
    Progress progress("blocks");
    for (size_t i = 0; i <= parts.size(); ++i) {
      bool whole = i == 0;
      Expected<train::Evaluation> result = evaluate(whole ? network : dsl::withoutPart(network, parts[i - 1]));
      if (!result)
        return result.takeError();
      lesions.push_back({whole ? "" : parts[i - 1].name, whole ? "" : parts[i - 1].block, result->top1, result->loss});
      if (!options.code.quiet)
        progress.update(i + 1, parts.size() + 1);
    }
    return lesions;
  }

  size_t imageCount() const { return set->size(); }

private:
  Error open() {
    Expected<weights::RnwFile> file = weights::RnwFile::open(options.weights);
    if (!file)
      return file.takeError();
    if (file->isPacked())
      return createStringError(options.weights +
                               ": packed weights have no names; lesion takes those of import or train");
    if (Error error = file->namedTensors().moveInto(tensors))
      return error;
    if (Error error = weights::matchSchema(tensors, schemaOf(network), options.weights, network.name))
      return error;
    resnetc_tensor_shape input = {};
    input.element = network.inputType == dsl::ElementType::U8 ? RESNETC_U8 : RESNETC_F32;
    input.rank = network.input.size();
    std::copy(network.input.begin(), network.input.end(), input.extents);
    classes = std::accumulate(network.output.begin(), network.output.end(), int64_t(1), std::multiplies<>());
    Expected<data::DataSets> sets = data::openDataSets(options.data, input, classes);
    if (!sets)
      return sets.takeError();
    if (!sets->test)
      return createStringError(options.data + ": no test images");
    set = std::move(sets->test);
    if (options.images && options.images < set->size()) {
      std::vector<size_t> first(options.images);
      std::iota(first.begin(), first.end(), 0);
      set = data::subset(set, first);
    }
    return PoolContext::create(options.code.threads).moveInto(pool);
  }

  static std::vector<weights::SchemaEntry> schemaOf(const dsl::Network &network) {
    std::vector<weights::SchemaEntry> schema;
    for (dsl::ParameterTensor &tensor : dsl::listParameters(network))
      schema.push_back({std::move(tensor.name), std::move(tensor.shape)});
    return schema;
  }

  /// The trained tensors that the network has; those that are not there are a removed body's, and zero.
  weights::NamedTensors tensorsOf(const dsl::Network &changed) const {
    weights::NamedTensors chosen;
    for (weights::SchemaEntry &entry : schemaOf(changed)) {
      auto found = tensors.find(entry.name);
      if (found != tensors.end()) {
        chosen.insert(*found);
        continue;
      }
      weights::NamedTensor &zeros = chosen[entry.name];
      zeros.data.resize(std::accumulate(entry.shape.begin(), entry.shape.end(), int64_t(1), std::multiplies<>()));
      zeros.shape = std::move(entry.shape);
    }
    return chosen;
  }

  Expected<train::Evaluation> evaluate(const dsl::Network &changed) {
    std::optional<BuiltModel> built = buildForHost(changed, sources, options.code);
    if (!built)
      return createStringError("no object for network '" + network.name + "'");
    SmallString<128> path;
    if (std::error_code code = sys::fs::createTemporaryFile("lesion", "rnw", path))
      return createStringError("no temporary file: " + code.message());
    FileRemover remover(path);
    if (Error error = weights::writeNamed(path, tensorsOf(changed), network.name))
      return error;
    Expected<ReadyModel> model = makeReady(*built, path);
    if (!model)
      return model.takeError();
    auto run = [&](const void *images, size_t n, float *logits) {
      return model->model.run(&pool->get(), model->weights, images, n, logits, model->workspace.data());
    };
    return train::evaluate(run, *set, classes);
  }

  const LesionOptions &options;
  const dsl::Network &network;
  const SourceMgr &sources;
  weights::NamedTensors tensors;
  std::shared_ptr<data::DataSet> set;
  int64_t classes = 0;
  std::unique_ptr<PoolContext> pool;
};

void printTable(ArrayRef<Lesion> lesions, size_t images, StringRef network) {
  size_t widest = StringRef("the whole network").size();
  for (const Lesion &lesion : lesions)
    widest = std::max(widest, lesion.name.size() + StringRef("without ").size());
  outs() << formatv("{0}: one block at a time removed, {1} test images\n\n", network, images)
         << left_justify("", widest) << "     top-1    change      loss\n";
  for (const Lesion &lesion : lesions) {
    outs() << left_justify(lesion.name.empty() ? "the whole network" : "without " + lesion.name, widest)
           << format("  %6.2f %%", 100 * lesion.top1);
    if (lesion.name.empty())
      outs() << "          ";
    else
      outs() << format("  %+8.2f", 100 * (lesion.top1 - lesions[0].top1));
    outs() << format("  %8.4f\n", lesion.loss);
  }
}

void printJson(ArrayRef<Lesion> lesions, size_t images, StringRef network) {
  auto number = [](double value) { return std::isfinite(value) ? json::Value(value) : json::Value(nullptr); };
  json::Array parts;
  for (const Lesion &lesion : lesions.drop_front())
    parts.push_back(json::Object{
        {"name", lesion.name}, {"block", lesion.block}, {"top1", lesion.top1}, {"loss", number(lesion.loss)}});
  json::Object all{{"network", network},
                   {"images", static_cast<int64_t>(images)},
                   {"top1", lesions[0].top1},
                   {"loss", number(lesions[0].loss)},
                   {"parts", std::move(parts)}};
  outs() << formatv("{0:2}\n", json::Value(std::move(all)));
}

std::string draw(ArrayRef<Lesion> lesions, size_t images, StringRef network) {
  plot::BarChart chart;
  chart.title = (network + ": one block removed").str();
  chart.subtitle = formatv("accuracy on {0} test images, nothing trained again", images);
  chart.y.label = "top-1, %";
  chart.y.most = 100;
  chart.x.label = "removed block";
  chart.names = {""};
  chart.values.resize(1);
  for (const Lesion &lesion : lesions.drop_front()) {
    chart.groups.push_back(lesion.name);
    chart.values[0].push_back(100 * lesion.top1);
  }
  chart.levels = {{100 * lesions[0].top1, formatv("the whole network: {0:f2}", 100 * lesions[0].top1)}};
  return plot::drawBars(chart);
}

} // namespace

int runLesion(ArrayRef<const char *> argv) {
  registerIrOptions();
  LesionOptions options;
  if (!parseOptions(argv, "resnetc lesion: accuracy of a trained network without each of its blocks\n\n"
                          "A residual becomes its shortcut; of a network without residuals, each call of a block that "
                          "keeps the shape is left out.\n") ||
      !areUsable(options.code))
    return exitUsage;
  if (options.code.batches.empty())
    for (int64_t batch : {128, 16, 1})
      options.code.batches.push_back(batch);
  Frontend frontend(options.network);
  const dsl::Network *network = frontend.load();
  if (!network)
    return exitDiagnostics;
  Surgery surgery(options, *network, frontend.sources);
  Expected<std::vector<Lesion>> lesions = surgery.measure();
  if (!lesions)
    return reportError(lesions.takeError());
  (options.network.json ? printJson : printTable)(*lesions, surgery.imageCount(), network->name);
  if (!options.svg.empty())
    if (Error error = writeOutput(options.svg, draw(*lesions, surgery.imageCount(), network->name)))
      return reportError(std::move(error));
  return exitGood;
}

} // namespace resnetc::tool
