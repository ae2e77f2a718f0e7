#include "runtime/weights/Safetensors.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace llvm;
using namespace resnetc::weights;

namespace {

std::string fileOf(StringRef header, StringRef data) {
  char size[8];
  support::endian::write64le(size, header.size());
  return std::string(size, 8) + header.str() + data.str();
}

std::string errorOf(const std::string &bytes) {
  Expected<SafetensorsFile> file = parseSafetensors(MemoryBufferRef(bytes, "w.safetensors"));
  return file ? "no error" : toString(file.takeError());
}

#define EXPECT_ERROR(bytes, words)                                                                                     \
  do {                                                                                                                 \
    const std::string error = errorOf(bytes);                                                                          \
    EXPECT_NE(error.find(words), std::string::npos) << error;                                                          \
  } while (0)

std::string oneTensor(StringRef dtype, StringRef shape, StringRef offsets, StringRef data) {
  return fileOf(
      ("{\"t\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}").str(), data);
}

template <typename T> std::string bytesOf(std::initializer_list<T> values) {
  return {reinterpret_cast<const char *>(values.begin()), values.size() * sizeof(T)};
}

SafetensorsFile parsed(const std::string &bytes) {
  Expected<SafetensorsFile> file = parseSafetensors(MemoryBufferRef(bytes, "w.safetensors"));
  if (!file) {
    ADD_FAILURE() << toString(file.takeError());
    return {};
  }
  return std::move(*file);
}

TEST(Safetensors, reads) {
  const std::string bytes =
      fileOf("{\"__metadata__\":{\"format\":\"pt\"},"
             "\"b\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[8,24]},"
             "\"bn.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]}}   ",
             bytesOf<int64_t>({7}) + bytesOf<float>({1, -2, 3.5f, NAN}));
  SafetensorsFile file = parsed(bytes);
  ASSERT_EQ(file.tensors.size(), 1u);
  const NamedTensor &b = file.tensors["b"];
  EXPECT_EQ(b.shape, (std::vector<int64_t>{2, 2}));
  EXPECT_EQ(b.data[2], 3.5f);
  EXPECT_TRUE(std::isnan(b.data[3]));
  EXPECT_EQ(file.dropped, std::vector<std::string>{"bn.num_batches_tracked (I64)"});
}

TEST(Safetensors, convertsReals) {
  auto first = [](StringRef dtype, StringRef offsets, const std::string &data) {
    return parsed(oneTensor(dtype, "[1]", offsets, data)).tensors["t"].data.at(0);
  };
  EXPECT_EQ(first("F64", "[0,8]", bytesOf<double>({0.1})), 0.1f);
  EXPECT_EQ(first("BF16", "[0,2]", bytesOf<uint16_t>({0xc049})), -3.140625f);
  EXPECT_EQ(first("F16", "[0,2]", bytesOf<uint16_t>({0x3c00})), 1.0f);
  EXPECT_EQ(first("F16", "[0,2]", bytesOf<uint16_t>({0xc248})), -3.140625f);
  EXPECT_EQ(first("F16", "[0,2]", bytesOf<uint16_t>({0x7bff})), 65504.0f);
  EXPECT_EQ(first("F16", "[0,2]", bytesOf<uint16_t>({0x0001})), 0x1p-24f);
  EXPECT_EQ(first("F16", "[0,2]", bytesOf<uint16_t>({0x83ff})), -0x1.ff8p-15f);
  EXPECT_TRUE(std::signbit(first("F16", "[0,2]", bytesOf<uint16_t>({0x8000}))));
  EXPECT_EQ(first("F16", "[0,2]", bytesOf<uint16_t>({0xfc00})), -INFINITY);
  EXPECT_TRUE(std::isnan(first("F16", "[0,2]", bytesOf<uint16_t>({0x7e01}))));
}

TEST(Safetensors, refusesForeignAndTruncatedFiles) {
  EXPECT_ERROR("", "it has only 0 bytes");
  EXPECT_ERROR("PK\x03\x04 a zip file", "not a safetensors file");
  EXPECT_ERROR(std::string(8, '\xff'), "at most 100000000 are allowed");
  EXPECT_ERROR(fileOf("{}", "").substr(0, 9), "truncated: the header has 2 bytes");
  EXPECT_ERROR(fileOf("", ""), "its header is not a JSON object");
  EXPECT_ERROR(fileOf("[]", ""), "its header is not a JSON object");
  EXPECT_ERROR(fileOf("{\"a\":", ""), "its header is not JSON");
  EXPECT_ERROR(fileOf("{\"\xff\":1}", ""), "its header is not JSON");
  EXPECT_ERROR(fileOf("{\"a\":" + std::string(1000000, '['), ""), "nests deeper");
  const std::string whole = oneTensor("F32", "[2]", "[0,8]", bytesOf<float>({1, 2}));
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(errorOf(whole.substr(0, size)), "no error") << size;
  EXPECT_EQ(errorOf(whole), "no error");
}

TEST(Safetensors, refusesWrongTensors) {
  const std::string eight(8, '\0');
  EXPECT_ERROR(fileOf("{\"t\":3}", ""), "tensor 't': its entry is not a JSON object");
  EXPECT_ERROR(fileOf("{\"t\":{}}", ""), "has no dtype");
  EXPECT_ERROR(oneTensor("F8_E4M3", "[8]", "[0,8]", eight), "dtype 'F8_E4M3' is not supported");
  EXPECT_ERROR(oneTensor("F32", "2", "[0,8]", eight), "has no shape");
  EXPECT_ERROR(oneTensor("F32", "[-2]", "[0,8]", eight), "not a natural number");
  EXPECT_ERROR(oneTensor("F32", "[1.5]", "[0,8]", eight), "not a natural number");
  EXPECT_ERROR(oneTensor("F32", "[1,1,1,1,1,1,1,1,2]", "[0,8]", eight), "9 extents");
  EXPECT_ERROR(oneTensor("F32", "[3]", "[0,8]", eight), "3 of F32 does not fill its 8 bytes");
  EXPECT_ERROR(oneTensor("F32", "[4294967296,4294967296,4294967298]", "[0,8]", eight), "does not fill");
  EXPECT_ERROR(oneTensor("F32", "[9223372036854775807,9223372036854775807]", "[0,8]", eight), "does not fill");
  EXPECT_ERROR(oneTensor("F32", "[2]", "[0]", eight), "not a pair");
  EXPECT_ERROR(oneTensor("F32", "[2]", "[-8,0]", eight), "not a pair of natural numbers");
  EXPECT_ERROR(oneTensor("F32", "[2]", "[8,0]", eight), "ends before it begins");
  EXPECT_ERROR(oneTensor("F32", "[2]", "[4,12]", eight), "the file has 8 bytes of data");
  EXPECT_ERROR(oneTensor("F32", "[2]", "[18446744073709551608,18446744073709551615]", eight), "is it truncated?");
}

TEST(Safetensors, refusesOverlapsAndHoles) {
  auto two = [](StringRef a, StringRef b) {
    return fileOf(("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":" + a +
                   "},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":" + b + "}}")
                      .str(),
                  std::string(12, '\0'));
  };
  EXPECT_ERROR(two("[0,4]", "[2,6]"), "tensor 'b': its data overlaps that of 'a'");
  EXPECT_ERROR(two("[0,4]", "[0,4]"), "overlaps");
  EXPECT_ERROR(two("[0,4]", "[8,12]"), "bytes 4 to 8 of the data before it belong to no tensor");
  EXPECT_ERROR(two("[0,4]", "[4,8]"), "4 bytes at the end belong to no tensor");
}

