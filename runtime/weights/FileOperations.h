//===- FileOperations.h - what replacing a file asks of the system ------------------------------===//

#ifndef RESNETC_RUNTIME_WEIGHTS_FILEOPERATIONS_H
#define RESNETC_RUNTIME_WEIGHTS_FILEOPERATIONS_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <system_error>

namespace resnetc::weights {

/// The calls between a program and its disk. An interface so that a test can record them and make every state that a
/// loss of power may leave (test/unit/train/PowerLossTest.cpp).
class FileOperations {
public:
  virtual ~FileOperations() = default;
  /// A new file, open for writing; std::errc::file_exists if there is one.
  virtual std::error_code create(llvm::StringRef path, int &file) = 0;
  virtual std::error_code write(int file, llvm::StringRef bytes, uint64_t offset) = 0;
  /// Returns when the file's bytes are on the disk.
  virtual std::error_code sync(int file) = 0;
  virtual std::error_code close(int file) = 0;
  virtual std::error_code rename(llvm::StringRef from, llvm::StringRef to) = 0;
  /// Returns when the names of a folder are on the disk.
  virtual std::error_code syncFolder(llvm::StringRef folder) = 0;
  virtual void remove(llvm::StringRef path) = 0;
};

/// Those of the operating system.
FileOperations &systemFiles();

} // namespace resnetc::weights

#endif // RESNETC_RUNTIME_WEIGHTS_FILEOPERATIONS_H
