//===- Inspect.cpp - resnetc inspect: what a network is and becomes --------===//

#include "compiler/inspect/Print.h"
#include "compiler/inspect/drawing/Drawing.h"
#include "compiler/tools/resnetc/Build.h"
#include "compiler/tools/resnetc/Command.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/WithColor.h"

using namespace llvm;

namespace resnetc::tool {
namespace {

struct InspectOptions {
  NetworkOptions network;
  cl::opt<int64_t> batch{"batch", cl::desc("images at once, for layouts, kernels and memory (default 1)"), cl::init(1),
                         cl::value_desc("n")};
  cl::opt<bool> all{"all", cl::desc("a line for every layer: repeated blocks are not folded")};
  cl::opt<std::string> svg{"svg", cl::desc("draw the network, repeated blocks folded, instead of the table"),
                           cl::value_desc("file.svg")};
};

constexpr StringLiteral overview =
    R"(resnetc inspect: what a network consists of and what the compiler makes of it

A line for each layer: output shape (channels x height x width), parameters, multiply-adds for one input,
receptive field (input pixels that one output pixel sees through windows; "all" behind a global pool or linear
layer; what a scale or gate multiplies with is not counted), layout and border of what its kernel writes, the memory
of that, and the kernel. "in X": the arithmetic is done by X's kernel. Of equal blocks in a row only the first is
listed, with their count.
)";

/// The plan with and without loops over equal blocks; see Inspection.
struct Plans {
  mlir::OwningOpRef<mlir::ModuleOp> plan, unrolled;
};

std::optional<Plans> makePlans(const dsl::Network &network, int64_t batch, const SourceMgr &sources,
                               mlir::MLIRContext &context) {
  Plans plans;
  plans.plan = makeRn(network, sources, context);
  if (!plans.plan || failed(optimiseRn(*plans.plan)))
    return std::nullopt;
  plans.unrolled = plans.plan->clone();
  plan::PlanOptions options;
  options.batches = {batch};
  if (failed(makePlan(*plans.plan, options)))
    return std::nullopt;
  options.rollBlocks = false;
  if (failed(makePlan(*plans.unrolled, options)))
    return std::nullopt;
  return plans;
}

int draw(const dsl::Network &network, StringRef path) {
  std::string picture = inspect::drawNetwork(network, inspect::makeTree(network, /*fold=*/true));
  if (Error error = writeOutput(path, picture))
    return reportError(std::move(error));
  return exitGood;
}

} // namespace

int runInspect(ArrayRef<const char *> argv) {
  registerIrOptions();
  InspectOptions options;
  if (!parseOptions(argv, overview) || !isUsableBatch(options.batch))
    return exitUsage;
  Frontend frontend(options.network);
  const dsl::Network *network = frontend.load();
  if (!network)
    return exitDiagnostics;
  if (!options.svg.empty())
    return draw(*network, options.svg);
  mlir::MLIRContext context;
  printIrDiagnostics(context);
  std::optional<Plans> plans = makePlans(*network, options.batch, frontend.sources, context);
  if (!plans)
    return exitDiagnostics;
  inspect::Inspection inspection(*network, *plans->plan, *plans->unrolled);
  if (options.network.json)
    outs() << formatv("{0:2}\n", json::Value(inspect::toJson(inspection)));
  else
    inspect::printTable(inspection, options.all, outs());
  return exitGood;
}

} // namespace resnetc::tool
