//===- Eval.cpp - resnetc eval: how good a network is on a data set --------===//

#include "compiler/tools/resnetc/Build.h"
#include "compiler/tools/resnetc/Command.h"
#include "compiler/tools/resnetc/EvaluateModel.h"
#include "compiler/tools/resnetc/Ready.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/WithColor.h"
#include <cmath>
#include <numeric>

using namespace llvm;

namespace resnetc::tool {
namespace {

enum class Part { Test, Train };

struct EvalOptions {
  NetworkOptions network;
  CodeOptions code;
  DataOptions data;
  cl::opt<std::string> weights{"weights", cl::Required, cl::desc("weights"), cl::value_desc("file.rnw")};
  cl::opt<Part> part{"part", cl::desc("which images (default test):"), cl::init(Part::Test),
                     cl::values(clEnumValN(Part::Test, "test", "those kept for tests"),
                                clEnumValN(Part::Train, "train", "those to train with"))};
};

/// Columns of UTF-8.
size_t widthOf(StringRef text) {
  return llvm::count_if(text, [](char byte) { return (byte & 0xc0) != 0x80; });
}

std::string padded(StringRef text, size_t width) {
  return text.str() + std::string(width - std::min(width, widthOf(text)), ' ');
}

/// What the command prints.
class Report {
public:
  Report(const EvalOptions &options, const train::Evaluation &result, std::vector<std::string> names)
      : options(options), result(result), names(std::move(names)) {
    for (size_t c = this->names.size(); c < result.classes; ++c)
      this->names.push_back("class " + std::to_string(c));
    for (StringRef name : this->names)
      nameWidth = std::max(nameWidth, widthOf(name));
  }

  void print(raw_ostream &os) const {
    os << formatv("{0} images  loss {1:f4}  top-1 {2:f2} %", result.images, result.loss, 100 * result.top1);
    if (result.classes > 5)
      os << formatv("  top-5 {0:f2} %", 100 * result.top5);
    os << formatv("\n{0:f0} images/s, {1:f1} s, of which waited for data {2:f1} %\n\n", speed(), result.seconds,
                  100 * result.waitSeconds / result.seconds);
    os << padded("class", nameWidth) << "  images   right  most often taken for\n";
    for (size_t label = 0; label < result.classes; ++label)
      printClass(os, label);
    if (result.classes <= widestMatrix)
      printMatrix(os);
  }

  void printJson(raw_ostream &os) const {
    json::Array classes, confusion;
    for (size_t label = 0; label < result.classes; ++label) {
      classes.push_back(json::Object{{"name", names[label]},
                                     {"images", int64_t(result.imagesOf(label))},
                                     {"accuracy", number(result.accuracyOf(label))}});
      json::Array row;
      for (size_t predicted = 0; predicted < result.classes; ++predicted)
        row.push_back(int64_t(result.count(label, predicted)));
      confusion.push_back(std::move(row));
    }
    os << formatv("{0:2}\n", json::Value(json::Object{{"images", int64_t(result.images)},
                                                      {"loss", number(result.loss)},
                                                      {"top1", result.top1},
                                                      {"top5", result.top5},
                                                      {"seconds", result.seconds},
                                                      {"wait_seconds", result.waitSeconds},
                                                      {"images_per_second", speed()},
                                                      {"classes", std::move(classes)},
                                                      {"confusion", std::move(confusion)}}));
  }

private:
  static constexpr size_t widestMatrix = 20; ///< fits a wide terminal

  double speed() const { return double(result.images) / result.seconds; }
  /// JSON has no NaN.
  static json::Value number(double value) { return std::isfinite(value) ? json::Value(value) : json::Value(nullptr); }

  void printClass(raw_ostream &os, size_t label) const {
    const uint64_t images = result.imagesOf(label);
    os << padded(names[label], nameWidth) << formatv("  {0,6}", images);
    if (!images) {
      os << "       -\n";
      return;
    }
    os << formatv("  {0,5:f1}%", 100 * result.accuracyOf(label));
    std::vector<size_t> others(result.classes);
    std::iota(others.begin(), others.end(), 0);
    llvm::erase(others, label);
    llvm::stable_sort(others, [&](size_t a, size_t b) { return result.count(label, a) > result.count(label, b); });
    const char *separator = "  ";
    for (size_t other : ArrayRef(others).take_front(3))
      if (uint64_t times = result.count(label, other)) {
        os << separator << names[other] << " " << times;
        separator = ", ";
      }
    os << "\n";
  }

