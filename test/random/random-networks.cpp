//===- random-networks.cpp - many networks, on all cores ---------------------===//
//
//   random-networks --passes=2000 --training=300 --native=200     what scripts/test runs
//   random-networks --soak=30000 --state=FILE        scripts/soak: every check, goes on where it stopped
//   random-networks --print --first=17               the text of one seed
//   random-networks --check=FILE                     all checks on one text
//
//===----------------------------------------------------------------------===//

#include "test/random/Generator.h"
#include "test/random/Isolate.h"
#include "test/random/Reduce.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>

using namespace llvm;
using namespace resnetc::test;

namespace {

cl::opt<uint64_t> passes("passes", cl::desc("networks through every pass"));
cl::opt<uint64_t> training("training", cl::desc("networks as training steps, interpreted"));
cl::opt<uint64_t> trainingNative("training-native", cl::desc("networks as training steps of objects"));
cl::opt<uint64_t> native("native", cl::desc("networks as objects"));
cl::opt<uint64_t> identities("identities", cl::desc("residuals without effect, through passes and as objects"));
cl::opt<uint64_t>
    soak("soak",
         cl::desc("networks through every pass, one in 30 as an object, one in 30 an identity, one in 10 a step"));
cl::opt<uint64_t> first("first", cl::desc("the first seed"), cl::init(1));
cl::opt<unsigned> jobs("jobs", cl::desc("processes at once"), cl::init(2));
cl::opt<std::string> state("state", cl::desc("where a soak writes how far it came, and goes on"));
cl::opt<std::string> folder("folder", cl::desc("where reduced networks go"), cl::init("random-failures"));
cl::opt<bool> printOnly("print", cl::desc("print the text of --first"));
cl::opt<std::string> checkFile("check", cl::desc("check one .rn file"));

enum class Kind { Passes, Native, Identity, Training, TrainingNative };
constexpr const char *kindNames[] = {"passes", "native", "identity", "training", "training-native"};

struct Job {
  Kind kind;
  uint64_t seed;
};

Generated generateFor(const Job &job) {
  GeneratorOptions options;
  if (job.kind == Kind::Passes)
    return generate(job.seed, options);
  if (job.kind == Kind::Training) {
    options.multiplications = 15000; // two passes, in many variants
    return generate(job.seed, options);
  }
  options.fewSizes = true;
  options.statements = 4;
  options.multiplications = 100000;
  if (job.kind == Kind::TrainingNative)
    options.multiplications = 20000;
  return job.kind != Kind::Identity ? generate(job.seed, options) : generateIdentity(job.seed, options);
}

Failure check(Kind kind, const std::string &text, uint64_t seed, const ExpectedShapes *shapes) {
  if (kind == Kind::Native)
    return checkNative(text, seed);
  if (kind == Kind::Training)
    return checkTraining(text, seed);
  if (kind == Kind::TrainingNative)
    return checkTrainingNative(text, seed);
  if (kind == Kind::Identity)
    return checkIdentity(text, seed, /*native=*/seed % 4 == 0);
  return checkPasses(text, seed, shapes);
}

class Driver {
public:
  explicit Driver(std::vector<Job> jobs) : jobs(std::move(jobs)) {}

  int run() {
    begin = std::chrono::steady_clock::now();
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < ::jobs; ++i)
      threads.emplace_back([&] { work(); });
    for (std::thread &thread : threads)
      thread.join();
    report();
    for (const auto &[job, failure] : failures)
      reduceAndWrite(job, failure);
    return failures.empty() ? 0 : 1;
  }

private:
  void work() {
    for (size_t at; (at = next++) < jobs.size();) {
      const Job &job = jobs[at];
      Generated network = generateFor(job);
      ExpectedShapes shapes{network.input, network.output};
      Failure failure = isolated([&] { return check(job.kind, network.text, job.seed, &shapes); }, 120);
      std::lock_guard lock(mutex);
      if (!failure.empty()) {
        if (++failed <= 20)
          outs() << formatv("FAILED {0} seed {1}: {2}\n", kindNames[int(job.kind)], job.seed, failure);
        // One of each stage is reduced, and no more than five.
        if (failures.size() < 5 && stages.insert(stageOf(failure)).second)
          failures.emplace_back(job, failure);
      }
      if (++done % 200 == 0)
        report();
    }
  }

