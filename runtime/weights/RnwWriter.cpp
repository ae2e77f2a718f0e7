//===- RnwWriter.cpp - writes weights files (.rnw) -------------------------===//

#include "runtime/core/WeightsTable.h"
#include "runtime/weights/AtomicFile.h"
#include "runtime/weights/Rnw.h"
#include "llvm/Support/EndianStream.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace resnetc::weights {

namespace {

/// A tensor as it goes into the file.
struct Record {
  StringRef name;
  Element element;
  std::vector<uint64_t> shape;
  ArrayRef<uint8_t> bytes;
  uint64_t offset;
};

struct Contents {
  Kind kind;
  StringRef network;
  uint64_t schemaHash, packedHash;
  ArrayRef<std::string> classNames;
  std::vector<Record> records; ///< sorted by name
  uint64_t dataBytes = 0;

  void add(StringRef name, Element element, std::vector<uint64_t> shape, ArrayRef<uint8_t> bytes) {
    dataBytes = alignTo(dataBytes, tensorAlignment);
    records.push_back({name, element, std::move(shape), bytes, dataBytes});
    dataBytes += bytes.size();
  }
};

ArrayRef<uint8_t> bytesOf(ArrayRef<float> data) {
  static_assert(endianness::native == endianness::little, "data is written as it lies in memory");
  return {reinterpret_cast<const uint8_t *>(data.data()), data.size() * sizeof(float)};
}

void buildTable(flatbuffers::FlatBufferBuilder &builder, const Contents &contents) {
  std::vector<flatbuffers::Offset<Tensor>> tensors;
  for (const Record &record : contents.records)
    tensors.push_back(CreateTensor(builder, builder.CreateString(record.name.data(), record.name.size()),
                                   record.element, builder.CreateVector(record.shape), record.offset,
                                   record.bytes.size(), xxh3_64bits(record.bytes)));
  flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>> classNames;
  if (!contents.classNames.empty())
    classNames = builder.CreateVectorOfStrings(contents.classNames.vec());
  const auto network = builder.CreateString(contents.network.data(), contents.network.size());
  builder.Finish(CreateWeights(builder, contents.kind, network, contents.schemaHash, contents.packedHash, classNames,
                               builder.CreateVector(tensors), contents.dataBytes));
}

Error write(StringRef path, const Contents &contents) {
  if (contents.records.size() > maxTensors || contents.classNames.size() > maxTensors)
    return createStringError(inconvertibleErrorCode(), "cannot write " + path + ": more than a million tensors");
  flatbuffers::FlatBufferBuilder builder;
  buildTable(builder, contents);
  return writeFileAtomically(path, [&](raw_pwrite_stream &os) {
    os.write(fileMagic, sizeof fileMagic);
    support::endian::write<uint32_t>(os, fileVersion, endianness::little);
    support::endian::write<uint32_t>(os, builder.GetSize(), endianness::little);
    os.write(reinterpret_cast<const char *>(builder.GetBufferPointer()), builder.GetSize());
    os.write_zeros(dataOffset(builder.GetSize()) - sizeof(Prelude) - builder.GetSize());
    uint64_t at = 0;
    for (const Record &record : contents.records) {
      os.write_zeros(record.offset - at);
      os.write(reinterpret_cast<const char *>(record.bytes.data()), record.bytes.size());
      at = record.offset + record.bytes.size();
    }
  });
}

} // namespace

Error writeNamed(StringRef path, const NamedTensors &tensors, StringRef network, ArrayRef<std::string> classNames) {
  Contents contents{Kind::Named, network, weights::schemaHash(tensors), 0, classNames, {}};
  for (const auto &[name, tensor] : tensors) {
    if (tensor.shape.size() > maxRank)
      return createStringError(inconvertibleErrorCode(),
                               "cannot write " + path + ": tensor '" + name + "' has more than 8 dimensions");
    contents.add(name, Element::F32, {tensor.shape.begin(), tensor.shape.end()}, bytesOf(tensor.data));
  }
  return write(path, contents);
}

Error writePacked(StringRef path, ArrayRef<uint8_t> packed, StringRef network, uint64_t schemaHash, uint64_t packedHash,
                  ArrayRef<std::string> classNames) {
  Contents contents{Kind::Packed, network, schemaHash, packedHash, classNames, {}};
  contents.add(packedName, Element::U8, {packed.size()}, packed);
  return write(path, contents);
}

} // namespace resnetc::weights
