//===- Safetensors.cpp - reads the safetensors format ----------------------===//

#include "runtime/weights/Safetensors.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstring>

using namespace llvm;

namespace resnetc::weights {

namespace {

/// The limit of the reference implementation.
constexpr uint64_t maximumHeaderBytes = 100'000'000;
constexpr size_t maximumRank = 8;

/// What a dtype's bytes mean. `toFloat` is null for types that are not parameters.
struct Dtype {
  StringLiteral name;
  uint64_t bytes;
  float (*toFloat)(const char *);
};

float fromBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

float readF32(const char *at) { return fromBits(support::endian::read32le(at)); }

float readF64(const char *at) {
  const uint64_t bits = support::endian::read64le(at);
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return static_cast<float>(value);
}

float readBF16(const char *at) { return fromBits(uint32_t(support::endian::read16le(at)) << 16); }

float readF16(const char *at) {
  const uint32_t half = support::endian::read16le(at);
  const uint32_t sign = (half & 0x8000u) << 16, exponent = (half >> 10) & 0x1f, fraction = half & 0x3ff;
  if (exponent == 0) { // zero and subnormals: fraction * 2^-24, exact in f32
    const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return sign ? -magnitude : magnitude;
  }
  if (exponent == 31)
    return fromBits(sign | 0x7f800000u | fraction << 13);
  return fromBits(sign | (exponent + 112) << 23 | fraction << 13);
}

constexpr Dtype dtypes[] = {
    {"F32", 4, readF32}, {"F64", 8, readF64}, {"F16", 2, readF16},  {"BF16", 2, readBF16}, {"I64", 8, nullptr},
    {"I32", 4, nullptr}, {"I16", 2, nullptr}, {"I8", 1, nullptr},   {"U64", 8, nullptr},   {"U32", 4, nullptr},
    {"U16", 2, nullptr}, {"U8", 1, nullptr},  {"BOOL", 1, nullptr},
};

/// One entry of the header after its checks.
struct Entry {
  StringRef name;
  const Dtype *dtype;
  std::vector<int64_t> shape;
  uint64_t begin, end;
};

class Reader {
public:
  explicit Reader(MemoryBufferRef buffer) : file(buffer.getBufferIdentifier()), bytes(buffer.getBuffer()) {}

  Expected<SafetensorsFile> read();

private:
  Error fail(const Twine &words) const { return createStringError(inconvertibleErrorCode(), file + ": " + words); }
  Error failTensor(StringRef name, const Twine &words) const {
    return fail("tensor '" + name.take_front(200) + "': " + words);
  }
  Expected<StringRef> header() const;
  Error checkNesting(StringRef text) const;
  Expected<Entry> entry(StringRef name, const json::Value &value, uint64_t dataBytes) const;
  Expected<std::vector<int64_t>> shape(StringRef name, const json::Object &object) const;
  Error checkCoverage(ArrayRef<Entry> entries, uint64_t dataBytes) const;

