//===- AppendedFile.cpp - a log that grows and can be cut back -------------===//

#include "runtime/train/log/AppendedFile.h"
#include "runtime/weights/AtomicFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace resnetc::train {

AppendedFile::~AppendedFile() {
  consumeError(std::move(failure));
  if (stream)
    stream->clear_error(); // whoever wanted to know has called flush
}

void AppendedFile::fail(Error error) {
  failure = joinErrors(std::move(failure), std::move(error));
  failed = true;
}

std::string AppendedFile::present() {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (buffer)
    return (*buffer)->getBuffer().str();
  if (buffer.getError() != std::errc::no_such_file_or_directory)
    fail(createStringError(path + ": " + buffer.getError().message()));
  return "";
}

void AppendedFile::begin(StringRef contents) {
  if (failed)
    return;
  if (Error error = weights::writeFileAtomically(path, [&](raw_pwrite_stream &os) { os << contents; }))
    return fail(std::move(error));
  std::error_code code;
  stream =
      std::make_unique<raw_fd_ostream>(path, code, sys::fs::CD_OpenExisting, sys::fs::FA_Write, sys::fs::OF_Append);
  if (code) {
    stream.reset();
    fail(createStringError(path + ": " + code.message()));
  }
}

void AppendedFile::write(StringRef bytes) {
  if (!failed && stream)
    *stream << bytes;
}

Error AppendedFile::flush() {
  if (stream) {
    stream->flush();
    if (stream->has_error()) {
      fail(createStringError(path + ": " + stream->error().message()));
      stream->clear_error();
      stream.reset();
    }
  }
  return std::exchange(failure, Error::success());
}

std::string keptLines(StringRef text, function_ref<bool(StringRef)> isKept) {
  std::string kept;
  for (size_t end; (end = text.find('\n')) != StringRef::npos; text = text.drop_front(end + 1))
    if (isKept(text.take_front(end)))
      kept += text.take_front(end + 1);
  return kept;
}

} // namespace resnetc::train
