//===- CheckPasses.cpp - a network computes the same after every pass -------===//

#include "dsl/Format.h"
#include "test/random/Check.h"
#include "test/random/Loaded.h"
#include "test/random/PassNames.h"
#include "test/random/PlanSimulation.h"
#include "test/random/TextTree.h"
#include "test/random/Values.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

namespace resnetc::test {
namespace {

using Module = mlir::OwningOpRef<mlir::ModuleOp>;

/// What must have run before a pass, or its result would be wrong or refused (Passes.td). Nothing runs after
/// select-layout, which ends the pipeline.
struct Needs {
  llvm::StringRef pass;
  std::vector<llvm::StringRef> before;
};
const std::vector<Needs> &legality() {
  static const std::vector<Needs> table = {{"elide-dropout", {}},
                                           {"fold-batch-norm", {}},
                                           {"flatten-residuals", {}},
                                           {"fuse-skip-add", {"flatten-residuals"}},
                                           {"fuse-activation", {}},
                                           {"canonicalize", {}},
                                           {"cse", {}},
                                           {"select-layout", {"flatten-residuals"}}};
  return table;
}

class PassChecker {
public:
  PassChecker(Loaded &loaded, uint64_t seed)
      : loaded(loaded), seed(seed), values(networkOf(*loaded.module), seed, 1 + seed % 2) {}

  Failure run() {
    exact = values.run<double>(networkOf(*loaded.module));
    bounded = values.run<RunningError>(networkOf(*loaded.module));
    for (size_t i = 0; i < exact.size(); ++i)
      if (!(std::abs(exact[i] - bounded[i].value) <= bounded[i].error * (1 + 1e-6) + 1e-12) &&
          !std::isnan(bounded[i].error))
        return "running error: result " + std::to_string(i) + " is out of its own bound";
    std::vector<std::string> names = pipelineNames(loaded.context, rn::addRnPasses);
    if (Failure failure = runInOrder(names); !failure.empty())
      return failure;
    std::mt19937 random(uint32_t(seed * 31 + 7));
    for (int order = 0; order < 2; ++order)
      if (Failure failure = runInOrder(drawOrder(names, random)); !failure.empty())
        return failure;
    return "";
  }

private:
  /// The network after these passes is the network before, after each of them.
  Failure runInOrder(const std::vector<std::string> &names) {
    Module module = loaded.module->clone();
    std::string history;
    for (const std::string &name : names) {
      std::string stage = "pass " + name + ": ", behind = history.empty() ? "" : " (after" + history + ")";
      if (std::string objection = runPass(*module, name, loaded.objections); !objection.empty())
        return stage + objection + behind;
      if (std::string difference = compareExact(exact, values.run<double>(networkOf(*module))); !difference.empty())
        return stage + difference + behind;
      if (std::string difference = compareBounded(bounded, values.run<RunningError>(networkOf(*module)));
          !difference.empty())
        return stage + difference + behind;
      history += " " + name;
    }
    return "";
  }

  /// A legal order of some of the passes; a pass may come more than once.
  static std::vector<std::string> drawOrder(const std::vector<std::string> &names, std::mt19937 &random) {
    std::vector<std::string> order;
    llvm::StringSet<> done;
    for (size_t left = 1 + random() % 7; left > 0; --left) {
      const std::string &name = names[random() % names.size()];
      auto needs = llvm::find_if(legality(), [&](const Needs &entry) { return entry.pass == name; });
      if (needs == legality().end()) {
        llvm::errs() << "say in CheckPasses.cpp what must have run before " << name << "\n";
        std::abort();
      }
      if (!llvm::all_of(needs->before, [&](llvm::StringRef before) { return done.contains(before); }))
        continue;
      order.push_back(name);
      done.insert(name);
      if (name == "select-layout")
        break;
    }
    return order;
  }

  Loaded &loaded;
  uint64_t seed;
  Values values;
  std::vector<double> exact;
  std::vector<RunningError> bounded;
};

/// Another text that must say the same.
Failure checkSame(const std::string &stage, const std::string &text, const std::string &rn) {
  Loaded again(text);
  if (!again.module)
    return stage + ": the text is refused: " + again.failure;
  return printRn(*again.module) == rn ? "" : stage + ": the text has another meaning";
}

/// What `resnetc fmt` makes of a text; why not if it makes nothing.
std::string format(const std::string &text, std::string &why) {
  llvm::SourceMgr sources;
  dsl::Diagnostics diagnostics(sources);
  unsigned id = sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBuffer(text, "random.rn"), llvm::SMLoc());
  std::optional<dsl::Formatted> result = dsl::format(sources.getMemoryBuffer(id)->getBuffer(), diagnostics);
  why = result ? result->mistake : "the text is refused";
  return result ? result->text : "";
}

/// The formatted text says the same, and is its own format.
Failure checkFormat(const std::string &text, const std::string &rn) {
  std::string why, once = format(text, why);
  if (!why.empty())
    return "formatter: " + why;
  if (Failure failure = checkSame("formatter", once, rn); !failure.empty())
    return failure;
  std::string twice = format(once, why);
  return why.empty() && twice == once ? "" : "formatter: formatting twice is not formatting once";
}

/// What the printer and the formatter make of a text, and the text with its repeats written out.
Failure checkTexts(const std::string &text, const std::string &rn) {
  if (Failure failure = checkSame("printer", canonical(text), rn); !failure.empty())
    return failure;
  if (Failure failure = checkFormat(text, rn); !failure.empty())
    return failure;
  std::string byHand = unrolled(text);
  return byHand.empty() ? "" : checkSame("unrolled repeat", byHand, rn);
}

} // namespace

std::string stageOf(const Failure &failure) {
  std::string stage = failure.substr(0, failure.find(": "));
  size_t error = failure.find("error: ");
  if (stage == "front end" && error != std::string::npos)
    for (char c : llvm::StringRef(failure).drop_front(error).split('\n').first)
      if (!llvm::isDigit(c))
        stage += c;
  return stage;
}

Failure checkPasses(const std::string &text, uint64_t seed, const ExpectedShapes *expected) {
  Loaded loaded(text);
  if (!loaded.module)
    return loaded.failure;
  if (expected && (loaded.network->input != expected->input || loaded.network->output != expected->output))
    return "shapes: the generator expects others than the front end";
  if (Failure failure = checkTexts(text, printRn(*loaded.module)); !failure.empty())
    return failure;
  if (Failure failure = PassChecker(loaded, seed).run(); !failure.empty())
    return failure;
  return checkPlan(*loaded.module, seed, loaded.objections);
}

} // namespace resnetc::test
