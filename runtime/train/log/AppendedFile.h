//===- AppendedFile.h - a log that grows and can be cut back ----------------===//

#ifndef RESNETC_RUNTIME_TRAIN_LOG_APPENDEDFILE_H
#define RESNETC_RUNTIME_TRAIN_LOG_APPENDEDFILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>
#include <string>

namespace resnetc::train {

/// A file that grows at its end; the first error is kept, later calls do nothing. Errors name the path.
class AppendedFile {
public:
  explicit AppendedFile(llvm::StringRef path) : path(path.str()) {}
  ~AppendedFile();

  /// Begins with `contents` and nothing else (atomically: a reader never sees less than was kept).
  void begin(llvm::StringRef contents);
  void write(llvm::StringRef bytes);
  void fail(llvm::Error error);
  llvm::Error flush();
  /// Empty if there is no such file; a file that can't be read is an error.
  std::string present();

  const std::string path;

private:
  std::unique_ptr<llvm::raw_fd_ostream> stream;
  llvm::Error failure = llvm::Error::success();
  bool failed = false;
};

/// The whole lines of `text` that `isKept` says yes to. A last line without an end was torn by a crash: it is dropped.
std::string keptLines(llvm::StringRef text, llvm::function_ref<bool(llvm::StringRef line)> isKept);

} // namespace resnetc::train

#endif // RESNETC_RUNTIME_TRAIN_LOG_APPENDEDFILE_H
