//===- TrainingRunner.h - kernels of a training step against references ----===//

#ifndef RESNETC_TEST_UNIT_KERNELS_TRAININGRUNNER_H
#define RESNETC_TEST_UNIT_KERNELS_TRAININGRUNNER_H

#include "KernelRunner.h"
#include "RandomCases.h"
#include "compiler/kernels/KernelOperands.h"
#include <functional>
#include <map>

namespace resnetc::test {

/// Numbers of one operand: logical [n][c][y][x] of images, else dense floats as they lie in memory. `bound` says how
/// far single precision may be from an expected number: exact where it is empty.
struct OperandNumbers {
  std::vector<double> values, bound;
};
using Operands = std::map<kernels::OperandRole, OperandNumbers>;

/// A kernel with its inputs and what naive loops make of them.
struct TrainingCase {
  kernels::KernelSpec spec;
  Operands inputs, expected;
  std::string schedule; ///< empty: the chosen one
};

/// Compiles all cases for the best target that can run here, and every other one for the others; runs them apart and in
/// place, and compares.
void checkCases(const std::vector<TrainingCase> &cases);

/// Numbers for an operand of the spec, zero in lanes that are no channels.
std::vector<double> randomImages(const kernels::TensorSpec &tensor, int64_t batch, Random &random, bool integers);
/// vec(rows) of `tensor`'s channels.
std::vector<double> randomVec(const kernels::TensorSpec &tensor, int64_t rows, Random &random, double low = -1,
                              double high = 1);

/// The integers of the operand `counters`.
std::vector<double> counters(int64_t valid, uint64_t seed = 0, int64_t step = 0, float mix = 1);

/// A blocked tensor of odd sizes.
kernels::TensorSpec randomMap(Random &random, int64_t maxChannels = 40, int64_t maxExtent = 13);
kernels::TensorSpec withBorder(kernels::TensorSpec tensor, int64_t border);

inline constexpr double unit = 0x1p-24; ///< half an ulp of 1

/// Index into logical images, and into vec(rows).
struct Index {
  const kernels::TensorSpec &t;
  int64_t operator()(int64_t n, int64_t c, int64_t y, int64_t x) const {
    return ((n * t.channels + c) * t.height + y) * t.width + x;
  }
  int64_t row(int64_t k, int64_t c) const { return k * t.channelBlocks() * kernels::channelBlock + c; }
};

} // namespace resnetc::test

#endif // RESNETC_TEST_UNIT_KERNELS_TRAININGRUNNER_H
