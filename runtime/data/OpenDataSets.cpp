//===- OpenDataSets.cpp - which format a folder has ------------------------===//

#include "runtime/data/Formats.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <limits>

using namespace llvm;

namespace resnetc::data {

std::string Request::file(StringRef name) const {
  SmallString<256> path(folder);
  sys::path::append(path, name);
  return path.str().str();
}

bool Request::has(StringRef name) const { return sys::fs::exists(file(name)); }

Expected<int32_t> checkLabel(StringRef file, size_t index, int64_t label, int64_t classes) {
  if (label >= 0 && label < classes)
    return int32_t(label);
  std::string words = "label " + std::to_string(label) + " of image " + std::to_string(index) +
                      " (counted from 0) is no class: the network has " + std::to_string(classes) + ", 0 to " +
                      std::to_string(classes - 1);
  if (label == classes)
    words += "; labels count from 0";
  return fileError(file, words);
}

Error checkClassNames(StringRef file, ArrayRef<std::string> names, int64_t classes) {
  if (names.empty() || int64_t(names.size()) == classes)
    return Error::success();
  return fileError(file, Twine(names.size()) + " class names, the network has " + Twine(classes) +
                             " classes; give the network as many (--set, if they are a parameter), or other names");
}

Expected<std::unique_ptr<MemoryBuffer>> readFile(StringRef path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file)
    return fileError(path, file.getError().message());
  return std::move(*file);
}

Expected<std::vector<std::string>> readClassNames(StringRef path) {
  Expected<std::unique_ptr<MemoryBuffer>> file = readFile(path);
  if (!file)
    return file.takeError();
  SmallVector<StringRef> lines;
  (*file)->getBuffer().split(lines, '\n', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  std::vector<std::string> names;
  for (StringRef line : lines)
    if (StringRef name = line.trim(); !name.empty())
      names.push_back(name.str());
  return names;
}

/// The names that were told, else those of classes.txt.
static Error findClassNames(Request &request) {
  if (!request.classNames.empty())
    return checkClassNames("the class names given", request.classNames, request.classes);
  if (!request.has("classes.txt"))
    return Error::success();
  Expected<std::vector<std::string>> names = readClassNames(request.file("classes.txt"));
  if (!names)
    return names.takeError();
  request.classNames = std::move(*names);
  return checkClassNames(request.file("classes.txt"), request.classNames, request.classes);
}

static Error checkSize(const Request &request, const DataSet *set) {
  if (set && set->size() == 0)
    return fileError(request.folder, "a data set without images");
  if (set && set->size() > std::numeric_limits<uint32_t>::max())
    return fileError(request.folder, "more than 2^32 images");
  return Error::success();
}

Expected<DataSets> openDataSets(StringRef path, const resnetc_tensor_shape &input, int64_t classes,
                                ArrayRef<std::string> classNames) {
  if (!sys::fs::is_directory(path))
    return fileError(path, sys::fs::exists(path) ? "not a folder; give the folder that holds the data set"
                                                 : "there is no such folder");
  Request request{path.str(), input, InputShape(input), classes, classNames.vec()};
  if (Error error = findClassNames(request))
    return error;
  for (auto *open : {openIdx, openCifar, openNpy, openPictures}) {
    Expected<DataSets> sets = open(request);
    if (!sets)
      return sets.takeError();
    if (!sets->train && !sets->test)
      continue;
    for (const DataSet *set : {sets->train.get(), sets->test.get()})
      if (Error error = checkSize(request, set))
        return error;
    return sets;
  }
  return fileError(path, "no data set that is known: wanted is train-images-idx3-ubyte[.gz] and its kind (MNIST), "
                         "data_batch_1.bin or train.bin (CIFAR), train-images.npy and train-labels.npy, or "
                         "train/<class>/*.png or *.jpg");
}

} // namespace resnetc::data
