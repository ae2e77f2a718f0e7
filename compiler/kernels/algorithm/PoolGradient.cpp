//===- PoolGradient.cpp - gradients of pools --------------------------------===//

#include "compiler/kernels/algorithm/Training.h"

using namespace Halide;
using namespace resnetc::kernels;

Algorithm resnetc::kernels::globalAvgPoolGradientAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor dy(spec.input, spec.batch, "input");
  result.arguments = {dy.parameter()};
  result.output(at.all()) =
      strict_float(dy.at(at.channel(), 0, 0, at.n) / float(spec.output.width * spec.output.height));
  return result;
}