/// Whatever a file says, reading ends with tensors or words: run with the sanitizers of the dev preset.
TEST(Safetensors, damagedFilesNeverCrash) {
  const std::string whole = fileOf("{\"a\":{\"dtype\":\"F16\",\"shape\":[2,1],\"data_offsets\":[0,4]},"
                                   "\"b\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[4,12]}}",
                                   std::string(12, '\1'));
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string damaged = whole;
    for (unsigned flips = 1 + random() % 3; flips; --flips)
      damaged[random() % damaged.size()] = char(random());
    errorOf(damaged);
  }
}

/// Writes tensors to a file and returns its bytes.
std::string written(const NamedTensors &tensors) {
  SmallString<128> path;
  EXPECT_FALSE(sys::fs::createTemporaryFile("written", "safetensors", path));
  FileRemover remover(path);
  if (Error error = writeSafetensors(path, tensors)) {
    ADD_FAILURE() << toString(std::move(error));
    return "";
  }
  return (*MemoryBuffer::getFile(path))->getBuffer().str();
}

TEST(SafetensorsWriter, comesBackBitForBit) {
  NamedTensors tensors;
  tensors["layer1.10.conv1.weight"] = {{2, 1, 1, 1}, {NAN, -0.0f}};
  tensors["layer1.2.conv1.weight"] = {{1, 2}, {1e-40f, INFINITY}};
  tensors["scale \"x\" \xc3\xa9"] = {{}, {3}};
  tensors["empty"] = {{0, 4}, {}};
  const SafetensorsFile file = parsed(written(tensors));
  ASSERT_EQ(file.tensors.size(), 4u);
  EXPECT_TRUE(file.dropped.empty());
  for (const auto &[name, tensor] : tensors) {
    const NamedTensor &back = file.tensors.at(name);
    EXPECT_EQ(back.shape, tensor.shape);
    ASSERT_EQ(back.data.size(), tensor.data.size());
    const auto bits = [](const NamedTensor &of) {
      return std::string(reinterpret_cast<const char *>(of.data.data()), of.data.size() * sizeof(float));
    };
    EXPECT_EQ(bits(back), bits(tensor)) << name;
  }
}

