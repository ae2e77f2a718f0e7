//===- Bench.cpp - resnetc bench: latency and share of the peak ------------===//

#include "compiler/tools/resnetc/Build.h"
#include "compiler/tools/resnetc/Command.h"
#include "compiler/tools/resnetc/Measure.h"
#include "compiler/tools/resnetc/Peak.h"
#include "compiler/tools/resnetc/Ready.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include <chrono>
#include <random>

using namespace llvm;

namespace resnetc::tool {
namespace {

struct BenchOptions {
  NetworkOptions network;
  CodeOptions code;
  cl::opt<std::string> weights{"weights", cl::desc("weights (default: random numbers)"), cl::value_desc("file.rnw")};
  cl::opt<double> seconds{"seconds", cl::desc("how long to measure (default 3)"), cl::init(3.0), cl::value_desc("s")};
  cl::opt<bool> perLayer{"per-layer", cl::desc("a table with each layer's time, GFLOP/s and share of the peak")};
};

using Seconds = std::chrono::duration<double>;

/// One row of the per-layer table: the least time of one execution of a step in all profiled runs. What is printed is
/// that times its executions.
struct LayerRow {
  const emit::StepLabel *label;
  std::string kernel;
  double seconds;
};

struct Result {
  uint32_t batch = 1;
  Latency latency;
  double flops = 0; ///< of one run
  double peak = 0;  ///< FLOP/s
  std::vector<LayerRow> layers;
};

class Benchmark {
public:
  Benchmark(const BenchOptions &options, const BuiltModel &built, ReadyModel &model, PoolContext &pool)
      : options(options), tables(built.tables), model(model), pool(pool) {
    images.resize(bytesPerImage(tables.input) * batch());
    fillImages();
    logits.resize(elementsPerImage(tables.output) * batch());
  }

  Expected<Result> measure() {
    Result result;
    result.batch = batch();
    for (const emit::StepLabel &label : tables.labels)
      if (label.program == 0)
        result.flops += static_cast<double>(label.flops * label.executions());
    for (int i = 0; i < 3; ++i) // caches, pages, sleeping threads
      if (Error error = runOnce())
        return error;
    result.peak = measurePeakFlops(pool.get());
    auto times = measureRuns();
    if (!times)
      return times.takeError();
    result.latency = summarise(std::move(*times));
    if (options.perLayer)
      if (Error error = profileLayers(result))
        return error;
    return result;
  }

private:
  /// The largest batch that kernels were made for; the first program.
  uint32_t batch() const { return tables.programs.front().batch; }

  void fillImages() {
    std::mt19937 generator(1);
    if (tables.input.element == RESNETC_U8) {
      for (uint8_t &byte : images)
        byte = static_cast<uint8_t>(generator());
      return;
    }
    std::normal_distribution<float> normal;
    auto *numbers = reinterpret_cast<float *>(images.data());
    std::generate_n(numbers, images.size() / sizeof(float), [&] { return normal(generator); });
  }

  Error runOnce() { return model.run(pool.get(), images.data(), batch(), logits.data()); }

  Expected<std::vector<double>> measureRuns() {
    std::vector<double> times;
    auto end = std::chrono::steady_clock::now() + Seconds(options.seconds);
    do {
      auto start = std::chrono::steady_clock::now();
      if (Error error = runOnce())
        return error;
      times.push_back(Seconds(std::chrono::steady_clock::now() - start).count());
    } while (std::chrono::steady_clock::now() < end);
    return times;
  }

  Error profileLayers(Result &result) {
    std::map<uint32_t, double> seconds;
    pool.profileInto(seconds);
    for (size_t run = 0; run < std::max<size_t>(20, result.latency.runs / 4); ++run)
      if (Error error = runOnce())
        return error;
    for (auto [index, least] : seconds) {
      const emit::StepLabel &label = tables.labels[index];
      std::string kernel = label.opcode == RESNETC_STEP_CALL ? tables.kernels[label.kernel] : "border";
      result.layers.push_back({&label, std::move(kernel), least});
    }
    return Error::success();
  }

