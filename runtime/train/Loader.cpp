//===- Loader.cpp - batches of a data set, made ahead ----------------------===//
//
// One producer fills a ring of slots, one consumer reads them in the same order. A slot that the consumer holds is
// given back by its next call.
//
//===----------------------------------------------------------------------===//

#include "runtime/train/Loader.h"
#include "runtime/weights/AlignedBytes.h"
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

using namespace llvm;

namespace resnetc::train {

namespace {

/// As many batches are ready at most: one in use, and enough for an irregular decoder.
constexpr size_t slotCount = 4;

struct Slot {
  AlignedBytes images;
  std::vector<int32_t> labels, secondLabels;
  Batch batch;        ///< without images: the end of an epoch
  std::string failed; ///< why there is no batch
};

} // namespace

struct Loader::Worker {
  Worker(const data::DataSet &set, const Augmentation &augmentation, const LoaderOptions &options);
  ~Worker();

  Expected<const Batch *> next();
  uint64_t batchesPerEpoch() const;

  double waited = 0;

private:
  void produce();
  bool produceEpoch(uint64_t epoch, uint64_t firstBatch);
  /// Waits for an empty slot; null if the loader is being destroyed.
  Slot *beginSlot();
  void endSlot();
  Error fill(Slot &slot, uint64_t epoch, uint64_t index);
  Error fillImages(ArrayRef<uint32_t> indices, uint64_t epoch, uint8_t *images);
  void mix(Slot &slot, const uint8_t *images, size_t n, uint64_t epoch, uint64_t index);

  const data::DataSet &set;
  const Augmentation augmentation;
  const LoaderOptions options;
  const size_t imageBytes;
  std::vector<uint32_t> order, partners;
  AlignedBytes original; ///< one image as it was read
  AlignedBytes unmixed;  ///< a batch before mixup

