//===- BatchNorm.cpp - normalisation by the statistics of a batch ----------===//
//
// Statistics are never E[x^2] - E[x]^2: each image has its mean and its sum of squared
// differences from it, and images are combined by Chan's formula, first to last.
//
//===----------------------------------------------------------------------===//

#include "compiler/kernels/algorithm/Epilogue.h"
#include "compiler/kernels/algorithm/Training.h"

using namespace Halide;
using namespace resnetc::kernels;

static constexpr int block = channelBlock;

/// Rows 2n and 2n + 1: mean and sum of squared differences of image n.
Algorithm resnetc::kernels::batchNormPartialsAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor input(spec.input, spec.batch, "input");
  result.arguments = {input.parameter()};
  Channel channel = at.channel();
  Func sum = sumOverMap(result, spec.input, "sum",
                        [&](Expr x, Expr y) -> std::vector<Expr> { return {input.at(channel, x, y, at.n)}; });
  Func mean("mean");
  mean(at.v, at.c, at.n) = sum(at.v, at.c, at.n) / float(spec.input.height * spec.input.width);
  result.helpers = {mean};
  Func squares = sumOverMap(result, spec.input, "squares", [&](Expr x, Expr y) -> std::vector<Expr> {
    Expr difference = input.at(channel, x, y, at.n) - mean(at.v, at.c, at.n);
    return {difference * difference};
  });
  result.output(at.v, at.c, at.x, at.n) = mux(at.x, {mean(at.v, at.c, at.n), squares(at.v, at.c, at.n)});
  result.buffers = {denseOutput({block, int(spec.input.channelBlocks()), 2, int(spec.batch)})};
  return result;
}

/// Rows: mean, biased variance, and scale and shift that make of x what gamma, beta and they say.
static void defineStatistics(Algorithm &result, const KernelSpec &spec, const Expr &mean, const Expr &variance,
                             const ImageParam &gamma, const ImageParam &beta) {
  const Coordinates &at = result.at;
  Expr scale = gamma(at.v, at.c) / sqrt(variance + float(spec.epsilon));
  Expr shift = beta(at.v, at.c) - mean * scale;
  result.output(at.v, at.c, at.x) = mux(at.x, {mean, variance, scale, shift});
  result.buffers = {denseOutput({block, int(spec.input.channelBlocks()), 4})};
}

/// Statistics that are not the batch's.
static Algorithm frozenStatistics(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  std::vector<int> extents{block, int(spec.input.channelBlocks())};
  ImageParam mean = denseParameter("running_mean", extents), variance = denseParameter("running_variance", extents);
  ImageParam gamma = denseParameter("gamma", extents), beta = denseParameter("beta", extents);
  result.arguments = {mean, variance, gamma, beta};
  defineStatistics(result, spec, mean(at.v, at.c), variance(at.v, at.c), gamma, beta);
  return result;
}

Algorithm resnetc::kernels::batchNormCombineAlgorithm(const KernelSpec &spec) {
  if (spec.frozen)
    return frozenStatistics(spec);
  Algorithm result(spec);
  const Coordinates &at = result.at;
  int blocks = spec.input.channelBlocks(), batch = spec.batch;
  ImageParam partials = denseParameter("partials", {block, blocks, 2, batch});
  ImageParam gamma = denseParameter("gamma", {block, blocks}), beta = denseParameter("beta", {block, blocks});
  ImageParam counters = countersParameter();
  result.arguments = {partials, gamma, beta, counters};
  float pixels = float(spec.input.height * spec.input.width);
  result.window = RDom(0, batch, "images");
  RVar image = result.window.x;
  Expr valid = validImages(counters);

  Func &state = result.reduction;
  state(at.v, at.c) = Tuple(0.f, 0.f);
  Expr mean = state(at.v, at.c)[0], squares = state(at.v, at.c)[1];
  Expr difference = partials(at.v, at.c, 0, image) - mean, before = cast<float>(image);
  Expr nextMean = mean + difference / (before + 1.f);
  Expr nextSquares =
      squares + partials(at.v, at.c, 1, image) + difference * difference * (pixels * before / (before + 1.f));
  state(at.v, at.c) = Tuple(select(image < valid, nextMean, mean), select(image < valid, nextSquares, squares));

  Expr average = state(at.v, at.c)[0], variance = state(at.v, at.c)[1] / (pixels * cast<float>(valid));
  defineStatistics(result, spec, average, variance, gamma, beta);
  return result;
}

Algorithm resnetc::kernels::batchNormApplyAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor input(spec.input, spec.batch, "input");
  ImageParam statistics = denseParameter("statistics", {block, int(spec.input.channelBlocks()), 4});
  result.arguments = {input.parameter()};
  Expr value = input.at(at.channel(), at.x, at.y, at.n);
  defineEpilogue(result, spec, value * statistics(at.v, at.c, 2) + statistics(at.v, at.c, 3));
  result.arguments.push_back(statistics); // behind the epilogue's residual
  return result;
}

/// running = (1 - momentum) * running + momentum * statistic, with the unbiased variance.
Algorithm resnetc::kernels::updateStatisticsAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  int blocks = spec.input.channelBlocks();
  ImageParam statistics = denseParameter("statistics", {block, blocks, 4}), counters = countersParameter();
  ImageParam mean = denseParameter("running_mean", {block, blocks});
  ImageParam variance = denseParameter("running_variance", {block, blocks});
  result.arguments = {statistics, counters, mean, variance};
  float momentum = float(spec.momentum), pixels = float(spec.input.height * spec.input.width);
  Expr count = pixels * cast<float>(validImages(counters));
  Expr unbiased = statistics(at.v, at.c, 1) * (count / max(count - 1.f, 1.f));
  Expr newMean = (1.f - momentum) * mean(at.v, at.c) + momentum * statistics(at.v, at.c, 0);
  Expr newVariance = (1.f - momentum) * variance(at.v, at.c) + momentum * unbiased;
  result.output(at.v, at.c) = Tuple(newMean, newVariance);
  result.buffers = {denseOutput({block, blocks}), denseOutput({block, blocks})};
  return result;
}

