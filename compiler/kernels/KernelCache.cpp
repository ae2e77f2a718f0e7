//===- KernelCache.cpp - compiled kernels on disk --------------------------===//

#include "compiler/kernels/KernelCache.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"
#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>
#include <vector>

using namespace llvm;
using namespace resnetc::kernels;

static constexpr size_t checksumBytes = 8;
static constexpr char temporaryMark[] = ".part-";

KernelCache::KernelCache(StringRef directory) {
  if (directory.empty())
    return;
  SmallString<128> path(directory);
  sys::path::append(path, "kernels");
  if (!sys::fs::create_directories(path))
    folder = path.str().str();
}

std::string KernelCache::fileOf(StringRef key) const {
  SmallString<128> path(folder);
  sys::path::append(path, key + ".o");
  return path.str().str();
}

std::unique_ptr<MemoryBuffer> KernelCache::find(StringRef key) const {
  if (folder.empty())
    return nullptr;
  std::string path = fileOf(key);
  auto file = MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file || (*file)->getBufferSize() < checksumBytes)
    return nullptr;
  StringRef object = (*file)->getBuffer().drop_back(checksumBytes);
  uint64_t checksum = support::endian::read64le((*file)->getBufferEnd() - checksumBytes);
  if (xxh3_64bits(object) != checksum)
    return nullptr;
  utimensat(AT_FDCWD, path.c_str(), nullptr, 0); // recently used
  return MemoryBuffer::getMemBufferCopy(object, key);
}

void KernelCache::insert(StringRef key, StringRef object) const {
  if (folder.empty())
    return;
  // LLVM puts random digits for every '%' of a path: only our own may be in it, not those of the folder's name.
  SmallString<16> unique;
  sys::fs::createUniquePath("%%%%%%%%%%%%", unique, /*MakeAbsolute=*/false);
  const std::string temporary = fileOf(key) + temporaryMark + unique.str().str();
  int descriptor = -1;
  if (sys::fs::openFileForWrite(temporary, descriptor, sys::fs::CD_CreateNew))
    return;
  FileRemover remover(temporary);
  char checksum[checksumBytes];
  support::endian::write64le(checksum, xxh3_64bits(object));
  raw_fd_ostream os(descriptor, /*shouldClose=*/true);
  os << object << StringRef(checksum, checksumBytes);
  os.close();
  if (os.has_error()) {
    os.clear_error();
    return;
  }
  if (!sys::fs::rename(temporary, fileOf(key)))
    remover.releaseFile();
}

namespace {
struct Entry {
  std::string path;
  uint64_t bytes;
  sys::TimePoint<> used;
};
} // namespace

void KernelCache::evict(uint64_t limitBytes) const {
  if (folder.empty())
    return;
  std::vector<Entry> entries;
  uint64_t total = 0;
  std::error_code error;
  auto now = std::chrono::system_clock::now();
  for (sys::fs::directory_iterator it(folder, error), end; it != end && !error; it.increment(error)) {
    ErrorOr<sys::fs::basic_file_status> status = it->status();
    if (!status)
      continue;
    bool partial = sys::path::filename(it->path()).contains(temporaryMark);
    if (partial && now - status->getLastModificationTime() > std::chrono::hours(1)) {
      sys::fs::remove(it->path());
    } else if (!partial && StringRef(it->path()).ends_with(".o")) {
      entries.push_back({it->path(), status->getSize(), status->getLastModificationTime()});
      total += status->getSize();
    }
  }
  if (total <= limitBytes)
    return;
  std::sort(entries.begin(), entries.end(), [](const Entry &a, const Entry &b) { return a.used < b.used; });
  for (const Entry &entry : entries) {
    if (total <= limitBytes)
      return;
    if (!sys::fs::remove(entry.path))
      total -= entry.bytes;
  }
}
