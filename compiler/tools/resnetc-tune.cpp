//===- resnetc-tune.cpp - measures and searches kernels' schedules ----------===//
//
//   resnetc-tune [--target NAME] [--threads N] [--search] [--cpu-time] [--seconds S] < specs
//
// Reads kernel specs, one a line (as plan.kernel prints them; `spec | schedule` measures
// that schedule), and prints a line of the table compiler/kernels/schedule/Measured.txt for each: what is chosen now,
// or with
// --search the fastest found. On stderr: microseconds, GFLOP/s, share of the FMA peak.
//
//===----------------------------------------------------------------------===//

#include "compiler/kernels/schedule/ChooseSchedule.h"
#include "compiler/tools/resnetc/Peak.h"
#include "compiler/tune/Candidates.h"
#include "compiler/tune/Measure.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <numeric>

using namespace llvm;
using namespace resnetc::kernels;
using namespace resnetc::tune;

namespace {
struct Options {
  std::string target = "x86-64-v4";
  unsigned threads = 2, tiles = 8;
  bool search = false, cpuTime = false;
  double seconds = 0.05;
};

struct Timed {
  std::string schedule;
  double seconds;
};

/// All schedules of one kernel, the fastest first.
Expected<std::vector<Timed>> race(const KernelSpec &spec, ArrayRef<std::string> schedules, const Options &options) {
  std::vector<KernelJob> jobs;
  for (const std::string &schedule : schedules)
    jobs.push_back({spec, options.target, options.threads, schedule});
  KernelCompilerOptions compilerOptions;
  compilerOptions.useCache = !options.search; // thousands of kernels that nobody asks for again
  auto library = KernelLibrary::load(std::move(jobs), compilerOptions);
  if (!library)
    return library.takeError();
  std::vector<size_t> all(schedules.size());
  std::iota(all.begin(), all.end(), 0);
  std::vector<double> seconds = measure(**library, all, options.seconds);
  std::vector<Timed> result;
  for (size_t i : all)
    result.push_back({(*library)->schedule(i), seconds[i]});
  llvm::stable_sort(result, [](const Timed &a, const Timed &b) { return a.seconds < b.seconds; });
  return result;
}

Expected<Timed> search(const KernelSpec &spec, const CpuTarget &target, const Options &options) {
  std::string chosen = chooseSchedule(spec, target, options.threads).str();
  std::vector<std::string> texts{chosen};
  for (const Schedule &schedule : tileCandidates(spec, target, options.threads, options.tiles))
    texts.push_back(schedule.str());
  auto tiles = race(spec, texts, options);
  if (!tiles)
    return tiles.takeError();
  texts = {chosen};
  for (size_t i = 0; i < std::min<size_t>(2, tiles->size()); ++i)
    for (const Schedule &schedule :
         loopCandidates(spec, cantFail(Schedule::parse((*tiles)[i].schedule)), options.threads))
      texts.push_back(schedule.str());
  auto loops = race(spec, texts, options);
  if (!loops)
    return loops.takeError();
  // What is not clearly faster is noise.
  const Timed &old = *llvm::find_if(*loops, [&](const Timed &timed) { return timed.schedule == chosen; });
  return loops->front().seconds < 0.98 * old.seconds ? loops->front() : old;
}

Error tuneLine(StringRef line, const CpuTarget &target, const Options &options, double peak) {
  auto [text, schedule] = line.split('|');
  Expected<KernelSpec> spec = KernelSpec::parse(text.trim());
  if (!spec)
    return spec.takeError();
  if (Error error = spec->verify())
    return error;
  Expected<Timed> best = [&]() -> Expected<Timed> {
    if (options.search && spec->op == KernelOp::Conv2d)
      return search(*spec, target, options);
    std::string given = schedule.trim().str();
    auto timed = race(*spec, {given.empty() ? chooseSchedule(*spec, target, options.threads).str() : given}, options);
    if (!timed)
      return timed.takeError();
    return timed->front();
  }();
  if (!best)
    return best.takeError();
  double flops = 2.0 * spec->multiplyAdds() / best->seconds;
  errs() << format("%9.1f us %7.1f GFLOP/s %4.0f %%  ", best->seconds * 1e6, flops * 1e-9, 100 * flops / peak)
         << scheduleKey(*spec) << " | " << best->schedule << '\n';
  outs() << target.name << ' ' << options.threads << " | " << scheduleKey(*spec) << " | " << best->schedule << '\n';
  outs().flush();
  return Error::success();
}

bool parseOptions(int argc, char **argv, Options &options) {
  for (int i = 1; i < argc; ++i) {
    StringRef name = argv[i];
    if (name == "--search") {
      options.search = true;
      continue;
    }
    if (name == "--cpu-time") {
      options.cpuTime = true;
      continue;
    }
    if (i + 1 == argc)
      return false;
    StringRef value = argv[++i];
    bool bad = name == "--target"    ? (options.target = value.str(), false)
               : name == "--threads" ? value.getAsInteger(10, options.threads) || options.threads == 0
               : name == "--tiles"   ? value.getAsInteger(10, options.tiles)
               : name == "--seconds" ? value.getAsDouble(options.seconds)
                                     : true;
    if (bad)
      return false;
  }
  return true;
}
} // namespace

int main(int argc, char **argv) {
  Options options;
  if (!parseOptions(argc, argv, options)) {
    errs() << "usage: resnetc-tune [--target NAME] [--threads N] [--search] [--cpu-time] [--tiles N] [--seconds S] < "
              "specs\n";
    return 2;
  }
  ExitOnError exitOnError("resnetc-tune: ");
  const CpuTarget &target = *exitOnError(findCpuTarget(options.target));
  if (target.cpuFeatures & ~resnetc_cpu_features())
    exitOnError(createStringError(std::errc::not_supported, "this CPU cannot run %s", options.target.c_str()));
  resnetc_pool *pool = resnetc_pool_create(options.threads);
  if (!pool)
    exitOnError(createStringError(std::errc::not_enough_memory, "cannot create the threads"));
  usePool(pool);
  if (options.cpuTime)
    useCpuTime(options.threads);
  resnetc_context context;
  resnetc_context_init(&context, pool);
  context.cpu_features &= target.cpuFeatures;
  double peak = resnetc::tool::measurePeakFlops(context);
  if (options.cpuTime) { // two threads of a busy machine share a CPU
    resnetc_context alone;
    resnetc_context_init(&alone, nullptr);
    alone.cpu_features &= target.cpuFeatures;
    peak = resnetc::tool::measurePeakFlops(alone) * options.threads;
  }
  errs() << format("FMA peak %.1f GFLOP/s on %u threads\n", peak * 1e-9, options.threads);
  auto input = MemoryBuffer::getSTDIN();
  if (!input)
    exitOnError(createStringError(input.getError(), "cannot read the specs"));
  SmallVector<StringRef> lines;
  (*input)->getBuffer().split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : lines)
    exitOnError(tuneLine(line.trim(), target, options, peak));
  resnetc_pool_destroy(pool);
  return 0;
}
