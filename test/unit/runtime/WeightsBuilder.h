//===- WeightsBuilder.h - weights files made by a test --------------------===//

#ifndef RESNETC_TEST_UNIT_RUNTIME_WEIGHTSBUILDER_H
#define RESNETC_TEST_UNIT_RUNTIME_WEIGHTSBUILDER_H

#include "resnetc/runtime.h"
#include "runtime/core/Checksum.h"
#include "runtime/core/WeightsTable.h"
#include <cstdio>
#include <cstring>
#include <string>
#include <unistd.h>
#include <vector>

namespace resnetc::test {

struct TestTensor {
  std::string name;
  std::vector<uint64_t> shape;
  std::vector<float> values;
  weights::Element element = weights::Element::F32;
  int64_t offsetError = 0, bytesError = 0; ///< added to what the table says
};

struct WeightsBuilder {
  weights::Kind kind = weights::Kind::Named;
  std::string network = "net";
  uint64_t schemaHash = 1, packedHash = 0;
  std::vector<TestTensor> tensors; ///< in the order of the file
  int64_t dataBytesError = 0;

  std::vector<uint8_t> build() const {
    flatbuffers::FlatBufferBuilder builder;
    std::vector<flatbuffers::Offset<weights::Tensor>> entries;
    std::vector<uint8_t> data;
    for (const TestTensor &t : tensors) {
      data.resize((data.size() + 63) / 64 * 64);
      const uint64_t offset = data.size(), bytes = t.values.size() * 4;
      data.resize(offset + bytes);
      if (bytes)
        memcpy(data.data() + offset, t.values.data(), bytes);
      entries.push_back(weights::CreateTensor(builder, builder.CreateString(t.name), t.element,
                                              builder.CreateVector(t.shape), offset + t.offsetError,
                                              bytes + t.bytesError, rt::checksum(t.values.data(), bytes)));
    }
    builder.Finish(weights::CreateWeights(builder, kind, builder.CreateString(network), schemaHash, packedHash, 0,
                                          builder.CreateVector(entries), data.size() + dataBytesError));
    weights::Prelude prelude;
    memcpy(prelude.magic, weights::fileMagic, 8);
    prelude.version = weights::fileVersion;
    prelude.tableBytes = builder.GetSize();
    std::vector<uint8_t> file(weights::dataOffset(builder.GetSize()) + data.size());
    memcpy(file.data(), &prelude, sizeof prelude);
    memcpy(file.data() + sizeof prelude, builder.GetBufferPointer(), builder.GetSize());
    if (!data.empty())
      memcpy(file.data() + weights::dataOffset(builder.GetSize()), data.data(), data.size());
    return file;
  }
};

/// A file that goes when the test does.
class TempFile {
public:
  explicit TempFile(const std::vector<uint8_t> &bytes) {
    char name[] = "/tmp/resnetc-runtime-test-XXXXXX";
    const int file = mkstemp(name);
    path = name;
    write(bytes);
    close(file);
  }
  ~TempFile() { unlink(path.c_str()); }
  TempFile(const TempFile &) = delete;
  void write(const std::vector<uint8_t> &bytes) {
    FILE *file = fopen(path.c_str(), "wb");
    if (!bytes.empty())
      fwrite(bytes.data(), 1, bytes.size(), file);
    fclose(file);
  }
  std::string path;
};

/// An open weights file.
struct OpenWeights {
  explicit OpenWeights(const std::string &path) {
    status = resnetc_weights_open(path.c_str(), &weights, error, sizeof error);
  }
  explicit OpenWeights(const TempFile &file) : OpenWeights(file.path) {}
  ~OpenWeights() { resnetc_weights_close(&weights); }
  OpenWeights(const OpenWeights &) = delete;
  resnetc_weights weights;
  char error[400];
  int status;
};

} // namespace resnetc::test

#endif // RESNETC_TEST_UNIT_RUNTIME_WEIGHTSBUILDER_H
