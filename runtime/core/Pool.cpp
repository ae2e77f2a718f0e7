//===- Pool.cpp - threads that wait spinning, then asleep -----------------===//
//
// A network of fifty layers opens fifty regions of 20 to 500 us each: workers wait for the next one spinning, because
// waking a sleeping thread costs 12 to 80 us. Up to eight regions are open at once, so that concurrent callers, and
// tasks that call parallel_for themselves, share the workers and never wait for a region that is not theirs; a caller
// who finds all eight taken runs its tasks itself. A caller waits only for pieces that a thread is running, so that no
// nesting can deadlock.
//
// The only place of the runtime that allocates memory or creates threads.
//
//===----------------------------------------------------------------------===//

#include "runtime/core/Region.h"
#include <initializer_list>
#include <new>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

using resnetc::rt::futexWait;
using resnetc::rt::futexWake;
using resnetc::rt::Region;

namespace {

constexpr uint32_t maxThreads = 64;
constexpr uint32_t maxRegions = 8;

struct Worker {
  resnetc_pool *pool;
  uint32_t index; ///< 1...: the caller is participant 0
  pthread_t thread;
};

/// How long to wait actively: first with the CPU's pause (0.02-0.05 us), then giving way to other threads.
struct Patience {
  uint32_t spins, yields;
};

void cpuRelax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// One wait. False when `patience` is at its end.
bool waitABit(const Patience &patience, uint32_t &waited) {
  if (waited >= patience.spins + patience.yields)
    return false;
  if (waited++ < patience.spins)
    cpuRelax();
  else
    sched_yield();
  return true;
}

uint32_t usableCpus() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
    return uint32_t(CPU_COUNT(&set));
  const long online = sysconf(_SC_NPROCESSORS_ONLN); // more CPUs than the set holds
  return online > 0 ? uint32_t(online) : 1;
}

int runHere(resnetc_task task, void *context, int count) {
  for (int i = 0; i < count; ++i)
    if (const int error = task(context, i))
      return error;
  return 0;
}

} // namespace

struct resnetc_pool {
  Region regions[maxRegions];
  alignas(64) std::atomic<uint32_t> taken{0}; ///< regions that have a caller; written by callers only
  alignas(64) std::atomic<uint32_t> sleeping{0};
  std::atomic<uint32_t> epoch{0}; ///< what sleeping workers wait for
  std::atomic<bool> stop{false};
  alignas(64) uint32_t threads = 1;
  Patience patience{};
  uint32_t created = 0;
  Worker workers[maxThreads - 1];
};

/// Works on any open region; false if there was none.
static bool workOnce(resnetc_pool &pool, uint32_t index) {
  for (uint32_t i = 0; i < maxRegions; ++i) {
    Region &region = pool.regions[(index - 1 + i) % maxRegions];
    if (!(region.state.load(std::memory_order_relaxed) & Region::pieceMask))
      continue;
    int piece = region.take(region.share(index, pool.threads), Region::oneInside);
    if (piece < 0)
      continue;
    const uint64_t own = region.share(index, pool.threads);
    do
      region.run(piece);
    while ((piece = region.take(own, 0)) >= 0);
    region.leave();
    return true;
  }
  return false;
}

static void sleepUntilWork(resnetc_pool &pool) {
  const uint32_t epoch = pool.epoch.load(std::memory_order_acquire);
  pool.sleeping.fetch_add(1, std::memory_order_seq_cst);
  // Either this thread sees the region that a caller has just opened, or the caller sees this sleeper.
  bool awake = pool.stop.load(std::memory_order_seq_cst);
  for (const Region &region : pool.regions)
    awake |= region.hasWork();
  if (!awake)
    futexWait(pool.epoch, epoch);
  pool.sleeping.fetch_sub(1, std::memory_order_relaxed);
}

