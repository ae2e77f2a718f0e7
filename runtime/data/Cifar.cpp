//===- Cifar.cpp - CIFAR-10 and CIFAR-100, binary version ------------------===//
//
// Krizhevsky 2009: records of one label (CIFAR-100: coarse label, fine label) and 3 x 32 x 32 bytes, planes of red,
// green and blue. CIFAR-100's fine labels are used.
//
//===----------------------------------------------------------------------===//

#include "runtime/data/Formats.h"

using namespace llvm;

namespace resnetc::data {

namespace {

constexpr int64_t pixels = 3 * 32 * 32;

/// One of the two data sets.
struct Variant {
  StringLiteral names; ///< the file of class names
  int64_t labels;      ///< bytes of labels in front of the pixels; the last one is the class
  std::vector<const char *> train, test;
};

Error appendFile(const Request &request, const Variant &variant, StringRef name, MemoryImages &images,
                 std::vector<int32_t> &labels) {
  const std::string path = request.file(name);
  Expected<std::unique_ptr<MemoryBuffer>> file = readFile(path);
  if (!file)
    return file.takeError();
  const StringRef bytes = (*file)->getBuffer();
  const int64_t record = variant.labels + pixels;
  if (bytes.empty() || bytes.size() % record)
    return fileError(path, "truncated or no CIFAR file: its " + Twine(bytes.size()) + " bytes are no multiple of the " +
                               Twine(record) + " of a labelled image; fetch it again");
  images.bytes.reserve(images.bytes.size() + bytes.size() / record * pixels);
  for (size_t at = 0; at < bytes.size(); at += record) {
    Expected<int32_t> label = checkLabel(path, at / record, uint8_t(bytes[at + variant.labels - 1]), request.classes);
    if (!label)
      return label.takeError();
    labels.push_back(*label);
    const StringRef image = bytes.substr(at + variant.labels, pixels);
    images.bytes.insert(images.bytes.end(), image.bytes_begin(), image.bytes_end());
  }
  return Error::success();
}

/// Null if none of the files is there; all of them are wanted where one is.
Expected<std::unique_ptr<DataSet>> openPart(const Request &request, const Variant &variant,
                                            ArrayRef<const char *> files, ArrayRef<std::string> classNames) {
  if (llvm::none_of(files, [&](const char *name) { return request.has(name); }))
    return nullptr;
  if (Error error = checkImageShape(request.file(files.front()), RESNETC_U8, {3, 32, 32}, request.shape))
    return error;
  MemoryImages images;
  std::vector<int32_t> labels;
  for (const char *name : files)
    if (Error error = appendFile(request, variant, name, images, labels))
      return error;
  return makeMemorySet(request, std::move(images), std::move(labels), classNames.vec());
}

} // namespace

Expected<DataSets> openCifar(const Request &request) {
  const Variant variants[] = {
      {"batches.meta.txt",
       1,
       {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"},
       {"test_batch.bin"}},
      {"fine_label_names.txt", 2, {"train.bin"}, {"test.bin"}}};
  for (const Variant &variant : variants) {
    std::vector<std::string> names = request.classNames;
    if (names.empty() && request.has(variant.names)) {
      Expected<std::vector<std::string>> read = readClassNames(request.file(variant.names));
      if (!read)
        return read.takeError();
      names = std::move(*read);
      if (Error error = checkClassNames(request.file(variant.names), names, request.classes))
        return error;
    }
    Expected<std::unique_ptr<DataSet>> train = openPart(request, variant, variant.train, names);
    if (!train)
      return train.takeError();
    Expected<std::unique_ptr<DataSet>> test = openPart(request, variant, variant.test, names);
    if (!test)
      return test.takeError();
    if (*train || *test)
      return DataSets{std::move(*train), std::move(*test)};
  }
  return DataSets();
}

} // namespace resnetc::data
