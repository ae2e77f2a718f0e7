//===- MemoryDataSet.cpp - a data set that lies in memory ------------------===//

#include "runtime/data/Formats.h"
#include <cstring>

using namespace llvm;

namespace resnetc::data {

namespace {

class MemoryDataSet : public DataSet {
public:
  MemoryDataSet(const Request &request, MemoryImages images, std::vector<int32_t> labels,
                std::vector<std::string> classNames)
      : DataSet(request.input, std::move(labels), std::move(classNames)), images(std::move(images)),
        input(request.shape) {}

  Error readImage(size_t index, uint8_t *image) const override {
    if (images.element == input.element)
      std::memcpy(image, images.bytes.data() + index * input.bytes, input.bytes);
    else
      writeElements(images.bytes.data() + index * input.elements, input, image);
    return Error::success();
  }

private:
  MemoryImages images;
  InputShape input;
};

} // namespace

std::unique_ptr<DataSet> makeMemorySet(const Request &request, MemoryImages images, std::vector<int32_t> labels,
                                       std::vector<std::string> classNames) {
  return std::make_unique<MemoryDataSet>(request, std::move(images), std::move(labels), std::move(classNames));
}

} // namespace resnetc::data
