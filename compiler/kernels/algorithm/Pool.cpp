//===- Pool.cpp - maximum and mean over windows and maps -------------------===//

#include "compiler/kernels/algorithm/Algorithm.h"
#include "compiler/kernels/algorithm/Windows.h"
#include <limits>

using namespace Halide;
using namespace resnetc::kernels;

namespace {
/// The pixel of the input that window position (wx, wy) of output (x, y) lies on; may lie outside the map.
struct Tap {
  Expr x, y;
  Tap(const KernelSpec &spec, const Coordinates &at, const RDom &window)
      : x(at.x * int(spec.strideWidth) + window.x - int(spec.padWidth)),
        y(at.y * int(spec.strideHeight) + window.y - int(spec.padHeight)) {}
};

/// The nearest pixel inside; `likely` splits the loops into edges and an interior without the test.
Expr inside(const Expr &index, int64_t extent) { return clamp(likely(index), 0, int(extent) - 1); }

/// A NaN wins, and once there it stays: no comparison with it is true.
Expr largerOf(const Expr &value, const Expr &largest) {
  return select(strict_float(value > largest) || strict_float(value != value), value, largest);
}
} // namespace

/// Padding never wins: each window touches the map, so reading the nearest pixel inside instead changes nothing.
Algorithm resnetc::kernels::maxPool2dAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor input(spec.input, spec.batch, "input");
  result.arguments = {input.parameter()};
  result.window = RDom(0, int(spec.windowWidth), 0, int(spec.windowHeight), "window");
  Tap tap(spec, at, result.window);
  Expr value = input.at(at.channel(), inside(tap.x, spec.input.width), inside(tap.y, spec.input.height), at.n);
  result.reduction(at.all()) = -std::numeric_limits<float>::infinity();
  result.reduction(at.all()) = largerOf(value, result.reduction(at.all()));
  result.output(at.all()) = result.reduction(at.all());
  return result;
}

Algorithm resnetc::kernels::avgPool2dAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor input(spec.input, spec.batch, "input");
  result.arguments = {input.parameter()};
  result.window = RDom(0, int(spec.windowWidth), 0, int(spec.windowHeight), "window");
  Tap tap(spec, at, result.window);
  Expr value = input.at(at.channel(), inside(tap.x, spec.input.width), inside(tap.y, spec.input.height), at.n);
  Expr onMap = tap.x >= 0 && tap.x < int(spec.input.width) && tap.y >= 0 && tap.y < int(spec.input.height);
  result.reduction(at.all()) = 0.f;
  result.reduction(at.all()) += select(onMap, value, 0.f);
  Expr count =
      countPadded(at.x, spec.windowWidth, spec.strideWidth, spec.padWidth, spec.input.width, spec.padEndWidth) *
      countPadded(at.y, spec.windowHeight, spec.strideHeight, spec.padHeight, spec.input.height, spec.padEndHeight);
  if (!spec.countPadding)
    count = countInside(at.x, spec.windowWidth, spec.strideWidth, spec.padWidth, spec.input.width) *
            countInside(at.y, spec.windowHeight, spec.strideHeight, spec.padHeight, spec.input.height);
  result.output(at.all()) = strict_float(result.reduction(at.all()) / cast<float>(count));
  return result;
}

Algorithm resnetc::kernels::globalAvgPoolAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor input(spec.input, spec.batch, "input");
  result.arguments = {input.parameter()};
  result.window = RDom(0, int(spec.input.width), 0, int(spec.input.height), "window");
  result.reduction(at.all()) = 0.f;
  result.reduction(at.all()) += input.at(at.channel(), result.window.x, result.window.y, at.n);
  result.output(at.all()) = strict_float(result.reduction(at.all()) / float(spec.input.width * spec.input.height));
  return result;
}

Algorithm resnetc::kernels::globalMaxPoolAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor input(spec.input, spec.batch, "input");
  result.arguments = {input.parameter()};
  result.window = RDom(0, int(spec.input.width), 0, int(spec.input.height), "window");
  Expr value = input.at(at.channel(), result.window.x, result.window.y, at.n);
  result.reduction(at.all()) = -std::numeric_limits<float>::infinity();
  result.reduction(at.all()) = largerOf(value, result.reduction(at.all()));
  result.output(at.all()) = result.reduction(at.all());
  return result;
}
