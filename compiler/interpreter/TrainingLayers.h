//===- TrainingLayers.h - batch statistics and the loss as naive loops ----===//
//
// Of a batch only the first images are valid: statistics and the loss are theirs.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_INTERPRETER_TRAININGLAYERS_H
#define RESNETC_COMPILER_INTERPRETER_TRAININGLAYERS_H

#include "compiler/interpreter/Layers.h"

namespace resnetc::interpreter {

/// Calls f(n, y, x) for every pixel of a channel in the valid images.
template <typename T, typename F> void forEachValid(const Tensor<T> &tensor, int64_t valid, F f) {
  for (int64_t n = 0; n < valid; ++n)
    for (int64_t y = 0; y < tensor.height(); ++y)
      for (int64_t x = 0; x < tensor.width(); ++x)
        f(n, y, x);
}

template <typename T> T valuesOfChannel(const Tensor<T> &input, int64_t valid) {
  return T(static_cast<double>(valid * input.height() * input.width()));
}

/// Mean and biased variance of each channel.
template <typename T>
void batchStatistics(const Tensor<T> &input, int64_t valid, std::vector<T> &mean, std::vector<T> &variance) {
  T count = valuesOfChannel(input, valid);
  for (int64_t c = 0; c < input.channels(); ++c) {
    T sum = T(0.0f), squares = T(0.0f);
    forEachValid(input, valid, [&](int64_t n, int64_t y, int64_t x) { sum += input(n, c, y, x); });
    mean[c] = sum / count;
    forEachValid(input, valid, [&](int64_t n, int64_t y, int64_t x) {
      T distance = input(n, c, y, x) - mean[c];
      squares += distance * distance;
    });
    variance[c] = squares / count;
  }
}

/// What the backward pass of a batch norm reads and makes; `dy` is masked already.
template <typename T> struct BatchNormGradient {
  const Tensor<T> &dy, &input;
  const std::vector<T> &gamma, &mean, &variance;
  double eps;
  bool frozen;
  int64_t valid;
};

/// With x^ normalised: dgamma = sum dy x^, dbeta = sum dy, and through the statistics
/// dx = gamma / deviation (dy - mean(dy) - x^ mean(dy x^)); frozen: gamma / deviation dy.
template <typename T>
void batchNormGradient(const BatchNormGradient<T> &in, Tensor<T> &dx, std::vector<T> &dgamma, std::vector<T> &dbeta) {
  T count = valuesOfChannel(in.input, in.valid);
  for (int64_t c = 0; c < in.input.channels(); ++c) {
    T deviation = squareRoot(T(in.variance[c] + T(in.eps)));
    auto normalized = [&](int64_t n, int64_t y, int64_t x) -> T {
      return (in.input(n, c, y, x) - in.mean[c]) / deviation;
    };
    T sum = T(0.0f), product = T(0.0f);
    forEachValid(in.dy, in.valid, [&](int64_t n, int64_t y, int64_t x) {
      sum += in.dy(n, c, y, x);
      product += in.dy(n, c, y, x) * normalized(n, y, x);
    });
    dgamma[c] = product;
    dbeta[c] = sum;
    forEachValid(in.dy, in.valid, [&](int64_t n, int64_t y, int64_t x) {
      T inner = in.dy(n, c, y, x);
      if (!in.frozen)
        inner = inner - sum / count - normalized(n, y, x) * (product / count);
      dx(n, c, y, x) = in.gamma[c] / deviation * inner;
    });
  }
}

/// The loss's parts and its gradient in the scores; both hold zeros before. `weights` is empty or has one a class.
template <typename T>
void crossEntropy(const Tensor<T> &logits, llvm::ArrayRef<int32_t> labels, int64_t valid, double smoothing,
                  llvm::ArrayRef<double> weights, Tensor<T> &losses, Tensor<T> &gradient) {
  int64_t classes = logits.channels();
  auto weight = [&](int64_t c) { return T(weights.empty() ? 1.0 : weights[c]); };
  T all = T(0.0f), total = T(0.0f); // of all classes, of the labels
  for (int64_t c = 0; c < classes; ++c)
    all += weight(c);
  for (int64_t n = 0; n < valid; ++n)
    total += weight(labels[n]);
  T own = T(1 - smoothing), each = T(smoothing / static_cast<double>(classes));
  for (int64_t n = 0; n < valid; ++n) {
    T most = logits(n, 0), sum = T(0.0f);
    for (int64_t c = 1; c < classes; ++c)
      most = larger(most, logits(n, c));
    for (int64_t c = 0; c < classes; ++c)
      sum += exponential(T(logits(n, c) - most));
    T logarithmOfSum = logarithm(sum);
    T label = weight(labels[n]), loss = T(0.0f);
    for (int64_t c = 0; c < classes; ++c) {
      T distance = most - logits(n, c) + logarithmOfSum; // -log of the probability
      T share = each * weight(c);
      T slope = each * all + own * label; // of each probability
      if (c == labels[n])
        share = share + own * label;
      loss += share * distance;
      T probability = exponential(T(logits(n, c) - most)) / sum;
      gradient(n, c) = (slope * probability - share) / total;
    }
    losses(n, 0) = loss / total;
  }
}

} // namespace resnetc::interpreter

#endif // RESNETC_COMPILER_INTERPRETER_TRAININGLAYERS_H
