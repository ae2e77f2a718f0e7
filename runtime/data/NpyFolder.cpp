//===- NpyFolder.cpp - data sets as NumPy's arrays -------------------------===//

#include "runtime/data/Formats.h"
#include "runtime/data/Npy.h"
#include <cmath>
#include <cstring>

using namespace llvm;

namespace resnetc::data {

namespace {

Expected<NpyArray> readNpy(const std::string &path) {
  Expected<std::unique_ptr<MemoryBuffer>> file = readFile(path);
  if (!file)
    return file.takeError();
  return parseNpy(**file);
}

int64_t integerAt(const NpyArray &array, size_t index) {
  const uint8_t *from = array.bytes.data() + index * elementBytes(array.element);
  if (array.element == NpyElement::U8)
    return *from;
  if (array.element == NpyElement::I32) {
    int32_t value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }
  int64_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

Expected<std::vector<int32_t>> readLabels(const Request &request, const std::string &path, int64_t images) {
  Expected<NpyArray> array = readNpy(path);
  if (!array)
    return array.takeError();
  if (array->shape.size() != 1 || array->element == NpyElement::F32)
    return fileError(path, "labels are a vector of u8, i32 or i64, it holds " + elementText(array->element) + "[" +
                               shapeText(array->shape) + "]");
  if (array->shape[0] != images)
    return fileError(path, "it has " + Twine(array->shape[0]) + " labels, there are " + Twine(images) + " images");
  std::vector<int32_t> labels;
  for (int64_t i = 0; i < images; ++i) {
    Expected<int32_t> label = checkLabel(path, i, integerAt(*array, i), request.classes);
    if (!label)
      return label.takeError();
    labels.push_back(*label);
  }
  return labels;
}

/// Success if all values are numbers: one NaN would make every parameter a NaN in one step.
Error checkValues(const std::string &path, const NpyArray &array, uint64_t imageElements) {
  if (array.element != NpyElement::F32)
    return Error::success();
  for (uint64_t i = 0; i * sizeof(float) < array.bytes.size(); ++i) {
    float value;
    std::memcpy(&value, array.bytes.data() + i * sizeof value, sizeof value);
    if (!std::isfinite(value))
      return fileError(path, "image " + Twine(i / imageElements) +
                                 " (counted from 0) holds a NaN or an infinity; mend it or leave it out");
  }
  return Error::success();
}

Expected<std::unique_ptr<DataSet>> openPart(const Request &request, const std::string &part) {
  const std::string images = part + "-images.npy", labels = part + "-labels.npy";
  if (!request.has(images) && !request.has(labels))
    return nullptr;
  for (const std::string &name : {images, labels})
    if (!request.has(name))
      return fileError(request.folder, "it has " + (name == images ? labels : images) + ", but no " + name);
  Expected<NpyArray> array = readNpy(request.file(images));
  if (!array)
    return array.takeError();
  const ArrayRef<int64_t> shape = array->shape;
  if (shape.size() < 2 || (array->element != NpyElement::U8 && array->element != NpyElement::F32))
    return fileError(request.file(images), "images are u8 or f32 [images, channels, height, width], it holds " +
                                               elementText(array->element) + "[" + shapeText(shape) + "]");
  const uint32_t element = array->element == NpyElement::U8 ? RESNETC_U8 : RESNETC_F32;
  if (Error error = checkImageShape(request.file(images), element, shape.drop_front(), request.shape))
    return error;
  if (Error error = checkValues(request.file(images), *array, request.shape.elements))
    return error;
  Expected<std::vector<int32_t>> classes = readLabels(request, request.file(labels), shape[0]);
  if (!classes)
    return classes.takeError();
  return makeMemorySet(request, {element, std::move(array->bytes)}, std::move(*classes), request.classNames);
}

} // namespace

Expected<DataSets> openNpy(const Request &request) {
  Expected<std::unique_ptr<DataSet>> train = openPart(request, "train");
  if (!train)
    return train.takeError();
  Expected<std::unique_ptr<DataSet>> test = openPart(request, "test");
  if (!test)
    return test.takeError();
  return DataSets{std::move(*train), std::move(*test)};
}

} // namespace resnetc::data