  StringRef file, bytes;
};

Expected<StringRef> Reader::header() const {
  if (bytes.size() < 8)
    return fail("not a safetensors file: it has only " + Twine(bytes.size()) + " bytes");
  const uint64_t size = support::endian::read64le(bytes.data());
  if (size > maximumHeaderBytes)
    return fail("not a safetensors file: it gives its header as " + Twine(size) + " bytes, at most " +
                Twine(maximumHeaderBytes) + " are allowed");
  if (size > bytes.size() - 8)
    return fail("truncated: the header has " + Twine(size) + " bytes, the file only " + Twine(bytes.size() - 8) +
                " after its first 8");
  const StringRef text = bytes.substr(8, size);
  if (!text.starts_with("{"))
    return fail("not a safetensors file: its header is not a JSON object");
  return text;
}

/// The JSON parser descends one stack frame a bracket, and a real header nests three deep.
Error Reader::checkNesting(StringRef text) const {
  int depth = 0;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inString) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        inString = false;
    } else if (c == '"') {
      inString = true;
    } else if (c == '{' || c == '[') {
      if (++depth > 8)
        return fail("damaged: the header nests deeper than a safetensors header does");
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return Error::success();
}

Expected<std::vector<int64_t>> Reader::shape(StringRef name, const json::Object &object) const {
  const json::Array *array = object.getArray("shape");
  if (!array)
    return failTensor(name, "has no shape");
  if (array->size() > maximumRank)
    return failTensor(name, "has " + Twine(array->size()) + " extents, at most " + Twine(maximumRank) + " are allowed");
  std::vector<int64_t> shape;
  for (const json::Value &value : *array) {
    const std::optional<int64_t> extent = value.getAsInteger();
    if (!extent || *extent < 0)
      return failTensor(name, "an extent of its shape is not a natural number");
    shape.push_back(*extent);
  }
  return shape;
}

Expected<Entry> Reader::entry(StringRef name, const json::Value &value, uint64_t dataBytes) const {
  const json::Object *object = value.getAsObject();
  if (!object)
    return failTensor(name, "its entry is not a JSON object");
  const std::optional<StringRef> dtypeName = object->getString("dtype");
  if (!dtypeName)
    return failTensor(name, "has no dtype");
  const Dtype *dtype = find_if(dtypes, [&](const Dtype &type) { return type.name == *dtypeName; });
  if (dtype == std::end(dtypes))
    return failTensor(name, "dtype '" + dtypeName->take_front(40) + "' is not supported; F32, F64, F16 and BF16 are");
  Expected<std::vector<int64_t>> shapeOr = shape(name, *object);
  if (!shapeOr)
    return shapeOr.takeError();

  const json::Array *offsets = object->getArray("data_offsets");
  if (!offsets || offsets->size() != 2)
    return failTensor(name, "data_offsets is not a pair of numbers");
  const std::optional<uint64_t> begin = (*offsets)[0].getAsUINT64(), end = (*offsets)[1].getAsUINT64();
  if (!begin || !end)
    return failTensor(name, "data_offsets is not a pair of natural numbers");
  if (*begin > *end)
    return failTensor(name, "its data ends before it begins: " + Twine(*begin) + " to " + Twine(*end));
  if (*end > dataBytes)
    return failTensor(name, "its data ends at byte " + Twine(*end) + ", the file has " + Twine(dataBytes) +
                                " bytes of data (is it truncated?)");

  std::optional<uint64_t> size = dtype->bytes;
  for (int64_t extent : *shapeOr)
    size = size ? checkedMulUnsigned<uint64_t>(*size, extent) : std::nullopt;
  if (!size || *size != *end - *begin)
    return failTensor(name, shapeText(*shapeOr) + " of " + dtype->name + " does not fill its " + Twine(*end - *begin) +
                                " bytes of data");
  return Entry{name, dtype, std::move(*shapeOr), *begin, *end};
}

/// As the format demands: tensors neither overlap nor leave bytes that belong to none.
Error Reader::checkCoverage(ArrayRef<Entry> entries, uint64_t dataBytes) const {
  std::vector<const Entry *> sorted;
  for (const Entry &entry : entries)
    sorted.push_back(&entry);
  sort(sorted, [](const Entry *a, const Entry *b) { return std::tie(a->begin, a->end) < std::tie(b->begin, b->end); });
  uint64_t at = 0;
  StringRef previous;
  for (const Entry *entry : sorted) {
    if (entry->begin < at)
      return failTensor(entry->name, "its data overlaps that of '" + previous.take_front(200) + "'");
    if (entry->begin > at)
      return failTensor(entry->name, "bytes " + Twine(at) + " to " + Twine(entry->begin) +
                                         " of the data before it belong to no tensor");
    at = entry->end;
    previous = entry->name;
  }
  if (at != dataBytes)
    return fail("damaged: " + Twine(dataBytes - at) + " bytes at the end belong to no tensor");
  return Error::success();
}

Expected<SafetensorsFile> Reader::read() {
  Expected<StringRef> text = header();
  if (!text)
    return text.takeError();
  if (Error error = checkNesting(*text))
    return error;
  Expected<json::Value> root = json::parse(*text);
  if (!root)
    return fail("its header is not JSON: " + toString(root.takeError()));
  const json::Object *object = root->getAsObject();
  if (!object)
    return fail("its header is not a JSON object");

  const StringRef data = bytes.drop_front(8 + text->size());
  std::vector<Entry> entries;
  for (const auto &[key, value] : *object) {
    if (StringRef(key) == "__metadata__")
      continue;
    Expected<Entry> parsed = entry(key, value, data.size());
    if (!parsed)
      return parsed.takeError();
    entries.push_back(std::move(*parsed));
  }
  // A JSON object has no order; messages and results shall have one.
  sort(entries, [](const Entry &a, const Entry &b) { return a.name < b.name; });
  if (Error error = checkCoverage(entries, data.size()))
    return error;

  SafetensorsFile result;
  for (Entry &entry : entries) {
    if (!entry.dtype->toFloat) {
      result.dropped.push_back((entry.name + " (" + entry.dtype->name + ")").str());
      continue;
    }
    NamedTensor &tensor = result.tensors[entry.name.str()];
    tensor.shape = std::move(entry.shape);
    tensor.data.resize((entry.end - entry.begin) / entry.dtype->bytes);
    const char *at = data.data() + entry.begin;
    for (float &element : tensor.data) {
      element = entry.dtype->toFloat(at);
      at += entry.dtype->bytes;
    }
  }
  return result;
}

} // namespace

Expected<SafetensorsFile> parseSafetensors(MemoryBufferRef buffer) { return Reader(buffer).read(); }

Expected<SafetensorsFile> readSafetensors(StringRef path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer =
      MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return createStringError(buffer.getError(), path + ": " + buffer.getError().message());
  return parseSafetensors(**buffer);
}

} // namespace resnetc::weights
