//===- SafetensorsWriter.cpp - writes the safetensors format ---------------===//

#include "runtime/weights/AtomicFile.h"
#include "runtime/weights/Safetensors.h"
#include "llvm/Support/EndianStream.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace resnetc::weights {

std::vector<std::string> batchCounters(const NamedTensors &tensors) {
  constexpr StringLiteral mean = ".running_mean";
  std::vector<std::string> names;
  for (const auto &[name, tensor] : tensors) {
    StringRef module = name;
    if (module.consume_back(mean) && tensors.count((module + ".running_var").str()))
      names.push_back((module + ".num_batches_tracked").str());
  }
  return names;
}

namespace {

constexpr uint64_t counterBytes = sizeof(int64_t);

/// The header's JSON: metadata, then the tensors in the order of their data.
std::string headerText(const NamedTensors &tensors, ArrayRef<std::string> counters) {
  std::string text;
  raw_string_ostream os(text);
  json::OStream json(os);
  uint64_t at = 0;
  const auto add = [&](StringRef name, StringRef dtype, ArrayRef<int64_t> shape, uint64_t bytes) {
    json.attributeObject(name, [&] {
      json.attribute("dtype", dtype);
      json.attributeArray("shape", [&] {
        for (int64_t extent : shape)
          json.value(extent);
      });
      json.attributeArray("data_offsets", [&] {
        json.value(int64_t(at));
        json.value(int64_t(at + bytes));
      });
    });
    at += bytes;
  };
  json.object([&] {
    json.attributeObject("__metadata__", [&] { json.attribute("format", "pt"); });
    for (const std::string &name : counters)
      add(name, "I64", {}, counterBytes);
    for (const auto &[name, tensor] : tensors)
      add(name, "F32", tensor.shape, tensor.data.size() * sizeof(float));
  });
  // Data begins at a multiple of 8, so that its widest elements do, too.
  text.resize(alignTo(text.size(), 8), ' ');
  return text;
}

Error checkNames(StringRef path, const NamedTensors &tensors, ArrayRef<std::string> counters) {
  const auto fail = [&](const Twine &words) {
    return createStringError(inconvertibleErrorCode(), "cannot write " + path + ": " + words);
  };
  for (const auto &[name, tensor] : tensors)
    if (!json::isUTF8(name) || name == "__metadata__")
      return fail("the format has no tensor of the name '" + json::fixUTF8(name) + "'");
  for (const std::string &name : counters)
    if (tensors.count(name))
      return fail("there is a tensor '" + name + "' already");
  return Error::success();
}

} // namespace

Error writeSafetensors(StringRef path, const NamedTensors &tensors) {
  const std::vector<std::string> counters = batchCounters(tensors);
  if (Error error = checkNames(path, tensors, counters))
    return error;
  const std::string header = headerText(tensors, counters);
  static_assert(endianness::native == endianness::little, "data is written as it lies in memory");
  return writeFileAtomically(path, [&](raw_pwrite_stream &os) {
    support::endian::write<uint64_t>(os, header.size(), endianness::little);
    os << header;
    os.write_zeros(counters.size() * counterBytes);
    for (const auto &[name, tensor] : tensors)
      os.write(reinterpret_cast<const char *>(tensor.data.data()), tensor.data.size() * sizeof(float));
  });
}

} // namespace resnetc::weights
