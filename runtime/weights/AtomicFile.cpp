//===- AtomicFile.cpp - a file is whole or not there -----------------------===//

#include "runtime/weights/AtomicFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/Signals.h"
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

/// A new file `temporary` beside `target`. LLVM's own temporary files put random digits for every '%' of a path, that
/// of a folder's name included.
static std::error_code createBeside(StringRef target, SmallString<256> &temporary, int &descriptor) {
  std::error_code code;
  for (int attempt = 0; attempt < 128; ++attempt) {
    SmallString<16> unique;
    sys::fs::createUniquePath("%%%%%%", unique, /*MakeAbsolute=*/false);
    temporary = target;
    temporary += ".";
    temporary += unique;
    temporary += ".tmp";
    code = sys::fs::openFileForWrite(temporary, descriptor, sys::fs::CD_CreateNew);
    if (code != std::errc::file_exists)
      break;
  }
  return code;
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
  SmallString<256> temporary;
  int descriptor = -1;
  if (std::error_code code = createBeside(target, temporary, descriptor))
    return named(path, errorCodeToError(code));
  FileRemover remover(temporary);
  sys::RemoveFileOnSignal(temporary);
  std::error_code code;
  {
    raw_fd_ostream os(descriptor, /*shouldClose=*/false);
    write(os);
    os.flush();
    code = os.error();
    os.clear_error();
  }
  // Without it a crash soon after the rename may leave an empty file of the new name.
  if (!code && sys::RetryAfterSignal(-1, fsync, descriptor) != 0)
    code = std::error_code(errno, std::generic_category());
  if (close(descriptor) != 0 && !code)
    code = std::error_code(errno, std::generic_category());
  if (!code)
    code = sys::fs::rename(temporary, target);
  if (!code)
    remover.releaseFile();
  sys::DontRemoveFileOnSignal(temporary);
  if (code)
    return named(path, errorCodeToError(code));
  return Error::success();
}

} // namespace resnetc::weights
