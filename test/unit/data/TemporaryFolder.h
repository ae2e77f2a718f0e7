//===- TemporaryFolder.h - a folder of files that a test writes ------------===//

#ifndef RESNETC_TEST_UNIT_DATA_TEMPORARYFOLDER_H
#define RESNETC_TEST_UNIT_DATA_TEMPORARYFOLDER_H

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <zlib.h>

namespace resnetc {

/// Is removed with all that is in it.
class TemporaryFolder {
public:
  TemporaryFolder() { EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("resnetc-test", root)); }
  ~TemporaryFolder() { llvm::sys::fs::remove_directories(root); }
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;

  std::string path(llvm::StringRef name = "") const {
    return name.empty() ? root.str().str() : (root + "/" + name).str();
  }
  /// Makes the folders in `name`, too.
  void write(llvm::StringRef name, llvm::StringRef bytes) const {
    const std::string file = path(name);
    llvm::sys::fs::create_directories(llvm::sys::path::parent_path(file));
    std::error_code code;
    llvm::raw_fd_ostream os(file, code);
    ASSERT_FALSE(code) << code.message();
    os << bytes;
  }
  void remove(llvm::StringRef name) const { llvm::sys::fs::remove(path(name)); }

private:
  llvm::SmallString<128> root;
};

/// As gzip packs it.
inline std::string gzipOf(llvm::StringRef bytes) {
  z_stream stream = {};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
  stream.avail_in = bytes.size();
  stream.next_out = reinterpret_cast<Bytef *>(packed.data());
  stream.avail_out = packed.size();
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

} // namespace resnetc

#endif // RESNETC_TEST_UNIT_DATA_TEMPORARYFOLDER_H
