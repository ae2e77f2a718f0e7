//===- Philox.h - random bits that depend on nothing but a counter --------===//
//
// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as
// 1, 2, 3", 2011). What a dropout drops is a function of seed, step, layer, image
// and element: the same in a kernel, in the interpreter, in any order and on any
// number of threads, and again when a block is recomputed.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_KERNELS_PHILOX_H
#define RESNETC_COMPILER_KERNELS_PHILOX_H

#include <array>
#include <cstdint>

namespace resnetc {

using PhiloxWords = std::array<uint32_t, 4>;

constexpr uint32_t philoxMultiplier[2] = {0xD2511F53u, 0xCD9E8D57u};
constexpr uint32_t philoxWeyl[2] = {0x9E3779B9u, 0xBB67AE85u}; ///< golden ratio, sqrt(3) - 1
constexpr int philoxRounds = 10;

inline PhiloxWords philox(PhiloxWords counter, uint32_t keyLow, uint32_t keyHigh) {
  for (int round = 0; round < philoxRounds; ++round) {
    uint64_t first = uint64_t(philoxMultiplier[0]) * counter[0], second = uint64_t(philoxMultiplier[1]) * counter[2];
    counter = {uint32_t(second >> 32) ^ counter[1] ^ keyLow, uint32_t(second),
               uint32_t(first >> 32) ^ counter[3] ^ keyHigh, uint32_t(first)};
    keyLow += philoxWeyl[0];
    keyHigh += philoxWeyl[1];
  }
  return counter;
}

/// Where a random drop stands.
struct DropStream {
  uint64_t seed;   ///< of the training
  uint32_t step;   ///< counts the steps
  uint64_t stream; ///< of the layer
};

/// The word that decides about `element` of `image`; elements are counted in the order of NCHW, without padding.
inline uint32_t dropWord(const DropStream &at, uint32_t image, uint64_t element) {
  uint64_t key = at.seed ^ at.stream;
  return philox({at.step, image, uint32_t(element / 4), 0}, uint32_t(key), uint32_t(key >> 32))[element % 4];
}

/// The least word that is kept: rate * 2^32.
inline uint32_t dropThreshold(double rate) { return static_cast<uint32_t>(rate * 4294967296.0); }

inline bool isKept(const DropStream &at, double rate, uint32_t image, uint64_t element) {
  return dropWord(at, image, element) >= dropThreshold(rate);
}

} // namespace resnetc

#endif // RESNETC_COMPILER_KERNELS_PHILOX_H
