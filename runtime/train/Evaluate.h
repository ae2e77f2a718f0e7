//===- Evaluate.h - how good a network is on a data set --------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_EVALUATE_H
#define RESNETC_RUNTIME_TRAIN_EVALUATE_H

#include "runtime/data/DataSet.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <vector>

namespace resnetc::train {

/// Shares are of 1.
struct Evaluation {
  size_t images = 0, classes = 0;
  double loss = 0;                 ///< mean cross-entropy, without label smoothing; NaN if a logit is
  double top1 = 0, top5 = 0;       ///< the label has the largest (is among the five largest) logits
  std::vector<uint64_t> confusion; ///< [label][predicted], classes x classes counts
  double seconds = 0;              ///< of the whole evaluation
  double waitSeconds = 0;          ///< of which the data was waited for

  uint64_t count(size_t label, size_t predicted) const { return confusion[label * classes + predicted]; }
  uint64_t imagesOf(size_t label) const;
  /// Share of the class's images that were classified right; NaN if it has none.
  double accuracyOf(size_t label) const;
};

struct EvaluateOptions {
  size_t batch = 128;                                                     ///< images a call
  llvm::function_ref<bool(size_t done, size_t total)> progress = nullptr; ///< after each call; false stops
};

/// <name>_run with context, packed weights and workspace bound: n dense images to n x classes logits. Returns a
/// resnetc_status.
using RunFunction = llvm::function_ref<int(const void *images, size_t n, float *logits)>;

/// Runs all images in their order, the next ones read on another thread meanwhile. Of equal logits
/// the lower class counts as larger; a label whose logit is NaN is wrong. Errors: the data set's, the run's status,
/// "stopped".
llvm::Expected<Evaluation> evaluate(RunFunction run, const data::DataSet &set, size_t classes,
                                    const EvaluateOptions &options = {});

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_EVALUATE_H
