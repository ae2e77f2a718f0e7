//===- MemoryPlanner.cpp - where blocks of known life lie in one arena ----===//

#include "compiler/passes/plan/MemoryPlanner.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MathExtras.h"
#include <limits>
#include <map>

using namespace resnetc::plan;
using llvm::ArrayRef, llvm::SmallVector;

int MemoryPlanner::addBlock(int64_t bytes, int64_t first, int64_t last) {
  assert(bytes > 0 && first <= last && "a block has bytes and a life");
  blocks.push_back({int64_t(llvm::alignTo(bytes, alignment)), first, last});
  return int(blocks.size()) - 1;
}

/// Puts every block into the tightest gap between those blocks before it in `order` that live with it, or behind
/// them all. Returns the arena's size.
int64_t MemoryPlanner::placeInOrder(ArrayRef<int> order, llvm::SmallVectorImpl<int64_t> &offsets) const {
  int64_t size = 0;
  SmallVector<int> placed;
  for (int index : order) {
    SmallVector<std::pair<int64_t, int64_t>> taken; // begin, end
    for (int other : placed)
      if (blocks[other].livesWith(blocks[index]))
        taken.push_back({offsets[other], offsets[other] + blocks[other].bytes});
    llvm::sort(taken);
    int64_t best = -1, bestGap = std::numeric_limits<int64_t>::max(), end = 0;
    for (auto [begin, stop] : taken) {
      int64_t gap = begin - end;
      if (gap >= blocks[index].bytes && gap < bestGap)
        best = end, bestGap = gap;
      end = std::max(end, stop);
    }
    offsets[index] = best >= 0 ? best : end;
    size = std::max(size, offsets[index] + blocks[index].bytes);
    placed.push_back(index);
  }
  return size;
}

void MemoryPlanner::plan() {
  using Less = llvm::function_ref<bool(const Block &, const Block &)>;
  auto bySize = [](const Block &a, const Block &b) { return a.bytes > b.bytes; };
  auto byLife = [](const Block &a, const Block &b) {
    return std::pair(a.last - a.first, a.bytes) > std::pair(b.last - b.first, b.bytes);
  };
  auto byStart = [](const Block &a, const Block &b) {
    return std::pair(a.first, -a.bytes) < std::pair(b.first, -b.bytes);
  };
  arena = std::numeric_limits<int64_t>::max();
  for (Less less : {Less(bySize), Less(byLife), Less(byStart)}) {
    auto order = llvm::to_vector(llvm::seq<int>(0, blocks.size()));
    llvm::stable_sort(order, [&](int a, int b) { return less(blocks[a], blocks[b]); });
    SmallVector<int64_t> offsets(blocks.size());
    int64_t size = placeInOrder(order, offsets);
    if (size >= arena)
      continue;
    arena = size;
    for (auto [block, offset] : llvm::zip_equal(blocks, offsets))
      block.offset = offset;
  }
}

int64_t MemoryPlanner::lowerBound() const {
  std::map<int64_t, int64_t> change; // of the live bytes, by time
  for (const Block &block : blocks) {
    change[block.first] += block.bytes;
    change[block.last + 1] -= block.bytes;
  }
  int64_t live = 0, most = 0;
  for (auto [time, bytes] : change)
    most = std::max(most, live += bytes);
  return most;
}

bool MemoryPlanner::isSound() const {
  for (size_t i = 0; i < blocks.size(); ++i)
    for (size_t j = 0; j < i; ++j) {
      const Block &a = blocks[i], &b = blocks[j];
      if (a.livesWith(b) && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes)
        return false;
    }
  return llvm::all_of(blocks, [&](const Block &block) {
    return block.offset >= 0 && block.offset % alignment == 0 && block.offset + block.bytes <= arena;
  });
}

void MemoryPlanner::print(llvm::raw_ostream &os, int columns, int rows) const {
  int64_t bound = lowerBound();
  os << "arena " << arena << " bytes, " << blocks.size() << " blocks, lower bound " << bound << " (x"
     << llvm::format("%.3f", bound ? double(arena) / bound : 1.0) << ")\n";
  SmallVector<int64_t> times; // at which some block begins: only there does the picture change for the worse
  for (const Block &block : blocks)
    times.push_back(block.first);
  llvm::sort(times);
  times.erase(llvm::unique(times), times.end());
  int64_t step = std::max<int64_t>(1, llvm::divideCeil(times.size(), rows));
  int64_t bytesPerColumn = std::max<int64_t>(1, llvm::divideCeil(arena, columns));
  for (size_t row = 0; row < times.size(); row += step) {
    std::string line(columns, '.');
    for (auto [index, block] : llvm::enumerate(blocks)) {
      if (times[row] < block.first || times[row] > block.last)
        continue;
      int64_t end = std::min<int64_t>(columns, llvm::divideCeil(block.offset + block.bytes, bytesPerColumn));
      for (int64_t column = block.offset / bytesPerColumn; column < end; ++column)
        line[column] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[index % 52];
    }
    os << llvm::format_decimal(times[row], 6) << " |" << line << "|\n";
  }
}
