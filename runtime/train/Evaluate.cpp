//===- Evaluate.cpp - how good a network is on a data set ------------------===//

#include "runtime/train/Evaluate.h"
#include "resnetc/runtime.h"
#include "runtime/train/Loader.h"
#include <chrono>
#include <cmath>
#include <limits>

using namespace llvm;

namespace resnetc::train {

uint64_t Evaluation::imagesOf(size_t label) const {
  uint64_t sum = 0;
  for (size_t predicted = 0; predicted < classes; ++predicted)
    sum += count(label, predicted);
  return sum;
}

double Evaluation::accuracyOf(size_t label) const {
  const uint64_t total = imagesOf(label);
  return total ? double(count(label, label)) / double(total) : std::numeric_limits<double>::quiet_NaN();
}

namespace {

/// Counts one image after the other.
class Scores {
public:
  Scores(Evaluation &result) : result(result) { result.confusion.assign(result.classes * result.classes, 0); }

  void add(ArrayRef<float> logits, int32_t label) {
    ++result.images;
    loss += crossEntropy(logits, label);
    ++result.confusion[label * result.classes + largest(logits)];
    const size_t place = placeOf(logits, label);
    top1 += place == 0;
    top5 += place < 5;
  }

  void finish() {
    result.loss = loss / double(result.images);
    result.top1 = double(top1) / double(result.images);
    result.top5 = double(top5) / double(result.images);
  }

private:
  /// The first of the largest; a NaN is larger than any number, so that it shows.
  static size_t largest(ArrayRef<float> logits) {
    size_t best = 0;
    for (size_t c = 1; c < logits.size(); ++c)
      if (!std::isnan(logits[best]) && (logits[c] > logits[best] || std::isnan(logits[c])))
        best = c;
    return best;
  }

  /// How many logits come before the label's; more than there are if it is NaN.
  static size_t placeOf(ArrayRef<float> logits, int32_t label) {
    const float own = logits[label];
    if (std::isnan(own))
      return std::numeric_limits<size_t>::max();
    size_t place = 0;
    for (size_t c = 0; c < logits.size(); ++c)
      place += logits[c] > own || std::isnan(logits[c]) || (logits[c] == own && c < size_t(label));
    return place;
  }

  static double crossEntropy(ArrayRef<float> logits, int32_t label) {
    const double top = logits[largest(logits)];
    double sum = 0;
    for (float logit : logits)
      sum += std::exp(double(logit) - top);
    return std::log(sum) + top - double(logits[label]);
  }

  Evaluation &result;
  double loss = 0;
  uint64_t top1 = 0, top5 = 0;
};

double secondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

Expected<Evaluation> evaluate(RunFunction run, const data::DataSet &set, size_t classes,
                              const EvaluateOptions &options) {
  const auto start = std::chrono::steady_clock::now();
  Evaluation result;
  result.classes = classes;
  if (set.size() == 0)
    return createStringError(inconvertibleErrorCode(), "a data set without images cannot be evaluated");
  LoaderOptions order;
  order.batch = std::min(options.batch, set.size());
  order.epochs = 1;
  order.shuffle = false;
  Loader loader(set, Augmentation(), order);
  Scores scores(result);
  std::vector<float> logits(order.batch * classes);
  while (true) {
    Expected<const Batch *> batch = loader.next();
    if (!batch)
      return batch.takeError();
    if (!*batch)
      break;
    const size_t n = (*batch)->n;
    if (const int status = run((*batch)->images, n, logits.data()))
      return createStringError(inconvertibleErrorCode(), resnetc_status_string(status));
    for (size_t i = 0; i < n; ++i)
      scores.add(ArrayRef(logits).slice(i * classes, classes), (*batch)->labels[i]);
    if (options.progress && !options.progress(result.images, set.size()))
      return createStringError(inconvertibleErrorCode(), "stopped");
  }
  scores.finish();
  result.seconds = secondsSince(start);
  result.waitSeconds = loader.waitSeconds();
  return result;
}

} // namespace resnetc::train
