//===- MemoryPlanner.h - where blocks of known life lie in one arena ------===//
//
// A hard problem (dynamic storage allocation) behind four calls: add blocks, plan,
// read offsets. In the manner of Halide hannk's allocation_planner. No MLIR.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_PASSES_PLAN_MEMORYPLANNER_H
#define RESNETC_COMPILER_PASSES_PLAN_MEMORYPLANNER_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdint>

namespace resnetc::plan {

/// Blocks that live at a common time get disjoint bytes; others may share them.
class MemoryPlanner {
public:
  explicit MemoryPlanner(int64_t alignment) : alignment(alignment) {}

  /// A block of `bytes` > 0 that lives from time `first` to `last`, both included, first <= last.
  /// Returns its index.
  int addBlock(int64_t bytes, int64_t first, int64_t last);

  /// Chooses all offsets. Best fit, the largest block first and in two other orders; the smallest arena wins.
  /// Cost: square of the number of blocks.
  void plan();

  /// Multiple of the alignment; after plan().
  int64_t offset(int block) const { return blocks[block].offset; }
  /// Bytes of the arena; after plan().
  int64_t arenaBytes() const { return arena; }
  /// No arena can be smaller: the largest sum of blocks alive at one time.
  int64_t lowerBound() const;
  /// True if no two blocks that live at a common time share a byte: what plan() promises.
  bool isSound() const;
  /// Memory (across) over time (down), one letter a block; at most `columns` x `rows` characters.
  void print(llvm::raw_ostream &os, int columns = 96, int rows = 64) const;

private:
  struct Block {
    int64_t bytes; ///< rounded up to the alignment
    int64_t first, last;
    int64_t offset = -1;
    bool livesWith(const Block &other) const { return first <= other.last && other.first <= last; }
  };
  int64_t placeInOrder(llvm::ArrayRef<int> order, llvm::SmallVectorImpl<int64_t> &offsets) const;
  int64_t alignment;
  int64_t arena = 0;
  llvm::SmallVector<Block> blocks;
};

} // namespace resnetc::plan

#endif // RESNETC_COMPILER_PASSES_PLAN_MEMORYPLANNER_H