namespace {
/// dy through the activation whose output is `saved`, if there is one.
struct MaskedGradient {
  InputTensor dy;
  std::optional<InputTensor> saved;
  const Activation activation;
  explicit MaskedGradient(const KernelSpec &spec)
      : dy(spec.input, spec.batch, "input"), activation(spec.epilogue.activation) {
    if (spec.saved)
      saved.emplace(*spec.saved, spec.batch, "saved");
  }
  Expr at(const Channel &channel, const Expr &x, const Expr &y, const Expr &n) const {
    Expr value = dy.at(channel, x, y, n);
    return saved ? activationGradient(value, saved->at(channel, x, y, n), activation, /*ofOutput=*/true) : value;
  }
};
} // namespace

/// Rows 2n and 2n + 1: sums of dy and of dy * (x - mean) over image n.
Algorithm resnetc::kernels::batchNormGradientPartialsAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  MaskedGradient dy(spec);
  InputTensor x(*spec.other, spec.batch, "other");
  int blocks = spec.input.channelBlocks();
  ImageParam statistics = denseParameter("statistics", {block, blocks, 4});
  result.arguments = {dy.dy.parameter(), x.parameter(), statistics};
  if (dy.saved)
    result.arguments.push_back(dy.saved->parameter());
  Channel channel = at.channel();
  Func sums = sumOverMap(result, spec.input, "sums", [&](Expr px, Expr py) -> std::vector<Expr> {
    Expr value = dy.at(channel, px, py, at.n);
    return {value, value * (x.at(channel, px, py, at.n) - statistics(at.v, at.c, 0))};
  });
  bool stores = spec.output.isGiven();
  Func &partials = stores ? result.alongside : result.output;
  Expr both = mux(at.x, {sums(at.v, at.c, at.n)[0], sums(at.v, at.c, at.n)[1]});
  partials(at.v, at.c, at.x, at.n) = both;
  if (stores) {
    result.output(at.all()) = dy.at(channel, at.x, at.y, at.n);
    result.buffers = {tensorOutput(spec.output, spec.batch)};
  }
  result.buffers.push_back(denseOutput({block, blocks, 2, int(spec.batch)}));
  return result;
}

/// With n = pixels of all valid images, r = 1 / sqrt(variance + epsilon), sums s = sum dy, t = sum dy (x - mean):
///   dgamma = t r, dbeta = s,  dx = gamma r (dy - s / n - (x - mean) r^2 t / n) = a dy + b x + c
Algorithm resnetc::kernels::batchNormGradientCombineAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  int blocks = spec.input.channelBlocks(), batch = spec.batch;
  ImageParam partials = denseParameter("partials", {block, blocks, 2, batch});
  ImageParam statistics = denseParameter("statistics", {block, blocks, 4});
  ImageParam gamma = denseParameter("gamma", {block, blocks}), counters = countersParameter();
  result.arguments = {partials, statistics, gamma, counters};
  result.window = RDom(0, batch, "images");
  RVar image = result.window.x;
  Expr isValid = image < validImages(counters);
  Func &state = result.reduction;
  state(at.v, at.c) = Tuple(0.f, 0.f);
  state(at.v, at.c) = Tuple(state(at.v, at.c)[0] + select(isValid, partials(at.v, at.c, 0, image), 0.f),
                            state(at.v, at.c)[1] + select(isValid, partials(at.v, at.c, 1, image), 0.f));

  Expr sum = state(at.v, at.c)[0], product = state(at.v, at.c)[1];
  Expr count = float(spec.input.height * spec.input.width) * cast<float>(validImages(counters));
  Expr root = 1.f / sqrt(statistics(at.v, at.c, 1) + float(spec.epsilon));
  Expr a = gamma(at.v, at.c) * root, b = -a * (root * root) * (product / count);
  Expr c = -a * (sum / count) - b * statistics(at.v, at.c, 0);
  Expr zero = 0.f;
  result.output(at.v, at.c, at.x) = mux(at.x, {product * root, sum, a, spec.frozen ? zero : b, spec.frozen ? zero : c});
  result.buffers = {denseOutput({block, blocks, 5})};
  return result;
}

/// Zero for images that are none: b x + c is no zero there.
Algorithm resnetc::kernels::batchNormGradientApplyAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  MaskedGradient dy(spec);
  InputTensor x(*spec.other, spec.batch, "other");
  ImageParam coefficients = denseParameter("coefficients", {block, int(spec.input.channelBlocks()), 5});
  ImageParam counters = countersParameter();
  result.arguments = {dy.dy.parameter(), x.parameter()};
  std::optional<InputTensor> residual;
  if (spec.residual)
    result.arguments.push_back(residual.emplace(*spec.residual, spec.batch, "residual").parameter());
  result.arguments.push_back(coefficients);
  if (dy.saved)
    result.arguments.push_back(dy.saved->parameter());
  result.arguments.push_back(counters);
  Channel channel = at.channel();
  auto row = [&](int k) { return coefficients(at.v, at.c, k); };
  Expr value = row(2) * dy.at(channel, at.x, at.y, at.n) + (row(3) * x.at(channel, at.x, at.y, at.n) + row(4));
  if (residual)
    value += residual->at(channel, at.x, at.y, at.n);
  result.output(at.all()) = select(at.n < validImages(counters), value, 0.f);
  return result;
}
