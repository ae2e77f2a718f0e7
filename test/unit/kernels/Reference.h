//===- Reference.h - kernels as naive loops --------------------------------===//

#ifndef RESNETC_TEST_UNIT_KERNELS_REFERENCE_H
#define RESNETC_TEST_UNIT_KERNELS_REFERENCE_H

#include "compiler/kernels/KernelSpec.h"
#include <vector>

namespace resnetc::test {

/// Logical values [n][c][y][x], without borders and padding channels.
struct Values {
  int64_t batch = 0, channels = 0, height = 0, width = 0;
  std::vector<double> data;

  Values() = default;
  Values(int64_t batch, const kernels::TensorSpec &spec)
      : batch(batch), channels(spec.channels), height(spec.height), width(spec.width),
        data(batch * channels * height * width) {}
  double &at(int64_t n, int64_t c, int64_t y, int64_t x) { return data[((n * channels + c) * height + y) * width + x]; }
  double at(int64_t n, int64_t c, int64_t y, int64_t x) const { return const_cast<Values *>(this)->at(n, c, y, x); }
  bool has(int64_t y, int64_t x) const { return y >= 0 && y < height && x >= 0 && x < width; }
};

/// The arguments of a kernel. Filter: [co][ci][ky][kx]; vectors: one number a channel.
struct Inputs {
  Values input, other, residual;
  std::vector<double> filter, bias, scale, shift;
};

/// Results in double precision and how far single precision may be from them.
struct Results {
  Values first, second;           ///< as stored: `second` is empty with one result
  Values firstError, secondError; ///< running error bounds
};

/// A filter [co][ci][ky][kx] as RESNETC_PACK_FILTER says.
std::vector<double> packFilter(const kernels::KernelSpec &conv, const std::vector<double> &filter);
/// The same as a Conv2dInputGradient reads it.
std::vector<double> packTransposed(const kernels::KernelSpec &gradient, const std::vector<double> &filter);

/// In exact arithmetic.
double activate(double x, const kernels::Activation &activation);

Results computeReference(const kernels::KernelSpec &spec, const Inputs &inputs);

} // namespace resnetc::test

#endif // RESNETC_TEST_UNIT_KERNELS_REFERENCE_H
