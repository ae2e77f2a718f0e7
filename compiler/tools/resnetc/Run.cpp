//===- Run.cpp - resnetc run: a network on a file of pictures --------------===//

#include "compiler/tools/resnetc/Build.h"
#include "compiler/tools/resnetc/Command.h"
#include "compiler/tools/resnetc/Measure.h"
#include "compiler/tools/resnetc/Ready.h"
#include "runtime/data/Images.h"
#include "runtime/data/Npy.h"
#include "runtime/weights/AtomicFile.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include <cmath>
#include <numeric>

using namespace llvm;

namespace resnetc::tool {
namespace {

struct RunOptions {
  NetworkOptions network;
  CodeOptions code;
  cl::opt<std::string> weights{"weights", cl::Required, cl::desc("weights"), cl::value_desc("file.rnw")};
  cl::opt<std::string> input{"input", cl::Required, cl::desc("PNG, JPEG, .npy or raw bytes"), cl::value_desc("file")};
  cl::opt<std::string> output{"output", cl::desc("write the logits as .npy"), cl::value_desc("file.npy")};
  cl::opt<unsigned> top{"top", cl::desc("classes to print for each picture (default 5)"), cl::init(5),
                        cl::value_desc("k")};
};

struct Prediction {
  size_t index;
  float logit;
  double probability;
};

/// The `count` largest logits with their softmax; a NaN counts as larger than any number, so that it shows.
std::vector<Prediction> topPredictions(ArrayRef<float> logits, size_t count) {
  auto larger = [&](size_t a, size_t b) {
    return std::isnan(logits[a]) ? !std::isnan(logits[b]) : logits[a] > logits[b];
  };
  std::vector<size_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0);
  llvm::stable_sort(order, larger);
  double sum = 0;
  for (float logit : logits)
    sum += std::exp(static_cast<double>(logit) - logits[order[0]]);
  std::vector<Prediction> result;
  for (size_t index : ArrayRef(order).take_front(count))
    result.push_back({index, logits[index], std::exp(static_cast<double>(logits[index]) - logits[order[0]]) / sum});
  return result;
}

/// What the commands prints of all pictures.
class Report {
public:
  Report(const RunOptions &options, ArrayRef<float> logits, size_t classes, std::vector<std::string> names)
      : options(options), logits(logits), classes(classes), names(std::move(names)) {}

  void print() const {
    for (size_t picture = 0; picture * classes < logits.size(); ++picture) {
      outs() << formatv("{0}[{1}]", options.input, picture);
      for (const Prediction &prediction : predictions(picture))
        outs() << formatv("  {0} {1:f1}%", className(prediction.index), 100 * prediction.probability);
      outs() << "\n";
    }
  }

  void printJson() const {
    json::Array pictures;
    for (size_t picture = 0; picture * classes < logits.size(); ++picture) {
      json::Array top;
      for (const Prediction &prediction : predictions(picture))
        top.push_back(json::Object{{"class", static_cast<int64_t>(prediction.index)},
                                   {"name", className(prediction.index)},
                                   {"logit", number(prediction.logit)},
                                   {"probability", number(prediction.probability)}});
      pictures.push_back(std::move(top));
    }
    outs() << formatv("{0:2}\n", json::Value(std::move(pictures)));
  }

private:
  std::vector<Prediction> predictions(size_t picture) const {
    return topPredictions(logits.slice(picture * classes, classes), options.top);
  }
  /// JSON has no NaN.
  static json::Value number(double value) { return std::isfinite(value) ? json::Value(value) : json::Value(nullptr); }
  std::string className(size_t index) const {
    return index < names.size() ? names[index] : "class " + std::to_string(index);
  }

  const RunOptions &options;
  ArrayRef<float> logits;
  size_t classes;
  std::vector<std::string> names;
};

Error runNetwork(const RunOptions &options, const BuiltModel &built) {
  auto file = weights::RnwFile::open(options.weights);
  if (!file)
    return file.takeError();
  auto images = data::readImages(options.input, built.tables.input);
  if (!images)
    return images.takeError();
  auto model = makeReady(built, options.weights);
  if (!model)
    return model.takeError();
  auto pool = PoolContext::create(options.code.threads);
  if (!pool)
    return pool.takeError();
  const resnetc_tensor_shape &output = built.tables.output;
  std::vector<float> logits(elementsPerImage(output) * images->count);
  if (Error error = model->run((*pool)->get(), images->bytes.data(), images->count, logits.data()))
    return error;
  if (!options.output.empty()) {
    std::vector<int64_t> shape{static_cast<int64_t>(images->count)};
    shape.insert(shape.end(), output.extents, output.extents + output.rank);
    return weights::writeFileAtomically(options.output,
                                        [&](raw_pwrite_stream &os) { data::writeNpy(os, shape, logits); });
  }
  Report report(options, logits, elementsPerImage(output), file->classNames());
  options.network.json ? report.printJson() : report.print();
  return Error::success();
}

} // namespace

int runRun(ArrayRef<const char *> argv) {
  registerIrOptions();
  RunOptions options;
  if (!parseOptions(argv, "resnetc run: runs a network on pictures\n") || !areUsable(options.code))
    return exitUsage;
  Frontend frontend(options.network);
  std::optional<BuiltModel> built = buildForHost(frontend, options.code);
  if (!built)
    return exitDiagnostics;
  if (Error error = runNetwork(options, *built))
    return reportError(std::move(error));
  return exitGood;
}

} // namespace resnetc::tool
