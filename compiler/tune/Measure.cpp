//===- Measure.cpp - how long kernels take ----------------------------------===//

#include "compiler/tune/Measure.h"
#include "HalideRuntime.h"
#include "compiler/kernels/KernelOperands.h"
#include <algorithm>
#include <chrono>
#include <cstring>
#include <ctime>
#include <numeric>
#include <sys/mman.h>

using namespace llvm;
using namespace resnetc::kernels;
using namespace resnetc::tune;

static resnetc_pool *currentPool = nullptr;
/// useCpuTime: when each of the imagined threads is free again, in seconds of CPU time.
static std::vector<double> imaginedThreads;

void resnetc::tune::usePool(resnetc_pool *pool) { currentPool = pool; }
void resnetc::tune::useCpuTime(unsigned threads) { imaginedThreads.assign(threads, 0); }

namespace {
double cpuTime() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

struct Region {
  halide_task_t task;
  void *context;
  uint8_t *closure;
  int first;
};
int runTask(void *region, int index) {
  auto &r = *static_cast<Region *>(region);
  return r.task(r.context, r.first + index, r.closure);
}
} // namespace

/// What the kernels call; exported by executables with ENABLE_EXPORTS.
extern "C" int halide_do_par_for(void *context, halide_task_t task, int first, int count, uint8_t *closure) {
  if (!imaginedThreads.empty()) {
    for (int i = first; i < first + count; ++i) {
      double start = cpuTime();
      if (int status = task(context, i, closure))
        return status;
      *std::min_element(imaginedThreads.begin(), imaginedThreads.end()) += cpuTime() - start;
    }
    return 0;
  }
  Region region{task, context, closure, first};
  return resnetc_pool_parallel_for(currentPool, runTask, &region, count);
}

namespace {
/// Memory in 2 MB pages, as a program that runs for long has it, filled with small numbers.
class Memory {
public:
  explicit Memory(size_t bytes) {
    constexpr size_t huge = size_t(2) << 20;
    size = (bytes + 2 * huge) / huge * huge;
    base = static_cast<uint8_t *>(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    madvise(base, size, MADV_HUGEPAGE);
    auto *numbers = reinterpret_cast<float *>(base);
    for (size_t i = 0; i < size / sizeof(float); ++i)
      numbers[i] = float(int(i * 2654435761u >> 24) - 128) / 1024;
  }
  ~Memory() { munmap(base, size); }
  Memory(const Memory &) = delete;
  uint8_t *base;
  size_t size;
};

/// The arguments of a kernel, one region of memory after the other.
class Arguments {
public:
  explicit Arguments(const KernelSpec &spec) {
    for (const KernelOperand &operand : operandsOf(spec)) {
      if (operand.role != OperandRole::Filter) {
        reserve(operand.bytes);
        continue;
      }
      filterBytes = aligned(operand.bytes);
      copies = std::clamp<size_t>(cold / filterBytes, 1, 256);
      filter = int(offsets.size());
      reserve(filterBytes * copies);
    }
    memory = std::make_unique<Memory>(total);
    buffers.resize(offsets.size());
    pointers.push_back(&context);
    for (size_t i = 0; i < offsets.size(); ++i) {
      std::memset(static_cast<void *>(&buffers[i]), 0, sizeof(halide_buffer_t));
      buffers[i].host = memory->base + offsets[i];
      pointers.push_back(&buffers[i]);
    }
  }
  void **next() {
    if (filter >= 0)
      buffers[filter].host = memory->base + offsets[filter] + filterBytes * (call++ % copies);
    return pointers.data();
  }

private:
  static constexpr size_t cold = size_t(64) << 20; ///< more than the caches of a few cores hold
  static size_t aligned(size_t bytes) { return (bytes + 63) / 64 * 64; }
  void reserve(size_t bytes) {
    offsets.push_back(total);
    total += aligned(bytes) + 1024; // buffers should not begin at equal addresses modulo a page
  }
  size_t total = 0, filterBytes = 0, copies = 1, call = 0;
  int filter = -1;
  std::vector<size_t> offsets;
  std::unique_ptr<Memory> memory;
  std::vector<halide_buffer_t> buffers;
  void *context = nullptr;
  std::vector<void *> pointers;
};

double timed(resnetc_kernel kernel, Arguments &arguments) {
  void **next = arguments.next();
  if (!imaginedThreads.empty()) {
    std::fill(imaginedThreads.begin(), imaginedThreads.end(), 0);
    double start = cpuTime();
    kernel(next);
    double all = cpuTime() - start, tasks = std::accumulate(imaginedThreads.begin(), imaginedThreads.end(), 0.0);
    return all - tasks + *std::max_element(imaginedThreads.begin(), imaginedThreads.end());
  }
  auto start = std::chrono::steady_clock::now();
  kernel(next);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}
} // namespace

std::vector<double> resnetc::tune::measure(const KernelLibrary &kernels, ArrayRef<size_t> jobs, double secondsPerJob) {
  Arguments arguments(kernels.jobs()[jobs.front()].spec);
  std::vector<double> best(jobs.size(), 1e30);
  double spent = 0;
  while (spent < secondsPerJob * double(jobs.size()))
    for (size_t i = 0; i < jobs.size(); ++i)
      for (int repeat = 0; repeat < 4; ++repeat) {
        double seconds = timed(kernels.function(jobs[i]), arguments);
        best[i] = std::min(best[i], seconds);
        spent += seconds;
      }
  return best;
}
