//===- VerifyTable.cpp - is this a weights file? --------------------------===//
//
// First the frame (prelude and sizes), then FlatBuffers' verifier, which looks whether every reference of the table
// stays inside it, then the meaning: shapes, sizes, offsets and the order of names.
//
//===----------------------------------------------------------------------===//

#include "runtime/core/VerifyTable.h"
#include "runtime/core/NaturalOrder.h"
#include <string.h>

using namespace resnetc;
using rt::ErrorText;

/// The table's bytes, or null.
static const uint8_t *verifyFrame(const uint8_t *file, size_t bytes, uint32_t &tableBytes, ErrorText &error) {
  weights::Prelude prelude;
  if (bytes < sizeof prelude) {
    error << "not a weights file: it has " << bytes << " bytes, the shortest one has more than " << sizeof prelude;
    return nullptr;
  }
  memcpy(&prelude, file, sizeof prelude);
  if (memcmp(prelude.magic, weights::fileMagic, sizeof prelude.magic) != 0) {
    error << "not a weights file: it does not begin with 'resnetcW' ('resnetc import' makes one of a safetensors file)";
    return nullptr;
  }
  if (prelude.version != weights::fileVersion) {
    error << "the weights file is of format version " << prelude.version << ", this runtime reads version "
          << weights::fileVersion;
    return nullptr;
  }
  if (prelude.tableBytes > bytes - sizeof prelude) {
    error << "the weights file is truncated: it has " << bytes << " bytes, its table alone ends at byte "
          << sizeof prelude + prelude.tableBytes;
    return nullptr;
  }
  if (prelude.tableBytes >= FLATBUFFERS_MAX_BUFFER_SIZE) {
    error << "the weights file is damaged: its table is larger than a FlatBuffer can be";
    return nullptr;
  }
  tableBytes = prelude.tableBytes;
  return file + sizeof prelude;
}

static bool verifyTensor(const weights::Tensor &tensor, uint64_t dataBytes, ErrorText &error) {
  const auto fail = [&](const char *what) {
    error << "the weights file is damaged: tensor ";
    error.quoted(tensor.name()->c_str(), tensor.name()->size()) << " " << what;
    return false;
  };
  uint64_t bytes = weights::elementBytes(tensor.element());
  if (!bytes)
    return fail("has an unknown element type");
  if (tensor.shape()->size() > weights::maxRank)
    return fail("has more than 8 dimensions");
  // FlatBuffers' verifier looks at the alignment of a vector's length, not of its elements.
  if (tensor.shape()->size() && reinterpret_cast<uintptr_t>(tensor.shape()->Data()) % sizeof(uint64_t))
    return fail("has a misaligned shape");
  for (const uint64_t extent : *tensor.shape())
    if (__builtin_mul_overflow(bytes, extent, &bytes))
      return fail("has a shape that no memory can hold");
  if (bytes != tensor.bytes())
    return fail("has a size that is not that of its shape");
  if (tensor.offset() % weights::tensorAlignment)
    return fail("is not 64-byte aligned");
  if (tensor.offset() > dataBytes || bytes > dataBytes - tensor.offset())
    return fail("lies outside of the file");
  return true;
}

static bool verifyMeaning(const weights::Weights &table, ErrorText &error) {
  if (table.kind() != weights::Kind::Named && table.kind() != weights::Kind::Packed) {
    error << "the weights file is damaged: it is neither named nor packed";
    return false;
  }
  const auto &tensors = *table.tensors();
  if (tensors.size() > weights::maxTensors ||
      (table.class_names() && table.class_names()->size() > weights::maxTensors)) {
    error << "the weights file is damaged: it names more than a million tensors or classes";
    return false;
  }
  for (uint32_t i = 0; i < tensors.size(); ++i) {
    if (!verifyTensor(*tensors[i], table.data_bytes(), error))
      return false;
    if (i && !NaturalLess()(*tensors[i - 1]->name(), *tensors[i]->name())) {
      error << "the weights file is damaged: tensor ";
      error.quoted(tensors[i]->name()->c_str(), tensors[i]->name()->size()) << " is named twice or not in order";
      return false;
    }
  }
  if (table.kind() == weights::Kind::Packed &&
      (tensors.size() != 1 || strcmp(tensors[0]->name()->c_str(), weights::packedName) != 0)) {
    error << "the weights file is damaged: packed weights are one tensor 'packed'";
    return false;
  }
  return true;
}

const weights::Weights *rt::verifyFile(const uint8_t *file, size_t bytes, ErrorText &error) {
  uint32_t tableBytes = 0;
  const uint8_t *start = verifyFrame(file, bytes, tableBytes, error);
  if (!start)
    return nullptr;
  flatbuffers::Verifier verifier(start, tableBytes, /*max_depth=*/8, /*max_tables=*/weights::maxTensors + 1);
  if (!weights::VerifyWeightsBuffer(verifier)) {
    error << "the weights file is damaged: its table is not sound";
    return nullptr;
  }
  const weights::Weights *table = weights::GetWeights(start);
  // The size first: of a file cut short, that is what there is to say.
  const uint64_t begin = weights::dataOffset(tableBytes);
  uint64_t end;
  if (__builtin_add_overflow(begin, table->data_bytes(), &end) || bytes < end) {
    error << "the weights file is truncated: it has " << bytes << " bytes, its table speaks of " << table->data_bytes()
          << " after byte " << begin;
    return nullptr;
  }
  if (bytes > end) {
    error << "the weights file is damaged: it has " << bytes << " bytes, " << bytes - end
          << " more than its table speaks of";
    return nullptr;
  }
  return verifyMeaning(*table, error) ? table : nullptr;
}
