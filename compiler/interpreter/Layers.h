//===- Layers.h - every layer as naive loops ------------------------------===//
//
// The oracle: what a layer means, as plainly as it can be written, and never fast.
// Tensors are NCHW, or NF for vectors; layouts do not exist here.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_INTERPRETER_LAYERS_H
#define RESNETC_COMPILER_INTERPRETER_LAYERS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace resnetc::interpreter {

// What layers need of a number; RunningError has the same functions.
template <typename T> T squareRoot(T x) { return std::sqrt(x); }
template <typename T> T exponential(T x) { return std::exp(x); }
template <typename T> T logarithm(T x) { return std::log(x); }
/// max(a, b); NaN if either is.
template <typename T> T larger(T a, T b) { return b > a || std::isnan(b) ? b : a; }

/// Extents [N, C, H, W], [N, F] or those of a parameter, and the elements in this order.
template <typename T> struct Tensor {
  llvm::SmallVector<int64_t, 4> shape;
  std::vector<T> data;

  Tensor() = default;
  explicit Tensor(llvm::ArrayRef<int64_t> shape) : shape(shape) {
    int64_t elements = 1;
    for (int64_t extent : shape)
      elements *= extent;
    data.assign(elements, T(0.0f));
  }
  T &operator()(int64_t n, int64_t c, int64_t y = 0, int64_t x = 0) { return data[index(n, c, y, x)]; }
  const T &operator()(int64_t n, int64_t c, int64_t y = 0, int64_t x = 0) const { return data[index(n, c, y, x)]; }
  int64_t batch() const { return shape[0]; }
  int64_t channels() const { return shape[1]; }
  int64_t height() const { return shape.size() > 2 ? shape[2] : 1; }
  int64_t width() const { return shape.size() > 3 ? shape[3] : 1; }

private:
  int64_t index(int64_t n, int64_t c, int64_t y, int64_t x) const {
    return ((n * channels() + c) * height() + y) * width() + x;
  }
};

/// Calls f(n, c, y, x) for every element.
template <typename T, typename F> void forEach(const Tensor<T> &tensor, F f) {
  for (int64_t n = 0; n < tensor.batch(); ++n)
    for (int64_t c = 0; c < tensor.channels(); ++c)
      for (int64_t y = 0; y < tensor.height(); ++y)
        for (int64_t x = 0; x < tensor.width(); ++x)
          f(n, c, y, x);
}

/// Height, width.
struct Window {
  int64_t kernel[2], stride[2] = {1, 1}, pad[2] = {0, 0}, padEnd[2] = {0, 0}, dilation[2] = {1, 1};

  /// How many elements of the window of output (y, x) lie inside the map and its padding.
  template <typename T> int64_t countPadded(const Tensor<T> &map, int64_t y, int64_t x) const {
    int64_t first[2] = {y * stride[0] - pad[0], x * stride[1] - pad[1]}, extent[2] = {map.height(), map.width()};
    int64_t count = 1;
    for (int axis : {0, 1})
      count *= std::min(first[axis] + kernel[axis], extent[axis] + padEnd[axis]) - first[axis];
    return count;
  }

  /// Calls f(ky, kx, inputY, inputX) for every element of the window of output (y, x) that lies inside the map.
  template <typename T, typename F> void forEachInside(const Tensor<T> &map, int64_t y, int64_t x, F f) const {
    for (int64_t ky = 0; ky < kernel[0]; ++ky)
      for (int64_t kx = 0; kx < kernel[1]; ++kx) {
        int64_t iy = y * stride[0] - pad[0] + ky * dilation[0];
        int64_t ix = x * stride[1] - pad[1] + kx * dilation[1];
        if (iy >= 0 && iy < map.height() && ix >= 0 && ix < map.width())
          f(ky, kx, iy, ix);
      }
  }
};

/// Cross-correlation. `filter` is [outputs, inputs / groups, height, width]; `output` has its extents.
template <typename T>
void conv2d(const Tensor<T> &input, const Tensor<T> &filter, const Window &window, int64_t groups, Tensor<T> &output) {
  int64_t inputs = filter.channels(), outputs = filter.batch() / groups;
  forEach(output, [&](int64_t n, int64_t o, int64_t y, int64_t x) {
    T sum = T(0.0f);
    for (int64_t c = 0; c < inputs; ++c)
      window.forEachInside(input, y, x, [&](int64_t ky, int64_t kx, int64_t iy, int64_t ix) {
        sum += input(n, o / outputs * inputs + c, iy, ix) * filter(o, c, ky, kx);
      });
    output(n, o, y, x) = sum;
  });
}

