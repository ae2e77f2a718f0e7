//===- Gradients.h - the backward pass of every layer as naive loops ------===//
//
// As Layers.h: what a gradient is, as plainly as it can be written. Scatters of what
// the layer gathers; results hold zeros before.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_INTERPRETER_GRADIENTS_H
#define RESNETC_COMPILER_INTERPRETER_GRADIENTS_H

#include "compiler/interpreter/Layers.h"
#include "compiler/interpreter/RunningError.h"

namespace resnetc::interpreter {

/// dx += filter^T dy
template <typename T>
void conv2dInputGradient(const Tensor<T> &dy, const Tensor<T> &filter, const Window &window, int64_t groups,
                         Tensor<T> &dx) {
  int64_t inputs = filter.channels(), outputs = filter.batch() / groups;
  forEach(dy, [&](int64_t n, int64_t o, int64_t y, int64_t x) {
    for (int64_t c = 0; c < inputs; ++c)
      window.forEachInside(dx, y, x, [&](int64_t ky, int64_t kx, int64_t iy, int64_t ix) {
        dx(n, o / outputs * inputs + c, iy, ix) += dy(n, o, y, x) * filter(o, c, ky, kx);
      });
  });
}

/// dfilter += x dy
template <typename T>
void conv2dFilterGradient(const Tensor<T> &input, const Tensor<T> &dy, const Window &window, int64_t groups,
                          Tensor<T> &dfilter) {
  int64_t inputs = dfilter.channels(), outputs = dfilter.batch() / groups;
  forEach(dy, [&](int64_t n, int64_t o, int64_t y, int64_t x) {
    for (int64_t c = 0; c < inputs; ++c)
      window.forEachInside(input, y, x, [&](int64_t ky, int64_t kx, int64_t iy, int64_t ix) {
        dfilter(o, c, ky, kx) += input(n, o / outputs * inputs + c, iy, ix) * dy(n, o, y, x);
      });
  });
}

template <typename T> void linearInputGradient(const Tensor<T> &dy, const Tensor<T> &weight, Tensor<T> &dx) {
  forEach(dy, [&](int64_t n, int64_t o, int64_t, int64_t) {
    for (int64_t c = 0; c < dx.channels(); ++c)
      dx(n, c) += dy(n, o) * weight(o, c);
  });
}

template <typename T> void linearWeightGradient(const Tensor<T> &input, const Tensor<T> &dy, Tensor<T> &dweight) {
  forEach(dy, [&](int64_t n, int64_t o, int64_t, int64_t) {
    for (int64_t c = 0; c < input.channels(); ++c)
      dweight(o, c) += input(n, c) * dy(n, o);
  });
}

/// Adds dy to the first maximum of the window of output (y, x). Where numbers have errors, everything that may be the
/// maximum may have to have dy.
template <typename T> bool mayExceed(T, T) { return false; }
inline bool mayExceed(RunningError a, RunningError b) { return double(a.value) + a.error > double(b.value) - b.error; }
template <typename T> T unknownShare(T) { return T(0.0f); }
inline RunningError unknownShare(RunningError dy) { return {0.0f, detail::size(dy) + dy.error}; }

template <typename T>
void toMaximum(const Tensor<T> &input, const Window &window, int64_t n, int64_t c, int64_t y, int64_t x, T dy,
               Tensor<T> &dx) {
  int64_t bestY = -1, bestX = -1;
  window.forEachInside(input, y, x, [&](int64_t, int64_t, int64_t iy, int64_t ix) {
    if (bestY < 0 || input(n, c, bestY, bestX) < input(n, c, iy, ix))
      std::tie(bestY, bestX) = std::pair(iy, ix);
  });
  dx(n, c, bestY, bestX) += dy;
  const T best = input(n, c, bestY, bestX);
  window.forEachInside(input, y, x, [&](int64_t, int64_t, int64_t iy, int64_t ix) {
    if ((iy != bestY || ix != bestX) && mayExceed(input(n, c, iy, ix), best)) {
      dx(n, c, iy, ix) += unknownShare(dy);
      dx(n, c, bestY, bestX) += unknownShare(dy);
    }
  });
}

template <typename T>
void maxPool2dGradient(const Tensor<T> &dy, const Tensor<T> &input, const Window &window, Tensor<T> &dx) {
  forEach(dy, [&](int64_t n, int64_t c, int64_t y, int64_t x) {
    toMaximum(input, window, n, c, y, x, dy(n, c, y, x), dx);
  });
}

template <typename T>
void avgPool2dGradient(const Tensor<T> &dy, const Window &window, bool countPadding, Tensor<T> &dx) {
  forEach(dy, [&](int64_t n, int64_t c, int64_t y, int64_t x) {
    int64_t inside = 0;
    window.forEachInside(dx, y, x, [&](int64_t, int64_t, int64_t, int64_t) { ++inside; });
    T share = dy(n, c, y, x) / T(static_cast<double>(countPadding ? window.countPadded(dx, y, x) : inside));
    window.forEachInside(dx, y, x, [&](int64_t, int64_t, int64_t iy, int64_t ix) { dx(n, c, iy, ix) += share; });
  });
}

/// Summed over the pixels if the gate is one.
template <typename T>
void gateGradient(const Tensor<T> &dy, const Tensor<T> &input, bool complement, Tensor<T> &dgate) {
  bool isPixel = dgate.height() == 1 && dgate.width() == 1;
  forEach(dy, [&](int64_t n, int64_t c, int64_t y, int64_t x) {
    T product = dy(n, c, y, x) * input(n, c, y, x);
    T &sum = isPixel ? dgate(n, c) : dgate(n, c, y, x);
    sum = complement ? T(sum - product) : T(sum + product);
  });
}

template <typename T> void padShortcutGradient(const Tensor<T> &dy, llvm::ArrayRef<int64_t> strides, Tensor<T> &dx) {
  forEach(dy, [&](int64_t n, int64_t c, int64_t y, int64_t x) {
    if (c < dx.channels())
      dx(n, c, y * strides[0], x * strides[1]) = dy(n, c, y, x);
  });
}

/// Over the channels at each place: with x^ normalised and g = gamma dy, dx = (g - mean(g) - x^ mean(g x^)) /
/// deviation.
template <typename T>
void layerNormGradient(const Tensor<T> &dy, const Tensor<T> &input, const std::vector<T> &gamma, double eps,
                       Tensor<T> &dx, Tensor<T> &normalized) {
  T count = T(static_cast<double>(input.channels()));
  const std::vector<T> zeros(gamma.size(), T(0.0f)), ones(gamma.size(), T(1.0f));
  layerNorm(input, ones, zeros, eps, normalized);
  forEach(input, [&](int64_t n, int64_t c, int64_t y, int64_t x) {
    T mean = T(0.0f), variance = T(0.0f), sum = T(0.0f), product = T(0.0f);
    for (int64_t k = 0; k < input.channels(); ++k) {
      mean += input(n, k, y, x);
      sum += gamma[k] * dy(n, k, y, x);
      product += gamma[k] * dy(n, k, y, x) * normalized(n, k, y, x);
    }
    mean = mean / count;
    for (int64_t k = 0; k < input.channels(); ++k) {
      T distance = input(n, k, y, x) - mean;
      variance += distance * distance;
    }
    T inner = gamma[c] * dy(n, c, y, x) - sum / count - normalized(n, c, y, x) * (product / count);
    dx(n, c, y, x) = inner / squareRoot(T(variance / count + T(eps)));
  });
}

template <typename T> void softmaxGradient(const Tensor<T> &dy, const Tensor<T> &output, Tensor<T> &dx) {
  forEach(dy, [&](int64_t n, int64_t c, int64_t, int64_t) {
    T sum = T(0.0f);
    for (int64_t k = 0; k < dy.channels(); ++k)
      sum += dy(n, k) * output(n, k);
    dx(n, c) = output(n, c) * (dy(n, c) - sum);
  });
}

} // namespace resnetc::interpreter

#endif // RESNETC_COMPILER_INTERPRETER_GRADIENTS_H
