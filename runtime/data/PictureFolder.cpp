//===- PictureFolder.cpp - a folder of pictures for each class -------------===//
//
// train/<class>/*.png, as torchvision's ImageFolder: classes are numbered in the order of their names. Pictures are
// decoded when they are read, by the thread that reads.
//
//===----------------------------------------------------------------------===//

#include "runtime/data/Formats.h"
#include "runtime/data/Picture.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace resnetc::data {

namespace {

class PictureDataSet : public DataSet {
public:
  PictureDataSet(const Request &request, std::vector<std::string> paths, std::vector<int32_t> labels,
                 std::vector<std::string> classNames)
      : DataSet(request.input, std::move(labels), std::move(classNames)), paths(std::move(paths)),
        input(request.shape) {}

  Error readImage(size_t index, uint8_t *image) const override {
    const std::string &path = paths[index];
    Expected<std::unique_ptr<MemoryBuffer>> file = readFile(path);
    if (!file)
      return file.takeError();
    const MemoryBufferRef buffer = **file;
    if (!isPng(buffer.getBuffer()) && !isJpeg(buffer.getBuffer()))
      return fileError(path, "neither PNG nor JPEG, whatever its name says; remove it from the data set");
    Expected<Picture> picture = isPng(buffer.getBuffer()) ? decodePng(buffer) : decodeJpeg(buffer);
    if (!picture)
      return createStringError(inconvertibleErrorCode(),
                               toString(picture.takeError()) + "; mend it or remove it from the data set");
    return writePicture(path, *picture, input, image);
  }

private:
  std::vector<std::string> paths;
  InputShape input;
};

bool isPictureName(StringRef name) {
  const std::string extension = sys::path::extension(name).lower();
  return extension == ".png" || extension == ".jpg" || extension == ".jpeg";
}

/// Pictures that would be missed without a word.
bool isOtherPictureName(StringRef name) {
  const std::string extension = sys::path::extension(name).lower();
  return is_contained({".bmp", ".gif", ".ppm", ".pgm", ".tif", ".tiff", ".webp"}, extension);
}

/// Names in a folder, sorted, without hidden ones: folders, or pictures.
Expected<std::vector<std::string>> listFolder(const std::string &folder, bool wantFolders) {
  std::vector<std::string> names;
  std::error_code code;
  for (sys::fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
    const StringRef name = sys::path::filename(it->path());
    if (name.starts_with("."))
      continue;
    if (!wantFolders && isOtherPictureName(name))
      return fileError(it->path(), "a picture of a kind that is not read; make a PNG of it, or remove it");
    if (!wantFolders && it->type() == sys::fs::file_type::directory_file)
      return fileError(it->path(), "a folder inside of a class; put its pictures beside it, or remove it");
    if (wantFolders ? sys::fs::is_directory(it->path()) : isPictureName(name))
      names.push_back(name.str());
  }
  if (code)
    return fileError(folder, code.message());
  llvm::sort(names);
  return names;
}

/// The pictures of one part; `folders` are the names of all classes.
Expected<std::unique_ptr<DataSet>> openPart(const Request &request, StringRef part, ArrayRef<std::string> folders,
                                            ArrayRef<std::string> classNames) {
  const std::string root = request.file(part);
  Expected<std::vector<std::string>> own = listFolder(root, /*wantFolders=*/true);
  if (!own)
    return own.takeError();
  std::vector<std::string> paths;
  std::vector<int32_t> labels;
  for (const std::string &name : *own) {
    const auto *found = llvm::find(folders, name);
    const std::string folder = root + "/" + name;
    if (found == folders.end())
      return fileError(folder, "no such class among those to train with; rename it or remove it");
    Expected<std::vector<std::string>> pictures = listFolder(folder, /*wantFolders=*/false);
    if (!pictures)
      return pictures.takeError();
    if (pictures->empty())
      return fileError(folder, "a class without pictures (*.png, *.jpg, *.jpeg); add some or remove the folder");
    for (const std::string &picture : *pictures) {
      paths.push_back(folder + "/" + picture);
      labels.push_back(int32_t(found - folders.begin()));
    }
  }
  return std::make_unique<PictureDataSet>(request, std::move(paths), std::move(labels), classNames.vec());
}

} // namespace

Expected<DataSets> openPictures(const Request &request) {
  const bool hasTrain = sys::fs::is_directory(request.file("train"));
  StringRef test;
  for (StringRef name : {"test", "val"})
    if (test.empty() && sys::fs::is_directory(request.file(name)))
      test = name;
  if (!hasTrain && test.empty())
    return DataSets();
  if (Error error = checkPictureInput(request.folder, request.shape))
    return error;
  const std::string root = request.file(hasTrain ? "train" : test);
  Expected<std::vector<std::string>> folders = listFolder(root, /*wantFolders=*/true);
  if (!folders)
    return folders.takeError();
  if (int64_t(folders->size()) != request.classes)
    return fileError(root, "it has folders of " + Twine(folders->size()) + " classes, the network has " +
                               Twine(request.classes) + "; give the network as many (--set, if they are a parameter)");
  const ArrayRef<std::string> names = request.classNames.empty() ? *folders : request.classNames;
  DataSets sets;
  for (auto [part, set] : {std::pair(hasTrain ? StringRef("train") : StringRef(), &sets.train), {test, &sets.test}}) {
    if (part.empty())
      continue;
    Expected<std::unique_ptr<DataSet>> opened = openPart(request, part, *folders, names);
    if (!opened)
      return opened.takeError();
    *set = std::move(*opened);
  }
  return sets;
}

} // namespace resnetc::data
