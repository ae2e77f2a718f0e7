//===- PoolGradient.cpp - gradients of pools --------------------------------===//
//
// Each pixel of dx gathers from the windows that it lies in.
//
//===----------------------------------------------------------------------===//

#include "compiler/kernels/algorithm/Training.h"
#include "compiler/kernels/algorithm/Windows.h"
#include "llvm/Support/MathExtras.h"

using namespace Halide;
using namespace resnetc::kernels;

namespace {
/// One axis: the r-th window back from the last one that `pixel` may lie in.
struct Window {
  Expr wanted;   ///< its index, may be none
  Expr index;    ///< in range even then
  Expr position; ///< of the pixel in the window
  Expr isThere;
  Window(const Expr &pixel, const Expr &r, int64_t window, int64_t stride, int64_t pad, int64_t count) {
    wanted = (pixel + int(pad)) / int(stride) - r;
    position = pixel + int(pad) - wanted * int(stride);
    isThere = wanted >= 0 && wanted < int(count) && position < int(window);
    index = clamp(wanted, 0, int(count) - 1);
  }
};

/// The windows that the pixel at (x, y) may lie in, as the domain of result.reduction.
struct Windows {
  Window column, row;
  Windows(Algorithm &result, const KernelSpec &spec)
      : column(result.at.x, domain(result, spec).x, spec.windowWidth, spec.strideWidth, spec.padWidth,
               spec.input.width),
        row(result.at.y, result.window.y, spec.windowHeight, spec.strideHeight, spec.padHeight, spec.input.height) {}

private:
  static const RDom &domain(Algorithm &result, const KernelSpec &spec) {
    result.window = RDom(0, int(llvm::divideCeil(spec.windowWidth, spec.strideWidth)), 0,
                         int(llvm::divideCeil(spec.windowHeight, spec.strideHeight)), "windows");
    return result.window;
  }
};
} // namespace

/// The position in window (wx, wy) of the first pixel, in row-major order, that equals its maximum.
static Func firstMaximum(const KernelSpec &spec, const Coordinates &at, const InputTensor &x, const InputTensor &y) {
  Func first("first_maximum");
  Var wx("wx"), wy("wy");
  int width = spec.windowWidth, height = spec.windowHeight;
  RDom each(0, width, 0, height, "each");
  Expr column = clamp(wx, 0, int(spec.input.width) - 1), row = clamp(wy, 0, int(spec.input.height) - 1);
  Expr px = column * int(spec.strideWidth) - int(spec.padWidth) + each.x;
  Expr py = row * int(spec.strideHeight) - int(spec.padHeight) + each.y;
  Expr inside = px >= 0 && px < int(spec.output.width) && py >= 0 && py < int(spec.output.height);
  Channel channel = at.channel();
  Expr value = x.at(channel, clamp(px, 0, int(spec.output.width) - 1), clamp(py, 0, int(spec.output.height) - 1), at.n);
  Expr matches = inside && value == y.at(channel, column, row, at.n);
  std::vector<Var> arguments{wx, wy, at.c, at.n};
  if (at.blocked)
    arguments.insert(arguments.begin(), at.v);
  std::vector<Expr> itself(arguments.begin(), arguments.end());
  first(arguments) = width * height;
  first(arguments) = min(first(itself), select(matches, each.y * width + each.x, width * height));
  return first;
}

/// A window's gradient goes to the first pixel that equals its maximum.
Algorithm resnetc::kernels::maxPool2dGradientAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor dy(spec.input, spec.batch, "input"), x(*spec.other, spec.batch, "other");
  InputTensor y(*spec.saved, spec.batch, "saved");
  result.arguments = {dy.parameter(), x.parameter(), y.parameter()};
  Windows windows(result, spec);
  const Window &column = windows.column, &row = windows.row;
  Func first = firstMaximum(spec, at, x, y);
  result.helpers = {first};
  std::vector<Expr> window{column.wanted, row.wanted, at.c, at.n};
  if (at.blocked)
    window.insert(window.begin(), at.v);
  Expr isFirst = first(window) == row.position * int(spec.windowWidth) + column.position;
  result.reduction(at.all()) = 0.f;
  result.reduction(at.all()) +=
      select(column.isThere && row.isThere && isFirst, dy.at(at.channel(), column.index, row.index, at.n), 0.f);
  result.output(at.all()) = result.reduction(at.all());
  return result;
}

Algorithm resnetc::kernels::avgPool2dGradientAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor dy(spec.input, spec.batch, "input");
  result.arguments = {dy.parameter()};
  Windows windows(result, spec);
  const Expr &x = windows.column.index, &y = windows.row.index;
  int64_t width = spec.output.width, height = spec.output.height;
  Expr count = countPadded(x, spec.windowWidth, spec.strideWidth, spec.padWidth, width, spec.padEndWidth) *
               countPadded(y, spec.windowHeight, spec.strideHeight, spec.padHeight, height, spec.padEndHeight);
  if (!spec.countPadding)
    count = countInside(x, spec.windowWidth, spec.strideWidth, spec.padWidth, width) *
            countInside(y, spec.windowHeight, spec.strideHeight, spec.padHeight, height);
  Expr value = strict_float(dy.at(at.channel(), x, y, at.n) / cast<float>(count));
  result.reduction(at.all()) = 0.f;
  result.reduction(at.all()) += select(windows.column.isThere && windows.row.isThere, value, 0.f);
  result.output(at.all()) = result.reduction(at.all());
  return result;
}

Algorithm resnetc::kernels::globalAvgPoolGradientAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor dy(spec.input, spec.batch, "input");
  result.arguments = {dy.parameter()};
  result.output(at.all()) =
      strict_float(dy.at(at.channel(), 0, 0, at.n) / float(spec.output.width * spec.output.height));
  return result;
}

/// To the first pixel that equals the maximum.
Algorithm resnetc::kernels::globalMaxPoolGradientAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor dy(spec.input, spec.batch, "input"), x(*spec.other, spec.batch, "other");
  InputTensor y(*spec.saved, spec.batch, "saved");
  result.arguments = {dy.parameter(), x.parameter(), y.parameter()};
  Channel channel = at.channel();
  int width = spec.output.width, height = spec.output.height;
  RDom each(0, width, 0, height, "each");
  std::vector<Var> map = at.blocked ? std::vector<Var>{at.v, at.c, at.n} : std::vector<Var>{at.c, at.n};
  std::vector<Expr> ofMap(map.begin(), map.end());
  Expr largest = y.at(channel, 0, 0, at.n);
  Func first("first_maximum");
  first(map) = width * height;
  first(map) =
      min(first(map), select(x.at(channel, each.x, each.y, at.n) == largest, each.y * width + each.x, width * height));
  result.helpers = {first};
  result.output(at.all()) = select(first(ofMap) == at.y * width + at.x, dy.at(channel, 0, 0, at.n), 0.f);
  return result;
}
