//===- Softmax.cpp - exponentials over the channels of a vector ------------===//

#include "compiler/kernels/algorithm/Algorithm.h"
#include <limits>

using namespace Halide;
using namespace resnetc::kernels;

/// exp of x <= 0. Halide's own is a polynomial that makes a number of a NaN.
static Expr expKeepingNan(const Expr &x) { return select(strict_float(x != x), x, exp(x)); }

/// exp(x - max) / sum of exp(x - max). The exponentials are computed twice instead of kept: a kernel has no memory of
/// its own, and a vector is short.
Algorithm resnetc::kernels::softmaxAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor input(spec.input, spec.batch, "input");
  result.arguments = {input.parameter()};
  RDom channels(0, int(spec.input.channels), "channels");
  Channel each = Channel::ofFlat(channels.x);

  Func largest("largest"), total("total");
  largest(at.n) = -std::numeric_limits<float>::infinity();
  largest(at.n) = max(largest(at.n), input.at(each, 0, 0, at.n));
  total(at.n) = 0.f;
  total(at.n) += strict_float(expKeepingNan(input.at(each, 0, 0, at.n) - largest(at.n)));
  result.helpers = {largest, total};

  Channel channel = at.channel();
  Expr value = strict_float(expKeepingNan(input.at(channel, at.x, at.y, at.n) - largest(at.n)) / total(at.n));
  result.output(at.all()) = zeroInPadding(spec, channel, value);
  return result;
}
