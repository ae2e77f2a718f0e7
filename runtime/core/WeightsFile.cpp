//===- WeightsFile.cpp - maps .rnw files ----------------------------------===//
//
// The mapping is read-only and shared: processes that run one model share its weights. A file that another process
// shortens while it is mapped raises SIGBUS, as with any mapped file: replace weights by renaming.
//
//===----------------------------------------------------------------------===//

#include "runtime/core/Api.h"
#include "runtime/core/Checksum.h"
#include "runtime/core/VerifyTable.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace resnetc;
using rt::ErrorText;

static const char *reason(int error) {
  switch (error) {
  case ENOENT:
    return "there is no such file";
  case EACCES:
  case EPERM:
    return "reading it is not permitted";
  case EISDIR:
    return "it is a folder";
  case ENOMEM:
    return "no memory to map it";
  case EMFILE:
  case ENFILE:
    return "too many files are open";
  default:
    return "the operating system refuses to read it";
  }
}

static int failPath(ErrorText &error, const char *what, const char *path, size_t length, const char *why) {
  error << what;
  error.quoted(path, length) << ": " << why;
  return RESNETC_ERROR_IO;
}

/// Maps all of a regular file.
static int mapFile(const char *path, const void *&mapping, size_t &bytes, ErrorText &error) {
  size_t length = 0;
  while (path[length])
    ++length;
  const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a pipe must not make us wait for its writer
  if (file < 0)
    return failPath(error, "cannot open ", path, length, reason(errno));
  struct stat status;
  void *address = MAP_FAILED;
  const char *why = nullptr;
  if (fstat(file, &status) != 0)
    why = reason(errno);
  else if (!S_ISREG(status.st_mode))
    why = S_ISDIR(status.st_mode) ? reason(EISDIR) : "it is not a regular file";
  else if (status.st_size <= 0)
    why = "it is empty";
  else if ((address = mmap(nullptr, size_t(status.st_size), PROT_READ, MAP_SHARED, file, 0)) == MAP_FAILED)
    why = reason(errno);
  close(file);
  if (why)
    return failPath(error, "cannot map ", path, length, why);
  mapping = address;
  bytes = size_t(status.st_size);
  return RESNETC_OK;
}

int resnetc_weights_open(const char *path, resnetc_weights *weights, char *error, size_t error_bytes) {
  ErrorText text(error, error_bytes);
  if (weights)
    *weights = resnetc_weights();
  if (!path || !weights) {
    text << "resnetc_weights_open: a null argument";
    return RESNETC_ERROR_ARGUMENT;
  }
  const void *mapping = nullptr;
  size_t bytes = 0;
  if (const int status = mapFile(path, mapping, bytes, text))
    return status;
  const uint8_t *file = static_cast<const uint8_t *>(mapping);
  const weights::Weights *table = rt::verifyFile(file, bytes, text);
  if (!table) {
    munmap(const_cast<void *>(mapping), bytes);
    return RESNETC_ERROR_FORMAT;
  }
  weights->mapping = mapping;
  weights->mapping_bytes = bytes;
  weights->table = table;
  weights->data = file + (bytes - table->data_bytes());
  weights->data_bytes = table->data_bytes();
  return RESNETC_OK;
}

int resnetc_weights_check(const resnetc_weights *weights, char *error, size_t error_bytes) {
  ErrorText text(error, error_bytes);
  if (!weights || !weights->table) {
    text << "resnetc_weights_check: no open weights file";
    return RESNETC_ERROR_ARGUMENT;
  }
  for (const weights::Tensor *tensor : *static_cast<const weights::Weights *>(weights->table)->tensors())
    if (rt::checksum(weights->data + tensor->offset(), tensor->bytes()) != tensor->checksum()) {
      text << "the weights file is damaged: the checksum of tensor ";
      text.quoted(tensor->name()->c_str(), tensor->name()->size()) << " differs";
      return RESNETC_ERROR_FORMAT;
    }
  return RESNETC_OK;
}

void resnetc_weights_close(resnetc_weights *weights) {
  if (!weights)
    return;
  if (weights->mapping)
    munmap(const_cast<void *>(weights->mapping), weights->mapping_bytes);
  *weights = resnetc_weights();
}

const void *resnetc_weights_packed(const resnetc_weights *weights, const resnetc_model_info *info, char *error,
                                   size_t error_bytes) {
  ErrorText text(error, error_bytes);
  if (!weights || !weights->table || !info || info->abi_version != RESNETC_ABI_VERSION) {
    text << (info && info->abi_version != RESNETC_ABI_VERSION ? resnetc_status_string(RESNETC_ERROR_ABI)
                                                              : "resnetc_weights_packed: a null argument");
    return nullptr;
  }
  const weights::Weights &table = *static_cast<const weights::Weights *>(weights->table);
  const flatbuffers::String &network = *table.network();
  if (table.kind() != weights::Kind::Packed) {
    text << "the weights file holds named tensors of network ";
    text.quoted(network.c_str(), network.size()) << ", not packed ones: pack them with <name>_pack or give the file to "
                                                    "'resnetc compile --weights'";
    return nullptr;
  }
  const weights::Tensor &packed = *table.tensors()->Get(0);
  if (table.packed_hash() != info->packed_hash || packed.bytes() != info->packed_bytes) {
    text << "the weights file is packed for network ";
    text.quoted(network.c_str(), network.size()) << " (layout ";
    text.hex(table.packed_hash()) << ", " << packed.bytes() << " bytes), this model is '" << info->name << "' (layout ";
    text.hex(info->packed_hash) << ", " << info->packed_bytes << " bytes): compile the two together";
    return nullptr;
  }
  return weights->data + packed.offset();
}
