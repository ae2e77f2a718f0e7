//===- BlockFinder.h - equal blocks in a list of calls --------------------===//
//
// Where a list of calls says the same several times over, with other weights: behind
// three calls (add memories, add calls, find). No MLIR.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_PASSES_PLAN_BLOCKFINDER_H
#define RESNETC_COMPILER_PASSES_PLAN_BLOCKFINDER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <map>

namespace resnetc::plan {

/// Calls first … first + period * count - 1 are `count` turns of a loop over the first `period` of them.
struct EqualBlocks {
  int first, period, count;
};

/// Turns can be one loop if their calls have equal kernels, their weights lie at a constant distance from turn to turn,
/// and the memories of all turns can be those of one turn. The last is decided by the time from each write to its last
/// read: memories become one if none of them is written while another is still to be read. So every call reads what
/// the same call wrote before.
class BlockFinder {
public:
  static constexpr int loopSteps = 2; ///< that a loop costs beside its body: where it begins and where it ends

  /// A memory that calls read and write. A `fixed` one is seen elsewhere too and stays for itself.
  int addMemory(bool fixed);
  /// Appends a call. A kernel below 0 is equal to none: a step that no loop may hold. `weights` are offsets.
  void addCall(int kernel, llvm::ArrayRef<int> reads, llvm::ArrayRef<int> writes, llvm::ArrayRef<int64_t> weights);

  /// Loops that save more steps than they cost, first to last. Cost: nearly linear in the number of calls.
  llvm::SmallVector<EqualBlocks> find();

  /// After find(): memories with equal numbers become one memory.
  int representative(int memory) const;

private:
  static constexpr int longestPeriod = 256; ///< calls in one block
  static constexpr int attempts = 8;        ///< periods tried at one call

  struct Call {
    int kernel;
    llvm::SmallVector<int, 6> memories; ///< reads, then writes
    llvm::SmallVector<int64_t, 4> weights;
  };
  struct Memory {
    bool fixed;
    int parent; ///< -1: stands for itself
    /// From a write to its last read, in numbers of calls; disjoint.
    std::map<int, int> lives;
  };
  struct Union {
    int child, parent;
  };

  EqualBlocks bestFrom(int first);
  int legalTurns(EqualBlocks blocks);
  bool unifyTurn(const EqualBlocks &blocks, int turn);
  bool stepsOn(const EqualBlocks &blocks, int turn) const;
  bool unify(int a, int b);
  void undo(size_t mark);
  void countRepeats();

  llvm::SmallVector<Call> calls;
  llvm::SmallVector<Memory> memories;
  llvm::SmallVector<Union> log; ///< unions that may still be undone
  llvm::SmallVector<llvm::SmallVector<int, 0>, 0>
      repeats; ///< [period][i]: from i on so many calls equal those a period later
};

} // namespace resnetc::plan

#endif // RESNETC_COMPILER_PASSES_PLAN_BLOCKFINDER_H