/// `weight` is [outputs, inputs].
template <typename T> void linear(const Tensor<T> &input, const Tensor<T> &weight, Tensor<T> &output) {
  forEach(output, [&](int64_t n, int64_t o, int64_t, int64_t) {
    T sum = T(0.0f);
    for (int64_t c = 0; c < input.channels(); ++c)
      sum += input(n, c) * weight(o, c);
    output(n, o) = sum;
  });
}

/// Padding counts as -infinity.
template <typename T> void maxPool2d(const Tensor<T> &input, const Window &window, Tensor<T> &output) {
  forEach(output, [&](int64_t n, int64_t c, int64_t y, int64_t x) {
    T most = T(-std::numeric_limits<float>::infinity());
    window.forEachInside(input, y, x,
                         [&](int64_t, int64_t, int64_t iy, int64_t ix) { most = larger(most, input(n, c, iy, ix)); });
    output(n, c, y, x) = most;
  });
}

/// Divides by the window's size inside the padded map if `countPadding`, else by what of it lies inside the map.
template <typename T>
void avgPool2d(const Tensor<T> &input, const Window &window, bool countPadding, Tensor<T> &output) {
  forEach(output, [&](int64_t n, int64_t c, int64_t y, int64_t x) {
    T sum = T(0.0f);
    int64_t inside = 0;
    window.forEachInside(input, y, x, [&](int64_t, int64_t, int64_t iy, int64_t ix) {
      sum += input(n, c, iy, ix);
      ++inside;
    });
    int64_t count = countPadding ? window.countPadded(input, y, x) : inside;
    output(n, c, y, x) = sum / T(static_cast<double>(count));
  });
}

template <typename T> void softmax(const Tensor<T> &input, Tensor<T> &output) {
  for (int64_t n = 0; n < input.batch(); ++n) {
    T most = input(n, 0), sum = T(0.0f);
    for (int64_t c = 1; c < input.channels(); ++c)
      most = larger(most, input(n, c));
    for (int64_t c = 0; c < input.channels(); ++c)
      sum += output(n, c) = exponential(T(input(n, c) - most));
    for (int64_t c = 0; c < input.channels(); ++c)
      output(n, c) = output(n, c) / sum;
  }
}

/// Over the channels at each place.
template <typename T>
void layerNorm(const Tensor<T> &input, const std::vector<T> &gamma, const std::vector<T> &beta, double eps,
               Tensor<T> &output) {
  T count = T(static_cast<double>(input.channels()));
  forEach(output, [&](int64_t n, int64_t c, int64_t y, int64_t x) {
    T mean = T(0.0f), variance = T(0.0f);
    for (int64_t other = 0; other < input.channels(); ++other)
      mean += input(n, other, y, x);
    mean = mean / count;
    for (int64_t other = 0; other < input.channels(); ++other) {
      T distance = input(n, other, y, x) - mean;
      variance += distance * distance;
    }
    T deviation = squareRoot(T(variance / count + T(eps)));
    output(n, c, y, x) = gamma[c] * ((input(n, c, y, x) - mean) / deviation) + beta[c];
  });
}

/// x * gate, or x * (1 - gate); a gate of one pixel is that of every pixel.
template <typename T> void multiply(const Tensor<T> &gate, bool complement, Tensor<T> &x) {
  bool isPixel = gate.height() == 1 && gate.width() == 1;
  forEach(x, [&](int64_t n, int64_t c, int64_t row, int64_t column) {
    T factor = isPixel ? gate(n, c) : gate(n, c, row, column);
    x(n, c, row, column) = x(n, c, row, column) * (complement ? T(T(1.0f) - factor) : factor);
  });
}

/// Option A: every stride-th pixel; channels that `input` has not stay zero.
template <typename T> void padShortcut(const Tensor<T> &input, llvm::ArrayRef<int64_t> strides, Tensor<T> &output) {
  forEach(output, [&](int64_t n, int64_t c, int64_t y, int64_t x) {
    if (c < input.channels())
      output(n, c, y, x) = input(n, c, y * strides[0], x * strides[1]);
  });
}

} // namespace resnetc::interpreter

#endif // RESNETC_COMPILER_INTERPRETER_LAYERS_H