  const BenchOptions &options;
  const emit::PlanTables &tables;
  ReadyModel &model;
  PoolContext &pool;
  std::vector<uint8_t> images;
  std::vector<float> logits;
};

/// The layer, and how often its step runs: "layer1.0.conv2 x17" for 17 equal blocks in a loop (the name is the first
/// one's), "x16 images" for a loop over images.
std::string rowName(const emit::StepLabel &label) {
  std::string name = label.layer;
  if (label.blocks > 1)
    name += formatv(" x{0}", label.blocks);
  if (label.images > 1)
    name += formatv(" x{0} images", label.images);
  return name;
}

void printResult(const Result &result, const PoolContext &pool, const emit::PlanTables &tables) {
  double median = result.latency.median;
  outs() << formatv("{0}: batch {1}, {2} threads, {3} runs\n", tables.name, result.batch, pool.get().threads,
                    result.latency.runs);
  outs() << formatv("latency ms: min {0:f3}  median {1:f3}  p99 {2:f3}\n", result.latency.minimum * 1e3, median * 1e3,
                    result.latency.p99 * 1e3);
  outs() << formatv("{0:f1} pictures/s, {1:f1} GFLOP/s, {2:f0} % of the measured FMA peak of {3:f0} GFLOP/s\n",
                    result.batch / median, result.flops / median / 1e9, 100 * result.flops / median / result.peak,
                    result.peak / 1e9);
  if (result.layers.empty())
    return;
  outs() << "\n" << formatv("{0,-28} {1,10} {2,9} {3,6}  {4}\n", "layer", "us", "GFLOP/s", "peak", "kernel");
  for (const LayerRow &row : result.layers) {
    double total = row.seconds * static_cast<double>(row.label->executions());
    double rate = static_cast<double>(row.label->flops) / row.seconds;
    outs() << formatv("{0,-28} {1,10:f1} {2,9:f1} {3,5:f0}%  {4}\n", rowName(*row.label), total * 1e6, rate / 1e9,
                      100 * rate / result.peak, row.kernel);
  }
}

void printJson(const Result &result, const PoolContext &pool, const emit::PlanTables &tables) {
  json::Array layers;
  for (const LayerRow &row : result.layers)
    layers.push_back(json::Object{{"layer", row.label->layer},
                                  {"kernel", row.kernel},
                                  {"executions", static_cast<int64_t>(row.label->executions())},
                                  {"blocks", static_cast<int64_t>(row.label->blocks)},
                                  {"images", static_cast<int64_t>(row.label->images)},
                                  {"seconds", row.seconds * static_cast<double>(row.label->executions())},
                                  {"flops", static_cast<int64_t>(row.label->flops * row.label->executions())},
                                  {"bytes", static_cast<int64_t>(row.label->bytes * row.label->executions())}});
  json::Object object{{"network", tables.name},
                      {"batch", result.batch},
                      {"threads", pool.get().threads},
                      {"runs", static_cast<int64_t>(result.latency.runs)},
                      {"min_seconds", result.latency.minimum},
                      {"median_seconds", result.latency.median},
                      {"p99_seconds", result.latency.p99},
                      {"flops", result.flops},
                      {"peak_flops_per_second", result.peak},
                      {"layers", std::move(layers)}};
  outs() << formatv("{0:2}\n", json::Value(std::move(object)));
}

} // namespace

int runBench(ArrayRef<const char *> argv) {
  registerIrOptions();
  BenchOptions options;
  if (!parseOptions(argv, "resnetc bench: measures a network on this machine\n") || !areUsable(options.code))
    return exitUsage;
  Frontend frontend(options.network);
  std::optional<BuiltModel> built = buildForHost(frontend, options.code);
  if (!built)
    return exitDiagnostics;
  auto model = makeReady(*built, options.weights);
  if (!model)
    return reportError(model.takeError());
  auto pool = PoolContext::create(options.code.threads);
  if (!pool)
    return reportError(pool.takeError());
  auto result = Benchmark(options, *built, *model, **pool).measure();
  if (!result)
    return reportError(result.takeError());
  (options.network.json ? printJson : printResult)(*result, **pool, built->tables);
  return exitGood;
}

} // namespace resnetc::tool
