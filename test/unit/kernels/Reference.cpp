//===- Reference.cpp - kernels as naive loops ------------------------------===//

#include "Reference.h"
#include <algorithm>
#include <cmath>
#include <limits>

using namespace resnetc::kernels;
using namespace resnetc::test;

namespace {
constexpr double epsilon = 0x1p-24; // half an ulp of 1

struct Bounded {
  double value = 0, error = 0;
};

Bounded convolve(const KernelSpec &spec, const Inputs &in, int64_t n, int64_t co, int64_t y, int64_t x) {
  double sum = 0, magnitude = 0;
  int64_t ci = spec.input.channels / spec.groups, kh = spec.windowHeight, kw = spec.windowWidth;
  int64_t group = co / (spec.output.channels / spec.groups);
  for (int64_t c = 0; c < ci; ++c)
    for (int64_t ky = 0; ky < kh; ++ky)
      for (int64_t kx = 0; kx < kw; ++kx) {
        int64_t iy = y * spec.strideHeight + ky * spec.dilationHeight - spec.padHeight;
        int64_t ix = x * spec.strideWidth + kx * spec.dilationWidth - spec.padWidth;
        if (!in.input.has(iy, ix))
          continue;
        double product = in.input.at(n, group * ci + c, iy, ix) * in.filter[((co * ci + c) * kh + ky) * kw + kx];
        sum += product, magnitude += std::fabs(product);
      }
  return {sum, (16.0 * double((ci + 15) / 16) * kh * kw + 2) * epsilon * magnitude};
}

/// Positions of a window that lie on the map or on padding that counts.
int64_t counted(int64_t first, int64_t window, int64_t extent, int64_t padEnd) {
  return padEnd < 0 ? window : std::min(window, extent + padEnd - first);
}
int64_t countedRows(const KernelSpec &spec, int64_t y) {
  return counted(y * spec.strideHeight - spec.padHeight, spec.windowHeight, spec.input.height, spec.padEndHeight);
}
int64_t countedColumns(const KernelSpec &spec, int64_t x) {
  return counted(x * spec.strideWidth - spec.padWidth, spec.windowWidth, spec.input.width, spec.padEndWidth);
}

Bounded pool(const KernelSpec &spec, const Inputs &in, int64_t n, int64_t c, int64_t y, int64_t x) {
  bool isMax = spec.op == KernelOp::MaxPool2d;
  double largest = -std::numeric_limits<double>::infinity(), sum = 0, magnitude = 0;
  int64_t count = 0;
  for (int64_t ky = 0; ky < spec.windowHeight; ++ky)
    for (int64_t kx = 0; kx < spec.windowWidth; ++kx) {
      int64_t iy = y * spec.strideHeight + ky - spec.padHeight, ix = x * spec.strideWidth + kx - spec.padWidth;
      if (!in.input.has(iy, ix))
        continue;
      double value = in.input.at(n, c, iy, ix);
      largest = std::isnan(value) || value > largest ? value : largest;
      sum += value, magnitude += std::fabs(value), ++count;
    }
  if (isMax)
    return {largest, 0};
  double divisor = spec.countPadding ? countedRows(spec, y) * countedColumns(spec, x) : count;
  return {sum / divisor, (count + 2) * epsilon * magnitude / divisor};
}

Bounded globalMaximum(const Inputs &in, int64_t n, int64_t c) {
  double largest = -std::numeric_limits<double>::infinity();
  for (int64_t y = 0; y < in.input.height; ++y)
    for (int64_t x = 0; x < in.input.width; ++x) {
      double value = in.input.at(n, c, y, x);
      largest = std::isnan(value) || value > largest ? value : largest;
    }
  return {largest, 0};
}

Bounded multiply(const KernelSpec &spec, const Inputs &in, int64_t n, int64_t c, int64_t y, int64_t x) {
  bool onePixel = in.other.height * in.other.width == 1;
  double factor = onePixel ? in.other.at(n, c, 0, 0) : in.other.at(n, c, y, x), value = in.input.at(n, c, y, x);
  double terms = spec.complement ? 1 + std::fabs(factor) : std::fabs(factor);
  return {value * (spec.complement ? 1 - factor : factor), 2 * epsilon * std::fabs(value) * terms};
}

/// The mean's error is a sum's; a difference of it and rounding; the root halves the variance's relative error.
Bounded layerNorm(const KernelSpec &spec, const Inputs &in, int64_t n, int64_t c, int64_t y, int64_t x) {
  double count = spec.input.channels, sum = 0, magnitude = 0, squares = 0, differences = 0;
  for (int64_t k = 0; k < spec.input.channels; ++k)
    sum += in.input.at(n, k, y, x), magnitude += std::fabs(in.input.at(n, k, y, x));
  double mean = sum / count, meanError = (count / 16 + 18) * epsilon * magnitude / count;
  for (int64_t k = 0; k < spec.input.channels; ++k) {
    double difference = in.input.at(n, k, y, x) - mean;
    squares += difference * difference, differences += std::fabs(difference);
  }
  double variance = squares / count + spec.epsilon, root = std::sqrt(variance);
  double differenceError = meanError + epsilon * (magnitude / count + std::fabs(mean));
  double varianceError = (2 * differences * differenceError + (count / 16 + 20) * epsilon * squares) / count +
                         differenceError * differenceError + 2 * epsilon * variance;
  double difference = in.input.at(n, c, y, x) - mean, value = difference / root;
  double error = (meanError + epsilon * std::fabs(difference)) / root +
                 std::fabs(value) * (varianceError / variance + 4 * epsilon);
  return {value, error};
}

Bounded globalAverage(const Inputs &in, int64_t n, int64_t c) {
  double sum = 0, magnitude = 0, count = in.input.height * in.input.width;
  for (int64_t y = 0; y < in.input.height; ++y)
    for (int64_t x = 0; x < in.input.width; ++x)
      sum += in.input.at(n, c, y, x), magnitude += std::fabs(in.input.at(n, c, y, x));
  return {sum / count, (count + 2) * epsilon * magnitude / count};
}

Bounded softmax(const Inputs &in, int64_t n, int64_t c) {
  double largest = -std::numeric_limits<double>::infinity(), sum = 0;
  for (int64_t k = 0; k < in.input.channels; ++k)
    largest = std::fmax(largest, in.input.at(n, k, 0, 0));
  for (int64_t k = 0; k < in.input.channels; ++k)
    sum += std::exp(in.input.at(n, k, 0, 0) - largest);
  double shifted = in.input.at(n, c, 0, 0) - largest, value = std::exp(shifted) / sum;
  return {value, (in.input.channels + 16 + std::fabs(shifted)) * epsilon * value};
}

Bounded normalize(const KernelSpec &spec, const Inputs &in, int64_t n, int64_t c, int64_t y, int64_t x) {
  double unit = spec.input.element == Element::U8 ? 1.0 / 255 : 1, value = in.input.at(n, c, y, x) * unit;
  double error = 3 * epsilon * (std::fabs(value) + std::fabs(spec.mean[c])) / std::fabs(spec.std[c]);
  return {(value - spec.mean[c]) / spec.std[c], error};
}

Bounded copy(const KernelSpec &spec, const Inputs &in, int64_t n, int64_t c, int64_t y, int64_t x) {
  if (spec.op == KernelOp::PadShortcut)
    return {c < in.input.channels ? in.input.at(n, c, y * spec.strideHeight, x * spec.strideWidth) : 0, 0};
  if (spec.output.height == in.input.height && spec.output.width == in.input.width)
    return {in.input.at(n, c, y, x), 0};
  if (in.input.height * in.input.width == 1) // back from a vector
    return {in.input.at(n, (c * spec.output.height + y) * spec.output.width + x, 0, 0), 0};
  int64_t map = in.input.height * in.input.width;
  return {in.input.at(n, c / map, c % map / in.input.width, c % in.input.width), 0};
}

Bounded compute(const KernelSpec &spec, const Inputs &in, int64_t n, int64_t c, int64_t y, int64_t x) {
  switch (spec.op) {
  case KernelOp::Conv2d:
    return convolve(spec, in, n, c, y, x);
  case KernelOp::MaxPool2d:
  case KernelOp::AvgPool2d:
    return pool(spec, in, n, c, y, x);
  case KernelOp::GlobalAvgPool:
    return globalAverage(in, n, c);
  case KernelOp::GlobalMaxPool:
    return globalMaximum(in, n, c);
  case KernelOp::Multiply:
    return multiply(spec, in, n, c, y, x);
  case KernelOp::LayerNorm:
    return layerNorm(spec, in, n, c, y, x);
  case KernelOp::Concat:
    return {c < in.input.channels ? in.input.at(n, c, y, x) : in.other.at(n, c - in.input.channels, y, x), 0};
  case KernelOp::Softmax:
    return softmax(in, n, c);
  case KernelOp::Normalize:
    return normalize(spec, in, n, c, y, x);
  case KernelOp::Elementwise:
  case KernelOp::PadShortcut:
  case KernelOp::Copy:
    return copy(spec, in, n, c, y, x);
  default: // training has references of its own
    return {};
  }
}

double clamp(double value, double low, double high) { return value < low ? low : value > high ? high : value; }

} // namespace

