//===- AtomicFile.cpp - a file is whole or not there -----------------------===//

#include "compiler/weights/AtomicFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include <unistd.h>

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

Error writeFileAtomically(StringRef path, function_ref<void(raw_pwrite_stream &)> write) {
  sys::fs::file_status status;
  if (!sys::fs::status(path, status) && sys::fs::exists(status) && !sys::fs::is_regular_file(status) &&
      !sys::fs::is_directory(status))
    return writeSpecial(path, write);
  // Through a link to the file itself, so that the link stays.
  SmallString<256> target;
  if (sys::fs::real_path(path, target))
    target = path;
  Expected<sys::fs::TempFile> temporary = sys::fs::TempFile::create(target + ".%%%%%%.tmp");
  if (!temporary)
    return named(path, temporary.takeError());
  std::error_code code;
  {
    raw_fd_ostream os(temporary->FD, /*shouldClose=*/false);
    write(os);
    os.flush();
    code = os.error();
    os.clear_error();
  }
  // Without it a crash soon after the rename may leave an empty file of the new name.
  if (!code && sys::RetryAfterSignal(-1, fsync, temporary->FD) != 0)
    code = std::error_code(errno, std::generic_category());
  if (code)
    return named(path, joinErrors(errorCodeToError(code), temporary->discard()));
  if (Error error = temporary->keep(target)) {
    consumeError(temporary->discard());
    return named(path, std::move(error));
  }
  return Error::success();
}

} // namespace resnetc::weights
