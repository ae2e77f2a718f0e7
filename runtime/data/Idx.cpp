//===- Idx.cpp - IDX files: MNIST and its kind -----------------------------===//
//
// LeCun's format: two zero bytes, the type of the elements (8: bytes), the rank; the extents, big-endian; the data.
//
//===----------------------------------------------------------------------===//

#include "runtime/data/Formats.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/Path.h"
#include <zlib.h>

using namespace llvm;

namespace resnetc::data {

namespace {

struct IdxFile {
  std::string path;
  std::vector<int64_t> extents;
  std::vector<uint8_t> bytes;
};

/// A file, gz or not: zlib hands out what is not packed as it is.
class GzReader {
public:
  explicit GzReader(std::string path) : path(std::move(path)), file(gzopen(this->path.c_str(), "rb")) {}
  ~GzReader() {
    if (file)
      gzclose(file);
  }
  GzReader(const GzReader &) = delete;
  GzReader &operator=(const GzReader &) = delete;

  bool isOpen() const { return file; }
  /// Appends up to `count` bytes. Memory grows with what is really there, whatever the file says.
  Error read(uint64_t count, std::vector<uint8_t> &bytes) {
    constexpr uint64_t piece = 1 << 20;
    while (count) {
      const size_t size = bytes.size(), want = std::min(count, piece);
      bytes.resize(size + want);
      const int got = gzread(file, bytes.data() + size, unsigned(want));
      bytes.resize(size + std::max(got, 0));
      if (got < 0)
        return damaged();
      count -= got;
      if (size_t(got) < want)
        return isComplete();
    }
    return Error::success();
  }

private:
  /// At the end: zlib says here that a packed file stops in the middle.
  Error isComplete() {
    int code = Z_OK;
    gzerror(file, &code);
    return code == Z_OK || code == Z_STREAM_END ? Error::success() : damaged();
  }
  Error damaged() {
    int code = Z_OK;
    const char *words = gzerror(file, &code);
    return fileError(path, code == Z_BUF_ERROR ? Twine("truncated: the packed data ends too early; fetch it again")
                                               : "damaged (" + Twine(words) + "); fetch it again");
  }

  std::string path;
  gzFile file;
};

/// An IDX file of bytes with `rank` extents.
Expected<IdxFile> readIdx(std::string path, size_t rank) {
  GzReader reader(path);
  if (!reader.isOpen())
    return fileError(path, "cannot be opened");
  std::vector<uint8_t> header;
  if (Error error = reader.read(4 + 4 * rank, header))
    return error;
  if (header.size() < 4 || header[0] || header[1])
    return fileError(path, "not an IDX file (it begins otherwise); fetch it again");
  if (header[2] != 8 || header[3] != rank)
    return fileError(path, "an IDX file of type " + Twine(unsigned(header[2])) + " and rank " +
                               Twine(unsigned(header[3])) + ", wanted: bytes (type 8) of rank " + Twine(rank));
  if (header.size() < 4 + 4 * rank)
    return fileError(path, "truncated in its header; fetch it again");
  IdxFile idx{std::move(path), {}, {}};
  std::optional<uint64_t> want = 1;
  for (size_t i = 0; i < rank; ++i) {
    idx.extents.push_back(support::endian::read32be(&header[4 + 4 * i]));
    want = want ? checkedMulUnsigned<uint64_t>(*want, idx.extents.back()) : std::nullopt;
  }
  if (!want)
    return fileError(idx.path, "damaged: its extents " + shapeText(idx.extents) + " are too large");
  // One byte more than there may be: its absence is looked at, and zlib's checksum with it.
  if (Error error = reader.read(*want + 1, idx.bytes))
    return error;
  if (idx.bytes.size() != *want)
    return fileError(idx.path, (idx.bytes.size() < *want ? "truncated: " : "too long: ") + Twine("its extents ") +
                                   shapeText(idx.extents) + " need " + Twine(*want) + " bytes, it has " +
                                   (idx.bytes.size() < *want ? Twine(idx.bytes.size()) : Twine("more")) +
                                   "; fetch it again");
  return idx;
}

/// The first file that is there of the names in use, else "".
std::string findIdx(const Request &request, StringRef part, StringRef what, size_t rank) {
  const std::string ranks = std::to_string(rank);
  for (const char *separator : {"-", "."})
    for (const char *end : {"", ".gz"}) {
      const std::string name = (part + "-" + what + separator + "idx" + ranks + "-ubyte" + end).str();
      if (request.has(name))
        return request.file(name);
    }
  return "";
}

Expected<std::unique_ptr<DataSet>> openPart(const Request &request, StringRef part) {
  const std::string imagePath = findIdx(request, part, "images", 3), labelPath = findIdx(request, part, "labels", 1);
  if (imagePath.empty() && labelPath.empty())
    return nullptr;
  if (imagePath.empty() || labelPath.empty())
    return fileError(request.folder, "it has " + sys::path::filename(imagePath + labelPath) + ", but no " + part +
                                         (imagePath.empty() ? "-images-idx3-ubyte" : "-labels-idx1-ubyte") +
                                         " (or .gz) that belongs to it");
  Expected<IdxFile> images = readIdx(imagePath, 3);
  if (!images)
    return images.takeError();
  const ArrayRef<int64_t> extents = images->extents;
  if (Error error = checkImageShape(imagePath, RESNETC_U8, {1, extents[1], extents[2]}, request.shape))
    return error;
  Expected<IdxFile> labels = readIdx(labelPath, 1);
  if (!labels)
    return labels.takeError();
  if (extents[0] != labels->extents[0])
    return fileError(labelPath, "it has " + Twine(labels->extents[0]) + " labels, " + imagePath + " has " +
                                    Twine(extents[0]) + " images");
  std::vector<int32_t> classes;
  for (uint8_t label : labels->bytes) {
    Expected<int32_t> checked = checkLabel(labelPath, classes.size(), label, request.classes);
    if (!checked)
      return checked.takeError();
    classes.push_back(*checked);
  }
  return makeMemorySet(request, {RESNETC_U8, std::move(images->bytes)}, std::move(classes), request.classNames);
}

} // namespace

Expected<DataSets> openIdx(const Request &request) {
  DataSets sets;
  Expected<std::unique_ptr<DataSet>> train = openPart(request, "train");
  if (!train)
    return train.takeError();
  Expected<std::unique_ptr<DataSet>> test = openPart(request, "t10k");
  if (!test)
    return test.takeError();
  sets.train = std::move(*train);
  sets.test = std::move(*test);
  return sets;
}

} // namespace resnetc::data
