//===- AtomicFile.cpp - a file is whole or not there -----------------------===//

#include "compiler/weights/AtomicFile.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include <unistd.h>

using namespace llvm;

namespace resnetc::weights {

static Error named(StringRef path, Error error) {
  return createStringError(inconvertibleErrorCode(), "cannot write " + path + ": " + toString(std::move(error)));
}

Error writeFileAtomically(StringRef path, function_ref<void(raw_pwrite_stream &)> write) {
  Expected<sys::fs::TempFile> temporary = sys::fs::TempFile::create(path + ".%%%%%%.tmp");
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
  if (Error error = temporary->keep(path))
    return named(path, std::move(error));
  return Error::success();
}

} // namespace resnetc::weights