TEST(SafetensorsWriter, batchNormsGetTheirCounters) {
  NamedTensors tensors;
  for (const char *module : {"bn1", "layer1.0.downsample.1"})
    for (const char *name : {"weight", "bias", "running_mean", "running_var"})
      tensors[std::string(module) + "." + name] = {{2}, {1, 2}};
  tensors["other.running_mean"] = {{1}, {0}}; // no batch norm: it has no variance
  const std::string bytes = written(tensors);
  EXPECT_EQ(parsed(bytes).dropped, (std::vector<std::string>{"bn1.num_batches_tracked (I64)",
                                                             "layer1.0.downsample.1.num_batches_tracked (I64)"}));
  // Eight-byte elements lie at multiples of 8: the counters come first, behind a padded header.
  const uint64_t header = support::endian::read64le(bytes.data());
  EXPECT_EQ(header % 8, 0u);
  EXPECT_EQ(StringRef(bytes).substr(8, header).count("\"data_offsets\":[0,8]"), 1u);
  EXPECT_EQ(StringRef(bytes).substr(8 + header, 16), StringRef(std::string(16, '\0')));
  EXPECT_EQ(bytes.size(), 8 + header + 2 * 8 + 8 * 8 + 4);
}

TEST(SafetensorsWriter, noTensorsIsAFileToo) { EXPECT_EQ(parsed(written({})).tensors.size(), 0u); }

TEST(SafetensorsWriter, refusesNamesThatTheFormatLacks) {
  for (const char *name : {"__metadata__", "\xff"}) {
    NamedTensors tensors;
    tensors[name] = {{1}, {1}};
    const std::string error = toString(writeSafetensors("/nowhere/x.safetensors", tensors));
    EXPECT_NE(error.find("cannot write /nowhere/x.safetensors: the format has no tensor"), std::string::npos) << error;
  }
  NamedTensors twice;
  for (const char *name : {"bn.running_mean", "bn.running_var", "bn.num_batches_tracked"})
    twice[name] = {{1}, {1}};
  EXPECT_NE(toString(writeSafetensors("x", twice)).find("there is a tensor 'bn.num_batches_tracked' already"),
            std::string::npos);
}

} // namespace
