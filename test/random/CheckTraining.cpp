//===- CheckTraining.cpp - gradients of random networks --------------------===//
//
// Of a smooth variant the gradient along a random direction is the central difference
// of the loss; of the network itself every pass of training keeps losses, gradients
// and running statistics.
//
//===----------------------------------------------------------------------===//

#include "test/random/Check.h"
#include "test/random/Loaded.h"
#include "test/random/PassNames.h"
#include "test/random/TrainingNetwork.h"
#include "llvm/Support/FormatVariadic.h"

namespace resnetc::test {
namespace {

using Module = mlir::OwningOpRef<mlir::ModuleOp>;

bool isFinite(const TrainingResult<double> &result) {
  auto all = [](const std::vector<double> &data) {
    return llvm::all_of(data, [](double x) { return std::isfinite(x); });
  };
  return all(result.losses) && llvm::all_of(result.gradients, [&](auto &each) { return all(each.second); }) &&
         llvm::all_of(result.statistics, [&](auto &each) { return all(each.second); });
}

double largestOf(const std::vector<double> &data) {
  double largest = 0;
  for (double value : data)
    largest = std::max(largest, std::abs(value));
  return largest;
}
double largestGradient(const TrainingResult<double> &result) {
  double largest = 0;
  for (auto &[name, data] : result.gradients)
    largest = std::max(largest, largestOf(data));
  return largest;
}

/// Calls f(what, a, b) for each tensor that both have; a name that only one has is a difference.
template <typename A, typename B, typename F>
std::string compareTensors(const TrainingResult<A> &a, const TrainingResult<B> &b, F f) {
  if (std::string difference = f("losses", a.losses, b.losses); !difference.empty())
    return difference;
  auto compare = [&](auto &first, auto &second, const std::string &kind) -> std::string {
    if (first.size() != second.size())
      return llvm::formatv("{0} {1}s, not {2}", second.size(), kind, first.size());
    for (auto &[name, data] : first) {
      auto other = second.find(name);
      if (other == second.end())
        return kind + " of " + name + " is missing";
      if (std::string difference = f(kind + " of " + name, data, other->second); !difference.empty())
        return difference;
    }
    return "";
  };
  std::string difference = compare(a.gradients, b.gradients, "gradient");
  return difference.empty() ? compare(a.statistics, b.statistics, "statistic") : difference;
}

/// Equal but for the order of sums.
std::string compareExact(const TrainingResult<double> &expected, const TrainingResult<double> &is) {
  double floor = 1e-12 * (1 + largestGradient(expected));
  return compareTensors(expected, is, [&](const std::string &what, auto &a, auto &b) -> std::string {
    double bound = 1e-9 * largestOf(a) + floor;
    for (size_t i = 0; i < a.size(); ++i)
      if (!(std::abs(a[i] - b[i]) <= bound))
        return llvm::formatv("{0}: element {1} is {2:e15}, not {3:e15}", what, i, b[i], a[i]);
    return "";
  });
}

/// The exact result lies within the bound of the one of floats.
std::string compareBounds(const TrainingResult<double> &exact, const TrainingResult<RunningError> &bounded) {
  return compareTensors(exact, bounded, [&](const std::string &what, auto &a, auto &b) -> std::string {
    for (size_t i = 0; i < a.size(); ++i)
      if (!(std::abs(a[i] - b[i].value) <= b[i].error * (1 + 1e-6) + 1e-12) && !std::isnan(b[i].error))
        return llvm::formatv("{0}: element {1} is {2:e9} +- {3:e3}, not {4:e9}", what, i, b[i].value, b[i].error, a[i]);
    return "";
  });
}

class TrainingChecker {
public:
  TrainingChecker(Loaded &loaded, uint64_t seed)
      : loaded(loaded), seed(seed), frozen(seed % 7 == 3), batch(1 + seed % 3), valid(batch - (seed % 4 == 1)) {
    valid = std::max<int64_t>(valid, 1);
  }

  Failure run() {
    Module network = trainable(*loaded.module, /*smooth=*/false);
    if (needsMore(*network))
      batch = valid = 3; // batch norms of one value a channel
    if (Failure failure = checkPasses(*network); !failure.empty())
      return failure;
    return checkDirection(*trainable(*loaded.module, /*smooth=*/true));
  }

private:
  bool needsMore(mlir::ModuleOp network) {
    Module step = differentiated(network, {frozen});
    if (!step)
      return false;
    auto result = TrainingValues(networkOf(network), seed, batch, valid).run<double>(networkOf(*step));
    return !result && (llvm::consumeError(result.takeError()), true);
  }

