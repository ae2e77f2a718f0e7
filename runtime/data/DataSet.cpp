//===- DataSet.cpp - labelled images to train and evaluate with ------------===//

#include "runtime/data/DataSet.h"

using namespace llvm;

namespace resnetc::data {

DataSet::~DataSet() = default;

size_t DataSet::imageBytes() const {
  size_t bytes = imageShape.element == RESNETC_U8 ? 1 : sizeof(float);
  for (uint32_t i = 0; i < imageShape.rank; ++i)
    bytes *= imageShape.extents[i];
  return bytes;
}

} // namespace resnetc::data
