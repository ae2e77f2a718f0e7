//===- EventFile.cpp - TensorBoard's file format ---------------------------===//

#include "runtime/train/log/EventFile.h"
#include "llvm/Support/Endian.h"
#include <array>
#include <cstring>

using llvm::StringRef;

namespace resnetc::train {
namespace {

enum WireType : uint8_t { varintType = 0, fixed64Type = 1, bytesType = 2, fixed32Type = 5 };

constexpr std::array<uint32_t, 256> crcTable = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit)
      value = value & 1 ? 0x82f63b78u ^ (value >> 1) : value >> 1;
    table[i] = value;
  }
  return table;
}();

/// So that the checksum of data that holds a checksum is not weak.
uint32_t masked(uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; }

template <typename T> void appendFixed(std::string &out, T value) {
  char bytes[sizeof(T)];
  llvm::support::endian::write<T, llvm::endianness::little>(bytes, value);
  out.append(bytes, sizeof(T));
}
template <typename T> T fixedAt(StringRef bytes) {
  return llvm::support::endian::read<T, llvm::endianness::little>(bytes.data());
}

void appendVarint(std::string &out, uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}
void appendKey(std::string &out, uint32_t field, WireType type) { appendVarint(out, field << 3 | type); }
void appendBytes(std::string &out, uint32_t field, StringRef bytes) {
  appendKey(out, field, bytesType);
  appendVarint(out, bytes.size());
  out += bytes;
}

std::string record(StringRef data) {
  std::string out;
  appendFixed<uint64_t>(out, data.size());
  appendFixed<uint32_t>(out, masked(crc32c(out)));
  out += data;
  appendFixed<uint32_t>(out, masked(crc32c(data)));
  return out;
}

std::string eventAt(double wallTime) {
  std::string event;
  appendKey(event, 1, fixed64Type);
  appendFixed<double>(event, wallTime);
  return event;
}

std::optional<uint64_t> takeVarint(StringRef &bytes) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    auto byte = static_cast<uint8_t>(bytes.front());
    bytes = bytes.drop_front();
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80)
      return value;
  }
  return std::nullopt;
}

} // namespace

uint32_t crc32c(StringRef bytes) {
  uint32_t crc = ~0u;
  for (char byte : bytes)
    crc = crcTable[(crc ^ static_cast<uint8_t>(byte)) & 0xff] ^ (crc >> 8);
  return ~crc;
}

std::string versionRecord(double wallTime) {
  std::string event = eventAt(wallTime);
  appendBytes(event, 3, "brain.Event:2");
  return record(event);
}

std::string scalarsRecord(double wallTime, uint64_t step, llvm::ArrayRef<Scalar> scalars) {
  std::string summary;
  for (const Scalar &scalar : scalars) {
    std::string value;
    appendBytes(value, 1, scalar.tag);
    appendKey(value, 2, fixed32Type);
    appendFixed<float>(value, static_cast<float>(scalar.value));
    appendBytes(summary, 1, value);
  }
  std::string event = eventAt(wallTime);
  appendKey(event, 2, varintType);
  appendVarint(event, step);
  appendBytes(event, 5, summary);
  return record(event);
}

std::optional<StringRef> takeRecord(StringRef &bytes) {
  constexpr size_t head = 12, tail = 4;
  if (bytes.size() < head + tail || fixedAt<uint32_t>(bytes.drop_front(8)) != masked(crc32c(bytes.take_front(8))))
    return std::nullopt;
  auto length = fixedAt<uint64_t>(bytes);
  if (length > bytes.size() - head - tail)
    return std::nullopt;
  StringRef data = bytes.substr(head, length);
  if (fixedAt<uint32_t>(bytes.drop_front(head + length)) != masked(crc32c(data)))
    return std::nullopt;
  bytes = bytes.drop_front(head + length + tail);
  return data;
}

std::optional<uint64_t> eventStep(StringRef event) {
  uint64_t step = 0;
  while (!event.empty()) {
    std::optional<uint64_t> key = takeVarint(event), value;
    if (!key)
      return std::nullopt;
    uint64_t skip = 0;
    switch (*key & 7) {
    case varintType:
      if (!(value = takeVarint(event)))
        return std::nullopt;
      if (*key >> 3 == 2)
        step = *value;
      break;
    case fixed64Type:
      skip = 8;
      break;
    case fixed32Type:
      skip = 4;
      break;
    case bytesType:
      if (!(value = takeVarint(event)))
        return std::nullopt;
      skip = *value;
      break;
    default:
      return std::nullopt;
    }
    if (skip > event.size())
      return std::nullopt;
    event = event.drop_front(skip);
  }
  return step;
}

} // namespace resnetc::train
