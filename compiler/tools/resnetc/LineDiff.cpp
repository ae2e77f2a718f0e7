//===- LineDiff.cpp - where two texts differ, for people -------------------===//

#include "compiler/tools/resnetc/LineDiff.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

using namespace llvm;

namespace resnetc::tool {
namespace {

using Lines = ArrayRef<StringRef>;

struct Hunk {
  size_t before, after;           ///< first lines
  size_t beforeCount, afterCount; ///< lines that differ
};

/// How many lines to leave on either side until two lines in a row are equal again (or both texts end).
std::pair<size_t, size_t> resynchronise(Lines before, Lines after) {
  constexpr size_t farthest = 400;
  size_t most = std::min(before.size() + after.size(), farthest);
  for (size_t sum = 1; sum <= most; ++sum)
    for (size_t i = sum > after.size() ? sum - after.size() : 0; i <= std::min(sum, before.size()); ++i) {
      Lines left = before.drop_front(i).take_front(2), right = after.drop_front(sum - i).take_front(2);
      if (left == right)
        return {i, sum - i};
    }
  return {before.size(), after.size()};
}

SmallVector<Hunk> differences(Lines before, Lines after) {
  SmallVector<Hunk> hunks;
  size_t i = 0, j = 0;
  while (i < before.size() || j < after.size()) {
    if (i < before.size() && j < after.size() && before[i] == after[j]) {
      ++i, ++j;
      continue;
    }
    auto [removed, added] = resynchronise(before.drop_front(i), after.drop_front(j));
    hunks.push_back({i, j, removed, added});
    i += removed;
    j += added;
  }
  return hunks;
}

void printLines(Lines lines, char sign, raw_ostream &os) {
  constexpr size_t most = 8;
  for (StringRef line : lines.take_front(most))
    os << sign << line << "\n";
  if (lines.size() > most)
    os << sign << "… " << lines.size() - most << " more lines\n";
}

} // namespace

void printLineDiff(StringRef before, StringRef after, raw_ostream &os) {
  constexpr size_t most = 3;
  SmallVector<StringRef> left, right;
  before.split(left, '\n');
  after.split(right, '\n');
  SmallVector<Hunk> hunks = differences(left, right);
  for (const Hunk &hunk : ArrayRef(hunks).take_front(most)) {
    os << "@@ -" << hunk.before + 1 << "," << hunk.beforeCount << " +" << hunk.after + 1 << "," << hunk.afterCount
       << " @@\n";
    printLines(Lines(left).slice(hunk.before, hunk.beforeCount), '-', os);
    printLines(Lines(right).slice(hunk.after, hunk.afterCount), '+', os);
  }
  if (hunks.size() > most)
    os << "… " << hunks.size() - most << " more places\n";
}

} // namespace resnetc::tool
