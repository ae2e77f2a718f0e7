//===- Loader.h - batches of a data set, made ahead ------------------------===//

#ifndef RESNETC_RUNTIME_TRAIN_LOADER_H
#define RESNETC_RUNTIME_TRAIN_LOADER_H

#include "runtime/data/DataSet.h"
#include "runtime/train/Augment.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace resnetc::train {

/// What <name>_train_step takes. Belongs to the loader; valid until its next next().
struct Batch {
  const uint8_t *images = nullptr;       ///< n dense images of the data set's shape; at a multiple of 64
  const int32_t *labels = nullptr;       ///< n
  const int32_t *secondLabels = nullptr; ///< n, of the images that were mixed in; null without mixup
  float mix = 1;                         ///< the first labels' share; 1 without mixup
  size_t n = 0;
  uint64_t index = 0; ///< in its epoch, from 0
  uint64_t epoch = 0;
};

struct LoaderOptions {
  size_t batch = 128;
  uint64_t seed = 1;
  uint64_t epoch = 0, firstBatch = 0; ///< where to begin: what comes is what would have come after the batches before
  /// The last batch of an epoch is left out if it has fewer (resnetc_training.least_images). The order is another
  /// one each epoch, so other images are left out each time.
  size_t leastImages = 1;
  uint64_t epochs = 0; ///< stop making batches after so many; 0: never
  bool shuffle = true; ///< false: the data set's own order
};

/// Batches, epoch after epoch. A thread of its own decodes and augments a few ahead. What is in a batch depends on data
/// set, augmentation, batch, seed, epoch and index alone.
class Loader {
public:
  /// The data set must live as long; `augmentation` must have no augmentationProblem; options.batch >= 1.
  Loader(const data::DataSet &set, const Augmentation &augmentation, const LoaderOptions &options);
  ~Loader(); ///< any time; batches not taken are dropped
  Loader(const Loader &) = delete;
  Loader &operator=(const Loader &) = delete;

  /// The next batch, waiting if it must; null once at the end of each epoch (and for ever after the last one of
  /// options.epochs). An error of the data set stays.
  llvm::Expected<const Batch *> next();

  /// How long all calls of next() have waited.
  double waitSeconds() const;
  /// 0 if the set has fewer than leastImages.
  uint64_t batchesPerEpoch() const;

private:
  struct Worker;
  std::unique_ptr<Worker> worker;
};

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_LOADER_H
