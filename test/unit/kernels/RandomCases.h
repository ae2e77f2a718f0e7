//===- RandomCases.h - kernels and inputs from a seed -----------------------===//

#ifndef RESNETC_TEST_UNIT_KERNELS_RANDOMCASES_H
#define RESNETC_TEST_UNIT_KERNELS_RANDOMCASES_H

#include "Reference.h"
#include "compiler/kernels/KernelCompiler.h"
#include <random>

namespace resnetc::test {

/// The same numbers on every machine.
class Random {
public:
  explicit Random(unsigned seed) : engine(seed) {}
  int64_t between(int64_t low, int64_t high) { return low + int64_t(engine() % uint64_t(high - low + 1)); }
  bool oneIn(int64_t n) { return between(1, n) == 1; }
  double real() { return double(int64_t(engine()) - 0x7fffffff) / 0x7fffffff; }

private:
  std::mt19937 engine;
};

enum class Numbers { SmallIntegers, Reals, RealsAndOneNan };

/// A verified kernel of that op with odd sizes, and a schedule for it (a third of them: the chosen one).
kernels::KernelJob randomJob(kernels::KernelOp op, const std::string &target, Random &random);
Inputs randomInputs(const kernels::KernelSpec &spec, Numbers numbers, Random &random);

} // namespace resnetc::test

#endif // RESNETC_TEST_UNIT_KERNELS_RANDOMCASES_H
