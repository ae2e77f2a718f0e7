//===- FileOperations.cpp - what replacing a file asks of the system ----------------------------===//

#include "runtime/weights/FileOperations.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include <fcntl.h>
#include <unistd.h>

using namespace llvm;

namespace resnetc::weights {
namespace {

std::error_code lastError() { return {errno, std::generic_category()}; }

class SystemFiles : public FileOperations {
public:
  std::error_code create(StringRef path, int &file) override {
    return sys::fs::openFileForWrite(path, file, sys::fs::CD_CreateNew);
  }
  std::error_code write(int file, StringRef bytes, uint64_t offset) override {
    constexpr size_t most = size_t(1) << 30; // Linux writes no more than 2 GiB at once
    while (!bytes.empty()) {
      const ssize_t written = sys::RetryAfterSignal(-1, ::pwrite, file, bytes.data(), std::min(bytes.size(), most),
                                                    static_cast<off_t>(offset));
      if (written < 0)
        return lastError();
      bytes = bytes.drop_front(static_cast<size_t>(written));
      offset += static_cast<uint64_t>(written);
    }
    return {};
  }
  std::error_code sync(int file) override {
    return sys::RetryAfterSignal(-1, ::fsync, file) ? lastError() : std::error_code();
  }
  std::error_code close(int file) override { return ::close(file) ? lastError() : std::error_code(); }
  std::error_code rename(StringRef from, StringRef to) override { return sys::fs::rename(from, to); }
  std::error_code syncFolder(StringRef folder) override {
    const int descriptor = sys::RetryAfterSignal(
        -1, [](const char *path) { return ::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC); }, folder.str().c_str());
    if (descriptor < 0)
      return lastError();
    std::error_code code;
    // EINVAL: a file system that has nothing to sync here.
    if (sys::RetryAfterSignal(-1, ::fsync, descriptor) && errno != EINVAL)
      code = lastError();
    ::close(descriptor);
    return code;
  }
  void remove(StringRef path) override { sys::fs::remove(path); }
};

} // namespace

FileOperations &systemFiles() {
  static SystemFiles files;
  return files;
}

} // namespace resnetc::weights
