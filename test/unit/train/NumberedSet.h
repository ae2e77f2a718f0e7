//===- NumberedSet.h - a data set whose images say which they are ----------===//

#ifndef RESNETC_TEST_UNIT_TRAIN_NUMBEREDSET_H
#define RESNETC_TEST_UNIT_TRAIN_NUMBEREDSET_H

#include "runtime/data/DataSet.h"
#include <algorithm>
#include <cstring>

namespace resnetc {

/// Image i is u8[1, side, side] (or f32) of the value i mod 251, label i mod `classes`.
class NumberedSet : public data::DataSet {
public:
  NumberedSet(size_t count, uint64_t side = 4, int32_t classes = 3, uint32_t element = RESNETC_U8)
      : DataSet({element, 3, {1, side, side, 0}}, labelsOf(count, classes), {}) {}

  llvm::Error readImage(size_t index, uint8_t *image) const override {
    if (index == damaged)
      return llvm::createStringError("image.png: damaged");
    if (shape().element == RESNETC_U8)
      std::memset(image, int(index % 251), imageBytes());
    else
      std::fill_n(reinterpret_cast<float *>(image), imageBytes() / sizeof(float), float(index % 251));
    return llvm::Error::success();
  }

  size_t damaged = ~size_t(0);

private:
  static std::vector<int32_t> labelsOf(size_t count, int32_t classes) {
    std::vector<int32_t> labels;
    for (size_t i = 0; i < count; ++i)
      labels.push_back(int32_t(i % classes));
    return labels;
  }
};

} // namespace resnetc

#endif // RESNETC_TEST_UNIT_TRAIN_NUMBEREDSET_H
