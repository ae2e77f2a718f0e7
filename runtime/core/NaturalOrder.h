//===- NaturalOrder.h - the order of named tensors ------------------------===//
//
// Of a model's schema and of a weights file: runtime and compiler share it. The tensors of equal blocks
// ("layer1.2.conv1.weight", "layer1.10.conv1.weight") lie at a constant distance in it, so that one pack step serves
// them all.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_CORE_NATURALORDER_H
#define RESNETC_RUNTIME_CORE_NATURALORDER_H

#include <stddef.h>
#include <string.h>

namespace resnetc {

/// Below, at or above 0 as `a` stands before, with or behind `b`. A text is a row of symbols: each longest run of
/// decimal digits is one symbol, every other byte is one. Rows are compared symbol by symbol, a row that ends first
/// stands first; two runs compare as numbers, anything else as bytes (a run by its first digit). Texts that are equal
/// so far ("a1", "a01") compare bytewise. A total order; 0 only for equal texts.
inline int compareNatural(const char *a, size_t aBytes, const char *b, size_t bBytes) {
  const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
  // Of the run that begins at `at`: leading zeros are skipped, `end` is behind it.
  const auto skipZeros = [](const char *text, size_t bytes, size_t at) {
    while (at < bytes && text[at] == '0')
      ++at;
    return at;
  };
  const auto endOfRun = [&](const char *text, size_t bytes, size_t at) {
    while (at < bytes && isDigit(text[at]))
      ++at;
    return at;
  };
  size_t i = 0, j = 0;
  while (i < aBytes && j < bBytes) {
    if (isDigit(a[i]) && isDigit(b[j])) {
      const size_t aBegin = skipZeros(a, aBytes, i), bBegin = skipZeros(b, bBytes, j);
      i = endOfRun(a, aBytes, aBegin);
      j = endOfRun(b, bBytes, bBegin);
      if (i - aBegin != j - bBegin)
        return i - aBegin < j - bBegin ? -1 : 1;
      if (const int order = memcmp(a + aBegin, b + bBegin, i - aBegin))
        return order;
    } else {
      if (a[i] != b[j])
        return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]) ? -1 : 1;
      ++i;
      ++j;
    }
  }
  if (i < aBytes || j < bBytes)
    return i < aBytes ? 1 : -1;
  const int order = memcmp(a, b, aBytes < bBytes ? aBytes : bBytes);
  return order ? order : aBytes < bBytes ? -1 : aBytes > bBytes;
}

/// For sorted containers of std::string, llvm::StringRef and the like.
struct NaturalLess {
  using is_transparent = void;
  template <typename A, typename B> bool operator()(const A &a, const B &b) const {
    return compareNatural(a.data(), a.size(), b.data(), b.size()) < 0;
  }
};

} // namespace resnetc

#endif // RESNETC_RUNTIME_CORE_NATURALORDER_H
