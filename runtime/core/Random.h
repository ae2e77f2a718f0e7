//===- Random.h - random numbers that depend on their place alone ---------===//
//
// A counter in place of a state: a number is a function of (seed, stream, index), so that it is the same whatever was
// drawn before it. Logarithm and cosine are computed here, in a fixed order of double operations: the numbers are the
// same bits on every machine.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_CORE_RANDOM_H
#define RESNETC_RUNTIME_CORE_RANDOM_H

#include <cstdint>

namespace resnetc::rt {

struct Words {
  uint32_t word[4];
};

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
Words philox(Words counter, uint64_t key);

/// A number in (0, 1] out of the upper 53 of 64 bits.
double unit(uint32_t low, uint32_t high);

/// ln x of a normal, positive x, and e^x (0 or infinity beyond the normal numbers): within some units of the last
/// place, the same bits on every machine.
double logarithm(double x);
double exponential(double x);

/// Standard normal numbers of one stream, two from each block of Philox (Box-Muller).
class Normal {
public:
  Normal(uint64_t seed, uint32_t stream) : seed(seed), stream(stream) {}
  double at(uint64_t index);

private:
  uint64_t seed;
  uint32_t stream;
  uint64_t block = ~uint64_t(0); ///< that `pair` belongs to
  double pair[2] = {0, 0};
};

} // namespace resnetc::rt

#endif // RESNETC_RUNTIME_CORE_RANDOM_H
