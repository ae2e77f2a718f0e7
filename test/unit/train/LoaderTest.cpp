#include "runtime/train/Loader.h"
#include "test/unit/train/NumberedSet.h"
#include "gtest/gtest.h"
#include <atomic>
#include <set>
#include <thread>

using namespace llvm;
using namespace resnetc;
using namespace resnetc::train;

namespace {

/// A batch with memory of its own.
struct Copy {
  std::vector<uint8_t> images;
  std::vector<int32_t> labels, secondLabels;
  float mix;
  uint64_t index, epoch;

  bool operator==(const Copy &other) const {
    return images == other.images && labels == other.labels && secondLabels == other.secondLabels && mix == other.mix &&
           index == other.index && epoch == other.epoch;
  }
};

Copy copyOf(const Batch &batch, size_t imageBytes) {
  Copy copy{{batch.images, batch.images + batch.n * imageBytes},
            {batch.labels, batch.labels + batch.n},
            {},
            batch.mix,
            batch.index,
            batch.epoch};
  if (batch.secondLabels)
    copy.secondLabels.assign(batch.secondLabels, batch.secondLabels + batch.n);
  return copy;
}

/// The batches of `epochs` epochs.
std::vector<Copy> take(const data::DataSet &set, const Augmentation &augmentation, const LoaderOptions &options,
                       int epochs) {
  Loader loader(set, augmentation, options);
  std::vector<Copy> copies;
  for (int ends = 0; ends < epochs;) {
    Expected<const Batch *> batch = loader.next();
    if (!batch) {
      ADD_FAILURE() << toString(batch.takeError());
      break;
    }
    if (*batch)
      copies.push_back(copyOf(**batch, set.imageBytes()));
    else
      ++ends;
  }
  return copies;
}

LoaderOptions batchesOf(size_t batch) {
  LoaderOptions options;
  options.batch = batch;
  options.seed = 11;
  return options;
}

Augmentation everything() {
  Augmentation augmentation;
  augmentation.cropPad = 1;
  augmentation.flip = true;
  augmentation.cutout = 2;
  augmentation.mixup = 0.4;
  return augmentation;
}

TEST(Loader, eachImageOnceAnEpoch) {
  const NumberedSet set(100);
  const std::vector<Copy> batches = take(set, {}, batchesOf(32), 2);
  ASSERT_EQ(batches.size(), 8u);
  for (int epoch = 0; epoch < 2; ++epoch) {
    std::multiset<int> seen;
    for (int i = 0; i < 4; ++i) {
      const Copy &batch = batches[epoch * 4 + i];
      EXPECT_EQ(batch.index, uint64_t(i));
      EXPECT_EQ(batch.epoch, uint64_t(epoch));
      EXPECT_EQ(batch.labels.size(), i == 3 ? 4u : 32u);
      for (size_t image = 0; image < batch.labels.size(); ++image) {
        const uint8_t value = batch.images[image * 16];
        seen.insert(value);
        EXPECT_EQ(batch.labels[image], value % 3);
      }
    }
    EXPECT_EQ(seen.size(), 100u);
    EXPECT_EQ(std::set<int>(seen.begin(), seen.end()).size(), 100u);
  }
  EXPECT_NE(batches[0].images, batches[4].images);
}

TEST(Loader, imagesAreAligned) {
  const NumberedSet set(10, 3);
  Loader loader(set, {}, batchesOf(3));
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(reinterpret_cast<uintptr_t>((*loader.next())->images) % 64, 0u);
}

TEST(Loader, sameBitsFromAnyStart) {
  for (uint32_t element : {RESNETC_U8, RESNETC_F32}) {
    const NumberedSet set(50, 4, 3, element);
    const std::vector<Copy> whole = take(set, everything(), batchesOf(8), 3);
    ASSERT_EQ(whole.size(), 21u);
    for (uint64_t epoch = 0; epoch < 3; ++epoch)
      for (uint64_t first = 0; first <= 7; ++first) {
        LoaderOptions options = batchesOf(8);
        options.epoch = epoch;
        options.firstBatch = first;
        EXPECT_EQ(take(set, everything(), options, 3 - int(epoch)),
                  std::vector<Copy>(whole.begin() + epoch * 7 + first, whole.end()));
      }
  }
}

TEST(Loader, otherSeedsGiveOtherBatches) {
  const NumberedSet set(50);
  LoaderOptions other = batchesOf(8);
  other.seed = 12;
  EXPECT_FALSE(take(set, {}, other, 1) == take(set, {}, batchesOf(8), 1));
}

TEST(Loader, smallLastBatchesAreLeftOut) {
  const NumberedSet set(33);
  LoaderOptions options = batchesOf(8);
  EXPECT_EQ(Loader(set, {}, options).batchesPerEpoch(), 5u);
  EXPECT_EQ(take(set, {}, options, 1).back().labels.size(), 1u);
  options.leastImages = 2;
  EXPECT_EQ(Loader(set, {}, options).batchesPerEpoch(), 4u);
  EXPECT_EQ(take(set, {}, options, 1).back().labels.size(), 8u);
}

TEST(Loader, oneBatchLargerThanTheSet) {
  const NumberedSet set(5);
  const std::vector<Copy> batches = take(set, everything(), batchesOf(1000), 2);
  ASSERT_EQ(batches.size(), 2u);
  EXPECT_EQ(batches[0].labels.size(), 5u);
}

TEST(Loader, ownOrderAndAnEnd) {
  const NumberedSet set(10);
  LoaderOptions options = batchesOf(4);
  options.shuffle = false;
  options.epochs = 1;
  Loader loader(set, {}, options);
  for (int first : {0, 4, 8})
    EXPECT_EQ((*loader.next())->images[0], first);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(*loader.next(), nullptr);
}

TEST(Loader, mixupMixesWithinTheBatch) {
  const NumberedSet set(20, 4, 20, RESNETC_F32);
  Augmentation augmentation;
  augmentation.mixup = 1;
  for (const Copy &batch : take(set, augmentation, batchesOf(5), 2)) {
    EXPECT_EQ(std::multiset<int>(batch.labels.begin(), batch.labels.end()),
              std::multiset<int>(batch.secondLabels.begin(), batch.secondLabels.end()));
    const auto *pixels = reinterpret_cast<const float *>(batch.images.data());
    for (size_t i = 0; i < batch.labels.size(); ++i)
      EXPECT_FLOAT_EQ(pixels[i * 16],
                      batch.mix * float(batch.labels[i]) + (1 - batch.mix) * float(batch.secondLabels[i]));
  }
}

TEST(Loader, damagedImagesAreAnErrorThatStays) {
  NumberedSet set(64);
  set.damaged = 20;
  LoaderOptions options = batchesOf(4);
  options.shuffle = false;
  Loader loader(set, {}, options);
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(!!loader.next());
  for (int i = 0; i < 2; ++i) {
    Expected<const Batch *> batch = loader.next();
    ASSERT_FALSE(!!batch);
    EXPECT_EQ(toString(batch.takeError()), "image.png: damaged");
  }
}

TEST(Loader, endsAtAnyTime) {
  const NumberedSet set(1000);
  for (int taken = 0; taken < 40; ++taken) {
    Loader loader(set, everything(), batchesOf(8));
    for (int i = 0; i < taken; ++i)
      ASSERT_TRUE(!!loader.next());
  }
}

/// Takes a while for each image, and counts them.
class SlowSet : public NumberedSet {
public:
  using NumberedSet::NumberedSet;
  Error readImage(size_t index, uint8_t *image) const override {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    ++reads;
    return NumberedSet::readImage(index, image);
  }
  mutable std::atomic<int> reads = 0;
};

TEST(Loader, waitsAreCounted) {
  const SlowSet set(200);
  Loader loader(set, {}, batchesOf(10));
  while (*loader.next()) {
  }
  EXPECT_GT(loader.waitSeconds(), 0);
}

TEST(Loader, workAheadIsNotWaitedFor) {
  const SlowSet set(40);
  Loader loader(set, {}, batchesOf(10));
  while (set.reads < 40) // when the fourth batch is read, three are ready
    std::this_thread::yield();
  for (int i = 0; i < 3; ++i)
    ASSERT_NE(*loader.next(), nullptr);
  EXPECT_EQ(loader.waitSeconds(), 0);
}

} // namespace