  std::mutex mutex;
  std::condition_variable filled, emptied;
  Slot slots[slotCount];
  uint64_t produced = 0, consumed = 0; ///< slots so far
  bool isHeld = false;                 ///< the consumer has slot `consumed`
  bool isStopping = false, isFinished = false;
  std::thread thread; ///< last: it begins when all else is there
};

Loader::Worker::Worker(const data::DataSet &set, const Augmentation &augmentation, const LoaderOptions &options)
    : set(set), augmentation(augmentation), options(options), imageBytes(set.imageBytes()), order(set.size()),
      original(imageBytes) {
  const size_t batchBytes = std::min(options.batch, set.size()) * imageBytes;
  for (Slot &slot : slots)
    slot.images = AlignedBytes(batchBytes);
  if (augmentation.mixup > 0)
    unmixed = AlignedBytes(batchBytes);
  thread = std::thread([this] { produce(); });
}

Loader::Worker::~Worker() {
  {
    std::lock_guard<std::mutex> lock(mutex);
    isStopping = true;
  }
  emptied.notify_one();
  thread.join();
}

uint64_t Loader::Worker::batchesPerEpoch() const {
  const uint64_t rest = set.size() % options.batch;
  return set.size() / options.batch + (rest > 0 && rest >= options.leastImages);
}

Slot *Loader::Worker::beginSlot() {
  std::unique_lock<std::mutex> lock(mutex);
  emptied.wait(lock, [&] { return isStopping || produced - consumed < slotCount; });
  return isStopping ? nullptr : &slots[produced % slotCount];
}

void Loader::Worker::endSlot() {
  {
    std::lock_guard<std::mutex> lock(mutex);
    ++produced;
  }
  filled.notify_one();
}

void Loader::Worker::produce() {
  for (uint64_t i = 0; options.epochs == 0 || i < options.epochs; ++i)
    if (!produceEpoch(options.epoch + i, i == 0 ? options.firstBatch : 0))
      return;
  {
    std::lock_guard<std::mutex> lock(mutex);
    isFinished = true;
  }
  filled.notify_one();
}

/// False after an error or a stop.
bool Loader::Worker::produceEpoch(uint64_t epoch, uint64_t firstBatch) {
  if (options.shuffle)
    drawOrder(options.seed, epoch, order);
  else
    for (size_t i = 0; i < order.size(); ++i)
      order[i] = i;
  for (uint64_t index = firstBatch; index <= batchesPerEpoch(); ++index) {
    Slot *slot = beginSlot();
    if (!slot)
      return false;
    slot->batch = Batch();
    slot->batch.epoch = epoch;
    slot->batch.index = index;
    if (index < batchesPerEpoch())
      if (Error error = fill(*slot, epoch, index))
        slot->failed = toString(std::move(error));
    const bool failed = !slot->failed.empty();
    endSlot();
    if (failed)
      return false;
  }
  return true;
}

Error Loader::Worker::fill(Slot &slot, uint64_t epoch, uint64_t index) {
  const size_t first = index * options.batch, n = std::min(options.batch, order.size() - first);
  const ArrayRef<uint32_t> indices = ArrayRef(order).slice(first, n);
  const bool mixes = augmentation.mixup > 0;
  if (Error error = fillImages(indices, epoch, mixes ? unmixed.data() : slot.images.data()))
    return error;
  slot.labels.clear();
  for (uint32_t image : indices)
    slot.labels.push_back(set.labels()[image]);
  slot.batch.images = slot.images.data();
  slot.batch.labels = slot.labels.data();
  slot.batch.n = n;
  if (mixes)
    mix(slot, unmixed.data(), n, epoch, index);
  return Error::success();
}

Error Loader::Worker::fillImages(ArrayRef<uint32_t> indices, uint64_t epoch, uint8_t *images) {
  const bool changes = augmentation.cropPad || augmentation.flip || augmentation.cutout;
  for (uint32_t image : indices) {
    if (Error error = set.readImage(image, changes ? original.data() : images))
      return error;
    if (changes)
      augmentImage(augmentation, set.shape(), drawImage(augmentation, set.shape(), options.seed, epoch, image),
                   original.data(), images);
    images += imageBytes;
  }
  return Error::success();
}

void Loader::Worker::mix(Slot &slot, const uint8_t *images, size_t n, uint64_t epoch, uint64_t index) {
  partners.resize(n);
  slot.batch.mix = drawMixup(augmentation.mixup, options.seed, epoch, index, partners);
  slot.secondLabels.resize(n);
  for (size_t i = 0; i < n; ++i) {
    mixImages(set.shape(), slot.batch.mix, images + i * imageBytes, images + partners[i] * imageBytes,
              slot.images.data() + i * imageBytes);
    slot.secondLabels[i] = slot.labels[partners[i]];
  }
  slot.batch.secondLabels = slot.secondLabels.data();
}

Expected<const Batch *> Loader::Worker::next() {
  std::unique_lock<std::mutex> lock(mutex);
  if (isHeld) {
    isHeld = false;
    ++consumed;
    emptied.notify_one();
  }
  const auto isReady = [&] { return produced > consumed || isFinished; };
  if (!isReady()) {
    const auto start = std::chrono::steady_clock::now();
    filled.wait(lock, isReady);
    waited += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  if (produced == consumed)
    return nullptr;
  const Slot &slot = slots[consumed % slotCount];
  if (!slot.failed.empty()) // the slot stays: so does the error
    return createStringError(inconvertibleErrorCode(), slot.failed);
  isHeld = true;
  return slot.batch.images ? &slot.batch : nullptr;
}

Loader::Loader(const data::DataSet &set, const Augmentation &augmentation, const LoaderOptions &options)
    : worker(std::make_unique<Worker>(set, augmentation, options)) {}

Loader::~Loader() = default;

Expected<const Batch *> Loader::next() { return worker->next(); }
double Loader::waitSeconds() const { return worker->waited; }
uint64_t Loader::batchesPerEpoch() const { return worker->batchesPerEpoch(); }

} // namespace resnetc::train