double resnetc::test::activate(double x, const Activation &activation) {
  switch (activation.function) {
  case Function::None:
    return x;
  case Function::Relu:
    return x < 0 ? 0 : x;
  case Function::Relu6:
    return clamp(x, 0, 6);
  case Function::LeakyRelu:
    return x < 0 ? float(activation.parameter) * x : x;
  case Function::Elu:
    return x < 0 ? float(activation.parameter) * std::expm1(x) : x;
  case Function::Gelu:
    return x / 2 * (1 + std::erf(x / std::sqrt(2.0)));
  case Function::GeluTanh:
    return x / 2 * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
  case Function::Silu:
    return x / (1 + std::exp(-x));
  case Function::Sigmoid:
    return 1 / (1 + std::exp(-x));
  case Function::Tanh:
    return std::tanh(x);
  case Function::HardSigmoid:
    return clamp(x + 3, 0, 6) / 6;
  case Function::HardSwish:
    return x * clamp(x + 3, 0, 6) / 6;
  case Function::HardTanh:
    return clamp(x, -1, 1);
  }
  return x;
}

namespace {
/// No function is steeper than 1.5 (or its parameter) where errors matter. What Activate.h promises for each.
void apply(const Activation &activation, Bounded &result) {
  if (!activation)
    return;
  double x = result.value, slope = std::max(1.5, std::fabs(activation.parameter));
  result.value = activate(x, activation);
  double size = std::fabs(result.value);
  if (activation.function == Function::Gelu || activation.function == Function::GeluTanh)
    size = std::fabs(x);
  else if (activation.function == Function::HardSwish || activation.function == Function::HardSigmoid)
    size = (std::fabs(x) + 3) * std::max(1.0, std::fabs(x)); // x + 3 rounds before it is cut
  bool exact = activation.function == Function::Relu || activation.function == Function::Relu6 ||
               activation.function == Function::HardTanh;
  result.error = exact ? result.error : slope * result.error + 8 * epsilon * size + 1e-30;
}

void applyFirst(const KernelSpec &spec, const Inputs &in, double residual, int64_t c, Bounded &result) {
  double terms = std::fabs(result.value);
  if (spec.epilogue.bias)
    result.value += in.bias[c], terms += std::fabs(in.bias[c]);
  if (spec.epilogue.residual)
    result.value += residual, terms += std::fabs(residual);
  result.error += 3 * epsilon * terms;
  apply(spec.epilogue.activation, result);
}

Bounded applySecond(const KernelSpec &spec, const Inputs &in, int64_t c, const Bounded &first) {
  double product = first.value * in.scale[c];
  Bounded second{product + in.shift[c],
                 std::fabs(in.scale[c]) * first.error + 3 * epsilon * (std::fabs(product) + std::fabs(in.shift[c]))};
  apply(spec.epilogue.affineActivation, second);
  return second;
}
} // namespace

Results resnetc::test::computeReference(const KernelSpec &spec, const Inputs &in) {
  Results results;
  results.first = results.firstError = Values(spec.batch, spec.output);
  if (spec.second)
    results.second = results.secondError = Values(spec.batch, spec.output);
  for (int64_t n = 0; n < spec.batch; ++n)
    for (int64_t c = 0; c < spec.output.channels; ++c)
      for (int64_t y = 0; y < spec.output.height; ++y)
        for (int64_t x = 0; x < spec.output.width; ++x) {
          Bounded first = compute(spec, in, n, c, y, x), second;
          applyFirst(spec, in, spec.residual ? in.residual.at(n, c, y, x) : 0, c, first);
          if (spec.epilogue.affine)
            second = applySecond(spec, in, c, first);
          if (spec.epilogue.affine && !spec.epilogue.keepFirst)
            first = second;
          results.first.at(n, c, y, x) = first.value;
          results.firstError.at(n, c, y, x) = first.error;
          if (spec.second) {
            results.second.at(n, c, y, x) = second.value;
            results.secondError.at(n, c, y, x) = second.error;
          }
        }
  return results;
}