static void *workerMain(void *argument) {
  const Worker &worker = *static_cast<Worker *>(argument);
  resnetc_pool &pool = *worker.pool;
  uint32_t waited = 0;
  while (!pool.stop.load(std::memory_order_acquire)) {
    if (workOnce(pool, worker.index)) {
      waited = 0;
    } else if (!waitABit(pool.patience, waited)) {
      sleepUntilWork(pool);
      waited = 0;
    }
  }
  return nullptr;
}

static void wakeAll(resnetc_pool &pool, int sleepers) {
  pool.epoch.fetch_add(1, std::memory_order_release);
  futexWake(pool.epoch, sleepers);
}

/// A region for one caller, or null when all are taken.
static Region *takeRegion(resnetc_pool &pool) {
  uint32_t taken = pool.taken.load(std::memory_order_relaxed);
  for (;;) {
    const uint32_t free = ~taken & ((1u << maxRegions) - 1);
    if (!free)
      return nullptr;
    const uint32_t bit = free & -free;
    if (pool.taken.compare_exchange_weak(taken, taken | bit, std::memory_order_acquire, std::memory_order_relaxed))
      return &pool.regions[__builtin_ctz(bit)];
  }
}

int resnetc_pool_parallel_for(void *pool_pointer, resnetc_task task, void *task_context, int count) {
  resnetc_pool *pool = static_cast<resnetc_pool *>(pool_pointer);
  Region *region = pool && count > 1 && pool->threads > 1 ? takeRegion(*pool) : nullptr;
  if (!region)
    return runHere(task, task_context, count);

  region->open(task, task_context, count);
  if (pool->sleeping.load(std::memory_order_seq_cst))
    wakeAll(*pool, count - 1);
  const uint64_t own = region->share(0, pool->threads);
  for (int piece; (piece = region->take(own, 0)) >= 0;)
    region->run(piece);
  for (uint32_t waited = 0; !region->isOver();)
    if (!waitABit(pool->patience, waited)) {
      region->sleepUntilOver();
      break;
    }
  const int result = region->result.load(std::memory_order_relaxed);
  pool->taken.fetch_and(~(1u << (region - pool->regions)), std::memory_order_release);
  return result;
}

static bool createWorkers(resnetc_pool &pool) {
  // Signals are for the application's threads, but for those that a thread gets for what it does itself.
  sigset_t blocked, before;
  sigfillset(&blocked);
  for (int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGPROF})
    sigdelset(&blocked, own);
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  while (pool.created + 1 < pool.threads) {
    Worker &worker = pool.workers[pool.created];
    worker.pool = &pool;
    worker.index = pool.created + 1;
    if (pthread_create(&worker.thread, nullptr, workerMain, &worker) != 0)
      break;
    ++pool.created;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return pool.created + 1 == pool.threads;
}

resnetc_pool *resnetc_pool_create(uint32_t threads) {
  void *memory = nullptr;
  if (posix_memalign(&memory, alignof(resnetc_pool), sizeof(resnetc_pool)) != 0)
    return nullptr;
  resnetc_pool *pool = new (memory) resnetc_pool;
  const uint32_t cpus = usableCpus();
  threads = threads ? threads : cpus;
  pool->threads = threads < maxThreads ? threads : maxThreads;
  // With more threads than CPUs a spinning thread takes the CPU from one that has work.
  pool->patience = pool->threads <= cpus ? Patience{4000, 1000} : Patience{0, 50};
  if (createWorkers(*pool))
    return pool;
  resnetc_pool_destroy(pool);
  return nullptr;
}

void resnetc_pool_destroy(resnetc_pool *pool) {
  if (!pool)
    return;
  pool->stop.store(true, std::memory_order_seq_cst);
  wakeAll(*pool, int(maxThreads));
  for (uint32_t i = 0; i < pool->created; ++i)
    pthread_join(pool->workers[i].thread, nullptr);
  pool->~resnetc_pool();
  free(pool);
}

uint32_t resnetc_pool_threads(const resnetc_pool *pool) { return pool ? pool->threads : 1; }