  //===-- passes ---------------------------------------------------------------===//

  Failure checkPasses(mlir::ModuleOp network) {
    Module step = differentiated(network, {frozen});
    if (!step)
      return "differentiate: " + loaded.objections;
    TrainingValues values(networkOf(network), seed, batch, valid);
    auto exact = values.run<double>(networkOf(*step));
    if (!exact)
      return "training: " + llvm::toString(exact.takeError());
    if (!isFinite(*exact))
      return "";
    auto bounded = llvm::cantFail(values.run<RunningError>(networkOf(*step)));
    if (std::string difference = compareBounds(*exact, bounded); !difference.empty())
      return "running error of training: " + difference;
    std::vector<std::string> names =
        pipelineNames(loaded.context, [](mlir::OpPassManager &manager) { rn::addTrainingPasses(manager, {}); });
    names.erase(names.begin(), std::find(names.begin(), names.end(), "differentiate") + 1);
    if (Failure failure = runInOrder(*step, values, *exact, names); !failure.empty())
      return failure;
    std::mt19937 random(uint32_t(seed * 31 + 7));
    names.pop_back(); // select-layout
    names.push_back("canonicalize");
    std::shuffle(names.begin(), names.end(), random);
    return runInOrder(*step, values, *exact, names);
  }

  Failure runInOrder(mlir::ModuleOp step, const TrainingValues &values, const TrainingResult<double> &exact,
                     const std::vector<std::string> &names) {
    Module module = step.clone();
    std::string history;
    for (const std::string &name : names) {
      std::string stage = "training pass " + name + ": ", behind = history.empty() ? "" : " (after" + history + ")";
      if (std::string objection = runPass(*module, name, loaded.objections); !objection.empty())
        return stage + objection + behind;
      auto result = llvm::cantFail(values.run<double>(networkOf(*module)));
      if (std::string difference = compareExact(exact, result); !difference.empty())
        return stage + difference + behind;
      history += " " + name;
    }
    auto bounded = llvm::cantFail(values.run<RunningError>(networkOf(*module)));
    std::string difference = compareBounds(exact, bounded);
    return difference.empty() ? "" : "running error of training: " + difference + " (after" + history + ")";
  }

  //===-- central differences ------------------------------------------------------===//

  Failure checkDirection(mlir::ModuleOp network) {
    Module step = differentiated(network, {frozen});
    if (!step)
      return "differentiate: " + loaded.objections;
    TrainingValues values(networkOf(network), seed, batch, valid);
    auto result = llvm::cantFail(values.run<double>(networkOf(*step)));
    if (!isFinite(result))
      return "";
    std::mt19937 random(uint32_t(seed * 17 + 3));
    std::uniform_real_distribution<double> uniform(-1, 1);
    llvm::StringMap<std::vector<double>> direction;
    double slope = 0, size = 0;
    for (auto &[name, gradient] : result.gradients)
      for (double element : gradient) {
        direction[name].push_back(uniform(random));
        slope += element * direction[name].back();
        size += std::abs(element * direction[name].back());
      }
    // The largest step that is small enough for this network's curvature.
    double best = std::numeric_limits<double>::infinity(), nearest = 0;
    for (double h : {1e-3, 1e-4, 1e-5, 1e-6}) {
      auto at = [&](double steps) { return values.loss(networkOf(*step), direction, steps * h); };
      double difference = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
      if (std::abs(difference - slope) < best)
        std::tie(best, nearest) = std::pair(std::abs(difference - slope), difference);
      if (best <= 1e-5 * std::max(std::abs(slope), 1e-3 * size) + 1e-9)
        return "";
    }
    return llvm::formatv("central difference: the loss changes by {0:e12}, the gradient says {1:e12}", nearest, slope);
  }

  Loaded &loaded;
  uint64_t seed;
  bool frozen;
  int64_t batch, valid;
};

} // namespace

Failure checkTraining(const std::string &text, uint64_t seed) {
  Loaded loaded(text);
  if (!loaded.module)
    return loaded.failure;
  return TrainingChecker(loaded, seed).run();
}

} // namespace resnetc::test