  /// Under the lock.
  void report() {
    double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    outs() << formatv("{0} of {1} networks (seeds from {2}), {3} failed, {4:f1} s, {5:f1} "
                      "a second, {6:f0} s to go\n",
                      done, jobs.size(), jobs.empty() ? 0 : jobs[0].seed, failed, seconds, double(done) / seconds,
                      double(jobs.size() - done) * seconds / double(done));
    outs().flush();
    if (state.empty() || jobs.empty())
      return;
    std::error_code code;
    raw_fd_ostream file(state, code);
    // The last few may still be running: they are done again.
    file << std::min<uint64_t>(jobs.back().seed + 1, jobs[0].seed + (done > ::jobs ? done - ::jobs : 0)) << "\n";
  }

  void reduceAndWrite(const Job &job, const Failure &failure) {
    std::string text = generateFor(job).text, stage = stageOf(failure);
    std::string reduced = reduce(text, [&](const std::string &candidate) {
      return stageOf(isolated([&] { return check(job.kind, candidate, job.seed, nullptr); }, 60)) == stage;
    });
    sys::fs::create_directories(folder);
    std::string path = formatv("{0}/{1}-{2}.rn", folder.getValue(), kindNames[int(job.kind)], job.seed);
    std::error_code code;
    raw_fd_ostream file(path, code);
    file << "# " << kindNames[int(job.kind)] << " seed " << job.seed << ": " << StringRef(failure).split('\n').first
         << "\n"
         << reduced;
    outs() << formatv("seed {0} reduced to {1}:\n{2}", job.seed, path, reduced);
  }

  std::vector<Job> jobs;
  std::atomic<size_t> next{0};
  std::mutex mutex;
  std::set<std::string> stages;
  std::vector<std::pair<Job, Failure>> failures;
  size_t done = 0, failed = 0;
  std::chrono::steady_clock::time_point begin;
};

uint64_t firstOfSoak() {
  auto buffer = MemoryBuffer::getFile(state);
  uint64_t seed = first;
  if (buffer && !state.empty())
    (*buffer)->getBuffer().trim().getAsInteger(10, seed);
  return seed;
}

int checkOne() {
  auto buffer = MemoryBuffer::getFile(checkFile);
  if (!buffer) {
    errs() << "can't read " << checkFile << "\n";
    return 2;
  }
  int result = 0;
  for (Kind kind : {Kind::Passes, Kind::Training, Kind::Native, Kind::TrainingNative}) {
    Failure failure = check(kind, (*buffer)->getBuffer().str(), first, nullptr);
    outs() << kindNames[int(kind)] << ": " << (failure.empty() ? "good" : failure) << "\n";
    result |= !failure.empty();
  }
  return result;
}

} // namespace

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv, "random-networks: checks the compiler on random networks\n");
  if (!checkFile.empty())
    return checkOne();
  if (printOnly) {
    Kind kind = native           ? Kind::Native
                : trainingNative ? Kind::TrainingNative
                : identities     ? Kind::Identity
                : training       ? Kind::Training
                                 : Kind::Passes;
    outs() << generateFor({kind, first}).text;
    return 0;
  }
  std::vector<Job> all;
  for (uint64_t seed = first; seed < first + passes; ++seed)
    all.push_back({Kind::Passes, seed});
  for (uint64_t seed = first; seed < first + training; ++seed)
    all.push_back({Kind::Training, seed});
  for (uint64_t seed = first; seed < first + trainingNative; ++seed)
    all.push_back({Kind::TrainingNative, seed});
  for (uint64_t seed = first; seed < first + native; ++seed)
    all.push_back({Kind::Native, seed});
  for (uint64_t seed = first; seed < first + identities; ++seed)
    all.push_back({Kind::Identity, seed});
  if (soak)
    for (uint64_t seed = firstOfSoak(); seed < first + soak; ++seed)
      all.push_back({seed % 30 == 0   ? Kind::Native
                     : seed % 30 == 1 ? Kind::Identity
                     : seed % 10 == 2 ? Kind::Training
                                      : Kind::Passes,
                     seed});
  return Driver(std::move(all)).run();
}
