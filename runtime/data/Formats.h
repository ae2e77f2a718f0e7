//===- Formats.h - the formats of data sets --------------------------------===//
//
// Inside of the library: what OpenDataSets.cpp knows of each format. A new one is a file with such a function.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_DATA_FORMATS_H
#define RESNETC_RUNTIME_DATA_FORMATS_H

#include "runtime/data/DataSet.h"
#include "runtime/data/InputShape.h"
#include "llvm/Support/MemoryBuffer.h"

namespace resnetc::data {

/// What a folder is opened for.
struct Request {
  std::string folder;
  resnetc_tensor_shape input;
  InputShape shape; ///< the same
  int64_t classes;
  std::vector<std::string> classNames; ///< told or of classes.txt; empty: the format's own

  std::string file(llvm::StringRef name) const; ///< in the folder
  bool has(llvm::StringRef name) const;
};

/// Each opens what the folder has of its format: both sets null if there is nothing of it.
llvm::Expected<DataSets> openIdx(const Request &request);
llvm::Expected<DataSets> openCifar(const Request &request);
llvm::Expected<DataSets> openNpy(const Request &request);
llvm::Expected<DataSets> openPictures(const Request &request);

/// Images that lie in memory one behind the other.
struct MemoryImages {
  uint32_t element = RESNETC_U8; ///< of `bytes`: RESNETC_U8 or RESNETC_F32
  std::vector<uint8_t> bytes;
};
/// The images' shape was compared with the request's (checkImageShape).
std::unique_ptr<DataSet> makeMemorySet(const Request &request, MemoryImages images, std::vector<int32_t> labels,
                                       std::vector<std::string> classNames);

/// The label as a class; the error names file, index and the classes.
llvm::Expected<int32_t> checkLabel(llvm::StringRef file, size_t index, int64_t label, int64_t classes);

/// Success if there are as many names as classes, or none.
llvm::Error checkClassNames(llvm::StringRef file, llvm::ArrayRef<std::string> names, int64_t classes);

/// The file, mapped; the error names it.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> readFile(llvm::StringRef path);

} // namespace resnetc::data

#endif // RESNETC_RUNTIME_DATA_FORMATS_H
