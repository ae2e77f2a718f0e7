//===- Region.h - one parallel_for in flight ------------------------------===//
//
// A region is shared out in up to 56 pieces. One 64-bit word says which pieces nobody has begun, how many workers are
// inside and whether the caller sleeps; joining and taking a piece is one compare-and-swap, and a region is over when
// the word is zero. So the fields beside it are read only by threads that are counted inside, and a region may be used
// again at once.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_CORE_REGION_H
#define RESNETC_RUNTIME_CORE_REGION_H

#include "runtime/core/Api.h"
#include "runtime/core/Futex.h"

namespace resnetc::rt {

struct alignas(64) Region {
  static constexpr int maxPieces = 56;
  static constexpr uint64_t pieceMask = (uint64_t(1) << maxPieces) - 1;
  static constexpr uint64_t oneInside = uint64_t(1) << maxPieces; ///< 7 bits: up to 127 workers
  static constexpr uint64_t callerSleeps = uint64_t(1) << 63;

  std::atomic<uint64_t> state{0};
  resnetc_task task = nullptr;
  void *context = nullptr;
  int count = 0;
  std::atomic<int> pieces{0}; ///< atomic: looked at before joining, as a hint
  std::atomic<int> result{0}; ///< the first nonzero result
  std::atomic<uint32_t> wakes{0};

  /// For the caller, who owns the region: lets workers in.
  void open(resnetc_task newTask, void *newContext, int newCount) {
    task = newTask;
    context = newContext;
    count = newCount;
    const int parts = newCount < maxPieces ? newCount : maxPieces;
    pieces.store(parts, std::memory_order_relaxed);
    result.store(0, std::memory_order_relaxed);
    // Sequentially consistent with the count of sleepers, which the caller reads next.
    state.store((uint64_t(1) << parts) - 1, std::memory_order_seq_cst);
  }

  bool hasWork() const { return state.load(std::memory_order_seq_cst) & pieceMask; }

  /// The pieces that participant `index` of `participants` begins with: always the same rows of a map go to the same
  /// thread, whose cache holds them.
  uint64_t share(uint32_t index, uint32_t participants) const {
    const uint32_t parts = uint32_t(pieces.load(std::memory_order_relaxed));
    if (parts == participants)
      return uint64_t(1) << index;
    const uint32_t begin = index * parts / participants, end = (index + 1) * parts / participants;
    return ((uint64_t(1) << end) - 1) & ~((uint64_t(1) << begin) - 1);
  }

  /// Takes a piece: the next of one's own share, else the last of all, where its owner arrives last.
  /// Adds `joining` to the state. -1 if none is left.
  int take(uint64_t own, uint64_t joining) {
    uint64_t seen = state.load(std::memory_order_relaxed);
    for (;;) {
      const uint64_t left = seen & pieceMask;
      if (!left)
        return -1;
      const int piece = (left & own) ? __builtin_ctzll(left & own) : 63 - __builtin_clzll(left);
      const uint64_t next = (seen & ~(uint64_t(1) << piece)) + joining;
      if (state.compare_exchange_weak(seen, next, std::memory_order_acq_rel, std::memory_order_relaxed))
        return piece;
    }
  }

  /// Runs one piece. After an error the pieces that nobody has begun are dropped.
  void run(int piece) {
    const int64_t parts = pieces.load(std::memory_order_relaxed);
    const int end = int((piece + 1) * int64_t(count) / parts);
    for (int i = int(piece * int64_t(count) / parts); i < end; ++i)
      if (const int error = task(context, i)) {
        int none = 0;
        result.compare_exchange_strong(none, error, std::memory_order_relaxed);
        state.fetch_and(~pieceMask, std::memory_order_relaxed);
        return;
      }
  }

  /// A worker goes; the last one wakes a sleeping caller.
  void leave() {
    if (state.fetch_sub(oneInside, std::memory_order_acq_rel) - oneInside == callerSleeps) {
      wakes.fetch_add(1, std::memory_order_relaxed);
      futexWake(wakes, 1);
    }
  }

  bool isOver() const { return !(state.load(std::memory_order_acquire) & ~callerSleeps); }

  /// For the caller, when no piece is left: sleeps until no worker is inside.
  void sleepUntilOver() {
    for (;;) {
      const uint32_t seen = wakes.load(std::memory_order_relaxed);
      if (!(state.fetch_or(callerSleeps, std::memory_order_acq_rel) & ~callerSleeps))
        break;
      futexWait(wakes, seen);
    }
    state.store(0, std::memory_order_relaxed); // nobody is inside, nothing can be taken: the word is the caller's
  }
};

static_assert(sizeof(Region) == 64, "one cache line carries a region from thread to thread");

} // namespace resnetc::rt

#endif // RESNETC_RUNTIME_CORE_REGION_H