  void printMatrix(raw_ostream &os) const {
    const size_t width = std::max<size_t>(3, std::to_string(result.images).size());
    os << "\n" << padded("label", nameWidth) << "      predicted\n" << std::string(nameWidth + 4, ' ');
    for (size_t predicted = 0; predicted < result.classes; ++predicted)
      os << " " << right_justify(std::to_string(predicted), width);
    os << "\n";
    for (size_t label = 0; label < result.classes; ++label) {
      os << padded(names[label], nameWidth) << " " << right_justify(std::to_string(label), 3);
      for (size_t predicted = 0; predicted < result.classes; ++predicted)
        os << " " << right_justify(std::to_string(result.count(label, predicted)), width);
      os << "\n";
    }
  }

  const EvalOptions &options;
  const train::Evaluation &result;
  std::vector<std::string> names;
  size_t nameWidth = 5;
};

Expected<std::unique_ptr<data::DataSet>> openPart(const EvalOptions &options, const emit::PlanTables &tables) {
  auto sets = openData(options.data.folder, options.data.classes, tables.input, tables.output);
  if (!sets)
    return sets.takeError();
  const bool isTest = options.part == Part::Test;
  std::unique_ptr<data::DataSet> &set = isTest ? sets->test : sets->train;
  if (!set)
    return createStringError("%s: it has no images %s; there are others: --part=%s", options.data.folder.c_str(),
                             isTest ? "kept for tests" : "to train with", isTest ? "train" : "test");
  return std::move(set);
}

/// Enough images in a call for a steady rate; whole batches of the kernels.
size_t imagesInACall(const emit::PlanTables &tables) {
  constexpr size_t enough = 128;
  const size_t batch = tables.programs.front().batch;
  return (enough + batch - 1) / batch * batch;
}

/// The names that the weights were trained with, else the data's. Classes in another order would look like errors of
/// the network.
std::vector<std::string> chooseNames(const EvalOptions &options, std::vector<std::string> trained,
                                     ArrayRef<std::string> own) {
  if (trained.empty() || own.empty())
    return trained.empty() ? own.vec() : trained;
  for (size_t c = 0; c < std::min(trained.size(), own.size()); ++c)
    if (trained[c] != own[c]) {
      WithColor::warning(errs(), "resnetc")
          << "class " << c << " is '" << trained[c] << "' in " << options.weights << " and '" << own[c] << "' in "
          << options.data.folder << "; if that is not the same thing under two names, the accuracy means nothing\n";
      break;
    }
  return trained;
}

Error evalNetwork(const EvalOptions &options, const BuiltModel &built) {
  auto file = weights::RnwFile::open(options.weights);
  if (!file)
    return file.takeError();
  auto model = makeReady(built, options.weights);
  if (!model)
    return model.takeError();
  auto set = openPart(options, built.tables);
  if (!set)
    return set.takeError();
  auto pool = PoolContext::create(options.code.threads);
  if (!pool)
    return pool.takeError();
  auto result = evaluateModel(*model, (*pool)->get(), **set, imagesInACall(built.tables), options.code.quiet);
  if (!result)
    return result.takeError();
  Report report(options, *result, chooseNames(options, file->classNames(), (*set)->classNames()));
  options.network.json ? report.printJson(outs()) : report.print(outs());
  return Error::success();
}

} // namespace

int runEval(ArrayRef<const char *> argv) {
  registerIrOptions();
  EvalOptions options;
  if (!parseOptions(argv, "resnetc eval: loss, accuracy and confusions of a network on a data set\n") ||
      !areUsable(options.code))
    return exitUsage;
  Frontend frontend(options.network);
  std::optional<BuiltModel> built = buildForHost(frontend, options.code);
  if (!built)
    return exitDiagnostics;
  if (Error error = evalNetwork(options, *built))
    return reportError(std::move(error));
  return exitGood;
}

} // namespace resnetc::tool
