//===- CrossEntropy.cpp - the loss and its gradient -------------------------===//

#include "compiler/kernels/algorithm/Training.h"
#include <limits>
#include <numeric>

using namespace Halide;
using namespace resnetc::kernels;

namespace {
/// What torch.nn.CrossEntropyLoss(weight, label_smoothing) makes of one image: with p = softmax(x), weights w, label l,
///   loss = -(1 - s) w[l] log p[l] - s / C sum_c w[c] log p[c]
/// and its sum over the images is divided by that of w[l] (or by the number of images). Of two labels an image (mixup)
/// the losses are blended by `mix`.
struct Loss {
  const KernelSpec &spec;
  const Coordinates &at;
  InputTensor logits;
  ImageParam counters = countersParameter();
  Buffer<float> weights;
  double allWeights;

  Loss(const KernelSpec &spec, const Coordinates &at)
      : spec(spec), at(at), logits(spec.input, spec.batch, "input"), allWeights(double(spec.input.channels)) {
    if (spec.classWeights.empty())
      return;
    weights = Buffer<float>(int(spec.input.channels), "class_weights");
    for (size_t c = 0; c < spec.classWeights.size(); ++c)
      weights(int(c)) = float(spec.classWeights[c]);
    allWeights = std::accumulate(spec.classWeights.begin(), spec.classWeights.end(), 0.0);
  }

  Expr valid() const { return validImages(counters); }
  Expr mix() const { return mixOfLabels(counters); }
  Expr weight(const Expr &c) const { return weights.defined() ? weights(c) : Expr(1.f); }
  Expr logit(const Expr &c, const Expr &n) const { return logits.at(Channel::ofFlat(c), 0, 0, n); }
  /// Without a second label the first one's loss is the loss, to the last bit, whatever number the other one's is.
  Expr blend(const Expr &first, const Expr &second) const {
    return select(mix() == 1.f, first, mix() * first + (1.f - mix()) * second);
  }
};

/// One label an image.
struct Labels {
  const Loss &loss;
  ImageParam parameter;
  Func divisor; ///< the sum of all labels' weights; a helper

  Labels(Algorithm &result, const Loss &loss, const std::string &name)
      : loss(loss), parameter(Int(32), 1, name), divisor(name + "_divisor") {
    parameter.dim(0).set_bounds(0, int(loss.spec.batch)).set_stride(1);
    RDom images(0, int(loss.spec.batch), name + "_images");
    divisor() = 0.f;
    divisor() += select(images < loss.valid(), loss.weight(of(images)), 0.f);
    result.helpers.push_back(divisor);
  }

  /// The caller's labels end with the last valid image. An index is kept in range whatever it says.
  Expr of(const Expr &n) const {
    return clamp(parameter(max(min(n, loss.valid() - 1), 0)), 0, int(loss.spec.input.channels) - 1);
  }
};

/// exp of x <= 0. Halide's polynomial makes a number of a NaN.
Expr exponential(const Expr &x) { return select(strict_float(x != x), x, exp(x)); }

/// Values of one image, for one of the two results: the largest logit, and the sum of exponentials.
struct Softmax {
  Func largest, total;
  Softmax(Algorithm &result, const Loss &loss, const std::string &name)
      : largest(name + "_largest"), total(name + "_total") {
    Var n = result.at.n;
    RDom c(0, int(loss.spec.input.channels), name + "_classes");
    largest(n) = -std::numeric_limits<float>::infinity();
    largest(n) = max(largest(n), loss.logit(c, n));
    total(n) = 0.f;
    total(n) += strict_float(exponential(loss.logit(c, n) - largest(n)));
    result.helpers.push_back(largest);
    result.helpers.push_back(total);
  }
};
} // namespace

/// Helpers: the sums of all images' weights, by first and second labels; largest and total for the losses, the weighted
/// logits of the smoothing, the losses with the second labels; largest and total for the gradient, that with the second
/// labels. What second labels make is stored, so that no term of both is computed once for both: how it is rounded
/// would change with it.
Algorithm resnetc::kernels::crossEntropyAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  Loss loss(spec, at);
  Labels labels(result, loss, "labels"), others(result, loss, "second_labels");
  result.arguments = {loss.logits.parameter(), labels.parameter, others.parameter, loss.counters};
  float classes = float(spec.input.channels), smoothing = float(spec.smoothing), allWeights = float(loss.allWeights);
  Var n = at.n;
  Func smoothed("smoothed");
  RDom each(0, int(spec.input.channels), "each");

  // -log p[c] = log total + largest - x[c]
  Softmax first(result, loss, "loss");
  smoothed(n) = 0.f;
  smoothed(n) += loss.weight(each) * (first.largest(n) - loss.logit(each, n));
  result.helpers.push_back(smoothed);
  Expr logTotal = Internal::halide_log(first.total(n));
  auto lossOf = [&](const Labels &some) {
    Expr label = some.of(n), own = logTotal + (first.largest(n) - loss.logit(label, n));
    Expr value = (1.f - smoothing) * loss.weight(label) * own;
    if (spec.smoothing != 0)
      value += smoothing / classes * (allWeights * logTotal + smoothed(n));
    return value / some.divisor();
  };
  Expr isValid = n < loss.valid();
  Func otherLoss("other_loss"), otherSlope("other_slope");
  otherLoss(n) = lossOf(others);
  result.helpers.push_back(otherLoss);
  result.output(at.all()) = select(at.v == 0 && isValid, loss.blend(lossOf(labels), otherLoss(n)), 0.f);

  Softmax second(result, loss, "gradient");
  Channel channel = at.channel();
  Expr share = exponential(loss.logits.at(channel, at.x, at.y, n) - second.largest(n)) / second.total(n);
  auto slopeOf = [&](const Labels &some) {
    Expr label = some.of(n), weightOfLabel = (1.f - smoothing) * loss.weight(label);
    Expr slope =
        share * (weightOfLabel + smoothing / classes * allWeights) - select(channel.flat == label, weightOfLabel, 0.f);
    if (spec.smoothing != 0)
      slope -= smoothing / classes * loss.weight(min(channel.flat, int(spec.input.channels) - 1));
    return slope / some.divisor();
  };
  bool padded = spec.input.channels % channelBlock != 0;
  Expr counts = padded ? isValid && channel.flat < int(spec.input.channels) : isValid;
  otherSlope(at.all()) = slopeOf(others);
  result.helpers.push_back(otherSlope);
  result.alongside(at.all()) = select(counts, loss.blend(slopeOf(labels), otherSlope(at.all())), 0.f);
  result.buffers = {tensorOutput(spec.output, spec.batch), tensorOutput(*spec.second, spec.batch)};
  return result;
}
