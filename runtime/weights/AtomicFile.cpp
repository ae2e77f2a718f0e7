//===- AtomicFile.cpp - a file is whole or not there -----------------------===//

#include "runtime/weights/AtomicFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"

using namespace llvm;

namespace resnetc::weights {

static Error named(StringRef path, Error error) {
  return createStringError(inconvertibleErrorCode(), "cannot write " + path + ": " + toString(std::move(error)));
}

/// Pipes, terminals and /dev/null are written as they are: a rename would replace them.
static Error writeSpecial(StringRef path, function_ref<void(raw_pwrite_stream &)> write) {
  SmallVector<char, 0> bytes; // a pipe cannot seek
  raw_svector_ostream memory(bytes);
  write(memory);
  std::error_code code;
  raw_fd_ostream os(path, code, sys::fs::CD_OpenExisting, sys::fs::FA_Write, sys::fs::OF_None);
  if (!code) {
    os << memory.str();
    os.close();
    code = os.error();
    os.clear_error();
  }
  return code ? named(path, errorCodeToError(code)) : Error::success();
}

/// A new file `temporary` beside `target`. LLVM's own temporary files put random digits for every '%' of a path, that
/// of a folder's name included.
static std::error_code createBeside(StringRef target, FileOperations &files, SmallString<256> &temporary, int &file) {
  std::error_code code;
  for (int attempt = 0; attempt < 128; ++attempt) {
    SmallString<16> unique;
    sys::fs::createUniquePath("%%%%%%", unique, /*MakeAbsolute=*/false);
    temporary = target;
    temporary += ".";
    temporary += unique;
    temporary += ".tmp";
    code = files.create(temporary, file);
    if (code != std::errc::file_exists)
      break;
  }
  return code;
}

namespace {

/// Bytes into a file; the first error stays.
class FileStream : public raw_pwrite_stream {
public:
  FileStream(FileOperations &files, int file) : files(files), file(file) {}
  ~FileStream() override { flush(); }
  std::error_code error() const { return code; }

private:
  void write_impl(const char *bytes, size_t size) override {
    pwrite_impl(bytes, size, position);
    position += size;
  }
  void pwrite_impl(const char *bytes, size_t size, uint64_t offset) override {
    if (!code)
      code = files.write(file, StringRef(bytes, size), offset);
  }
  uint64_t current_pos() const override { return position; }

  FileOperations &files;
  int file;
  uint64_t position = 0;
  std::error_code code;
};

} // namespace

/// Writes, syncs and closes.
static std::error_code fill(FileOperations &files, int file, function_ref<void(raw_pwrite_stream &)> write) {
  FileStream os(files, file);
  write(os);
  os.flush();
  std::error_code code = os.error();
  // Without it a crash soon after the rename may leave an empty file of the new name.
  if (!code)
    code = files.sync(file);
  const std::error_code closed = files.close(file);
  return code ? code : closed;
}

Error writeFileAtomically(StringRef path, function_ref<void(raw_pwrite_stream &)> write, FileOperations &files) {
  sys::fs::file_status status;
  if (!sys::fs::status(path, status) && sys::fs::exists(status) && !sys::fs::is_regular_file(status) &&
      !sys::fs::is_directory(status))
    return writeSpecial(path, write);
  // Through a link to the file itself, so that the link stays.
  SmallString<256> target;
  if (sys::fs::real_path(path, target))
    target = path;
  SmallString<256> temporary;
  int file = -1;
  if (std::error_code code = createBeside(target, files, temporary, file))
    return named(path, errorCodeToError(code));
  sys::RemoveFileOnSignal(temporary);
  std::error_code code = fill(files, file, write);
  if (!code)
    code = files.rename(temporary, target);
  if (code)
    files.remove(temporary);
  sys::DontRemoveFileOnSignal(temporary);
  // Without it a loss of power may bring the old file back after this function has said that the new one is there.
  if (!code) {
    const StringRef folder = sys::path::parent_path(target);
    code = files.syncFolder(folder.empty() ? "." : folder);
  }
  return code ? named(path, errorCodeToError(code)) : Error::success();
}

void removeTemporaries(StringRef path) {
  SmallString<256> target;
  if (sys::fs::real_path(path, target))
    target = path;
  const StringRef folder = sys::path::parent_path(target), name = sys::path::filename(target);
  std::error_code code;
  for (sys::fs::directory_iterator entry(folder.empty() ? "." : folder, code), end; !code && entry != end;
       entry.increment(code)) {
    StringRef other = sys::path::filename(entry->path());
    if (other.consume_front(name) && other.consume_front(".") && other.consume_back(".tmp") && other.size() == 6 &&
        all_of(other, isHexDigit))
      sys::fs::remove(entry->path());
  }
}

} // namespace resnetc::weights
