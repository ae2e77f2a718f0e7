//===- DataSet.cpp - data sets and parts of them ---------------------------===//

#include "runtime/data/DataSet.h"
#include "runtime/core/Random.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>
#include <map>

using namespace llvm;

namespace resnetc::data {

DataSet::~DataSet() = default;

size_t DataSet::imageBytes() const {
  size_t bytes = imageShape.element == RESNETC_U8 ? 1 : sizeof(float);
  for (uint32_t i = 0; i < imageShape.rank; ++i)
    bytes *= imageShape.extents[i];
  return bytes;
}

namespace {

class Subset : public DataSet {
public:
  Subset(std::shared_ptr<const DataSet> whole, ArrayRef<size_t> indices, std::vector<int32_t> labels)
      : DataSet(whole->shape(), std::move(labels), whole->classNames().vec()), whole(std::move(whole)),
        indices(indices) {}

  Error readImage(size_t index, uint8_t *image) const override { return whole->readImage(indices[index], image); }

private:
  std::shared_ptr<const DataSet> whole;
  std::vector<size_t> indices;
};

} // namespace

std::unique_ptr<DataSet> subset(std::shared_ptr<const DataSet> set, ArrayRef<size_t> indices) {
  std::vector<int32_t> labels;
  for (size_t index : indices)
    labels.push_back(set->labels()[index]);
  return std::make_unique<Subset>(std::move(set), indices, std::move(labels));
}

DataSets holdOut(std::shared_ptr<const DataSet> set, double share, uint64_t seed) {
  // An image's place among those of its class is drawn by its index alone.
  constexpr uint32_t purpose = 16; // apart from the purposes of runtime/train/Augment.cpp
  std::map<int32_t, std::vector<std::pair<uint64_t, size_t>>> byClass;
  for (size_t i = 0; i < set->size(); ++i) {
    const rt::Words words = rt::philox({{uint32_t(i), uint32_t(uint64_t(i) >> 32), 0, purpose}}, seed);
    byClass[set->labels()[i]].push_back({uint64_t(words.word[1]) << 32 | words.word[0], i});
  }
  std::vector<size_t> kept, held;
  for (auto &[label, images] : byClass) {
    llvm::sort(images);
    const size_t least = images.size() > 1, most = images.size() - 1;
    const size_t count = std::clamp<size_t>(std::llround(share * double(images.size())), least, most);
    for (size_t i = 0; i < images.size(); ++i)
      (i < count ? held : kept).push_back(images[i].second);
  }
  llvm::sort(kept);
  llvm::sort(held);
  return {subset(set, kept), subset(set, held)};
}

} // namespace resnetc::data
