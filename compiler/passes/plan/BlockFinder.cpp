//===- BlockFinder.cpp - equal blocks in a list of calls ------------------===//

#include "compiler/passes/plan/BlockFinder.h"
#include "llvm/ADT/STLExtras.h"

using namespace resnetc::plan;
using llvm::ArrayRef, llvm::SmallVector;

int BlockFinder::addMemory(bool fixed) {
  memories.push_back({fixed, -1, {}});
  return int(memories.size()) - 1;
}

void BlockFinder::addCall(int kernel, ArrayRef<int> reads, ArrayRef<int> writes, ArrayRef<int64_t> weights) {
  int now = int(calls.size());
  for (int memory : reads) {
    auto &lives = memories[memory].lives;
    if (lives.empty()) // nobody has written it: what is inside comes from before the first call
      lives[-1] = now;
    else
      lives.rbegin()->second = now;
  }
  for (int memory : writes)
    if (!llvm::is_contained(reads, memory)) // in place the life goes on
      memories[memory].lives[now] = now;
  Call &call = calls.emplace_back();
  call.kernel = kernel;
  call.memories.assign(reads.begin(), reads.end());
  call.memories.append(writes.begin(), writes.end());
  call.weights.assign(weights.begin(), weights.end());
}

int BlockFinder::representative(int memory) const {
  while (memories[memory].parent >= 0)
    memory = memories[memory].parent;
  return memory;
}

/// Two memories become one, if they are never both in use.
bool BlockFinder::unify(int a, int b) {
  a = representative(a), b = representative(b);
  if (a == b)
    return true;
  if (memories[a].fixed || memories[b].fixed)
    return false;
  auto [child, parent] = memories[a].lives.size() < memories[b].lives.size() ? std::pair(a, b) : std::pair(b, a);
  const auto &theirs = memories[parent].lives;
  for (auto [write, lastRead] : memories[child].lives) {
    auto next = theirs.lower_bound(write);
    if (next != theirs.end() && next->first <= lastRead)
      return false;
    if (next != theirs.begin() && std::prev(next)->second >= write)
      return false;
  }
  memories[parent].lives.insert(memories[child].lives.begin(), memories[child].lives.end());
  memories[child].parent = parent;
  log.push_back({child, parent});
  return true;
}

void BlockFinder::undo(size_t mark) {
  while (log.size() > mark) {
    auto [child, parent] = log.pop_back_val();
    for (auto &life : memories[child].lives)
      memories[parent].lives.erase(life.first);
    memories[child].parent = -1;
  }
}

/// The weights of a turn lie as far behind the first turn's as those of the second turn ask for.
bool BlockFinder::stepsOn(const EqualBlocks &blocks, int turn) const {
  for (int i = 0; i < blocks.period; ++i) {
    const Call &first = calls[blocks.first + i], &second = calls[blocks.first + blocks.period + i],
               &now = calls[blocks.first + turn * blocks.period + i];
    if (now.weights.size() != first.weights.size() || now.memories.size() != first.memories.size())
      return false;
    for (size_t w = 0; w < first.weights.size(); ++w) {
      int64_t step = second.weights[w] - first.weights[w];
      if (step < 0 || now.weights[w] != first.weights[w] + turn * step)
        return false;
    }
  }
  return true;
}

bool BlockFinder::unifyTurn(const EqualBlocks &blocks, int turn) {
  for (int i = 0; i < blocks.period; ++i)
    for (auto [first, now] :
         llvm::zip_equal(calls[blocks.first + i].memories, calls[blocks.first + turn * blocks.period + i].memories))
      if (!unify(first, now))
        return false;
  return true;
}

/// How many turns from the first can be one loop; their memories are unified.
int BlockFinder::legalTurns(EqualBlocks blocks) {
  for (int turn = 1; turn < blocks.count; ++turn) {
    size_t mark = log.size();
    if (!stepsOn(blocks, turn) || !unifyTurn(blocks, turn)) {
      undo(mark);
      return turn;
    }
  }
  return blocks.count;
}

/// Steps that remain for a call, smaller is better: the body, where the loop begins and where it ends.
static bool isBetter(const EqualBlocks &a, const EqualBlocks &b) {
  auto steps = [](const EqualBlocks &blocks) { return int64_t(blocks.period) + BlockFinder::loopSteps; };
  return steps(a) * b.period * b.count < steps(b) * a.period * a.count;
}

/// The best loop from call `first` on. Tried are the periods that would be best if memory allowed them.
EqualBlocks BlockFinder::bestFrom(int first) {
  SmallVector<EqualBlocks> candidates;
  for (int period = 1; period < int(repeats.size()); ++period)
    if (int count = 1 + repeats[period][first] / period; count > 1)
      candidates.push_back({first, period, count});
  llvm::stable_sort(candidates, isBetter);
  candidates.truncate(std::min<size_t>(candidates.size(), attempts));
  EqualBlocks best = {first, 1, 1};
  for (EqualBlocks candidate : candidates) {
    if (!isBetter(candidate, best))
      break;
    candidate.count = legalTurns(candidate);
    undo(0);
    if (isBetter(candidate, best))
      best = candidate;
  }
  return best;
}

void BlockFinder::countRepeats() {
  int size = int(calls.size());
  repeats.assign(std::min(longestPeriod, size / 2) + 1, {});
  for (int period = 1; period < int(repeats.size()); ++period) {
    repeats[period].assign(size, 0);
    for (int i = size - period - 1; i >= 0; --i)
      if (calls[i].kernel >= 0 && calls[i].kernel == calls[i + period].kernel)
        repeats[period][i] = repeats[period][i + 1] + 1;
  }
}

SmallVector<EqualBlocks> BlockFinder::find() {
  SmallVector<EqualBlocks> found;
  countRepeats();
  for (int first = 0; first < int(calls.size());) {
    EqualBlocks best = bestFrom(first);
    if ((best.count - 1) * best.period <= loopSteps) {
      ++first;
      continue;
    }
    legalTurns(best);
    log.clear();
    found.push_back(best);
    first += best.period * best.count;
  }
  return found;
}
