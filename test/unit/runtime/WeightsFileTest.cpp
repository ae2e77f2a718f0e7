//===- WeightsFileTest.cpp - sound, cut, foreign and damaged files --------===//

#include "WeightsBuilder.h"
#include "runtime/core/VerifyTable.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <sys/stat.h>

using namespace resnetc;
using namespace resnetc::test;
using testing::HasSubstr;

namespace {

WeightsBuilder sound() {
  WeightsBuilder builder;
  builder.tensors = {{"a.bias", {3}, {1, 2, 3}}, {"a.weight", {3, 2}, {1, 2, 3, 4, 5, 6}}, {"scalar", {}, {7}}};
  return builder;
}

/// Verifies a copy that ends where memory ends, so that a sanitizer sees any read past it.
const char *verify(const uint8_t *bytes, size_t size, char (&error)[400]) {
  std::unique_ptr<uint64_t[]> copy(new uint64_t[size / 8 + 1]);
  memcpy(copy.get(), bytes, size);
  rt::ErrorText text(error, sizeof error);
  return rt::verifyFile(reinterpret_cast<uint8_t *>(copy.get()), size, text) ? nullptr : error;
}

std::string errorOf(const WeightsBuilder &builder) {
  const TempFile file(builder.build());
  const OpenWeights open(file);
  EXPECT_EQ(open.status, RESNETC_ERROR_FORMAT);
  EXPECT_EQ(open.weights.mapping, nullptr);
  return open.error;
}

TEST(Checksum, IsXxh3) {
  EXPECT_EQ(rt::checksum("", 0), 0x2d06800538d394c2u);
  EXPECT_EQ(rt::checksum("abc", 3), 0x78af5f94892f3950u);
}

TEST(WeightsFile, OpensAndChecksASoundFile) {
  const TempFile file(sound().build());
  OpenWeights open(file);
  ASSERT_EQ(open.status, RESNETC_OK) << open.error;
  EXPECT_EQ(open.error[0], 0);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(open.weights.data) % 4096, 0u);
  EXPECT_EQ(reinterpret_cast<const float *>(open.weights.data + 64)[5], 6.f);
  EXPECT_EQ(resnetc_weights_check(&open.weights, nullptr, 0), RESNETC_OK);
  resnetc_weights_close(&open.weights);
  EXPECT_EQ(open.weights.mapping, nullptr);
  resnetc_weights_close(&open.weights);
  resnetc_weights_close(nullptr);
  EXPECT_EQ(resnetc_weights_check(&open.weights, nullptr, 0), RESNETC_ERROR_ARGUMENT);
}

TEST(WeightsFile, ErrorsFitAnyBuffer) {
  resnetc_weights weights;
  for (size_t size : {0, 1, 2, 10}) {
    char error[12];
    memset(error, '#', sizeof error);
    EXPECT_EQ(resnetc_weights_open("/nowhere", &weights, error, size), RESNETC_ERROR_IO);
    EXPECT_EQ(error[size], '#');
    EXPECT_TRUE(!size || strlen(error) < size);
  }
  EXPECT_EQ(resnetc_weights_open("/nowhere", &weights, nullptr, 100), RESNETC_ERROR_IO);
  EXPECT_EQ(resnetc_weights_open(nullptr, &weights, nullptr, 0), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_weights_open("/nowhere", nullptr, nullptr, 0), RESNETC_ERROR_ARGUMENT);
}

TEST(WeightsFile, WhatIsNoFileIsSaid) {
  EXPECT_THAT(OpenWeights("/no/such\nfile").error, HasSubstr("'/no/such?file': there is no such file"));
  EXPECT_THAT(OpenWeights("/tmp").error, HasSubstr("it is a folder"));
  EXPECT_THAT(OpenWeights("/dev/null").error, HasSubstr("not a regular file"));
  const TempFile empty({});
  EXPECT_THAT(OpenWeights(empty).error, HasSubstr("it is empty"));
  const std::string pipe = empty.path + ".pipe";
  if (mkfifo(pipe.c_str(), 0600) == 0) { // some file systems have none
    EXPECT_THAT(OpenWeights(pipe).error, HasSubstr("not a regular file")) << "and nobody waits for a writer";
    unlink(pipe.c_str());
  }
}

TEST(WeightsFile, EveryTruncationIsRefusedInWords) {
  const std::vector<uint8_t> bytes = sound().build();
  char error[400];
  ASSERT_EQ(verify(bytes.data(), bytes.size(), error), nullptr) << error;
  for (size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_NE(verify(bytes.data(), size, error), nullptr) << size;
    ASSERT_THAT(error, testing::AnyOf(HasSubstr("truncated"), HasSubstr("not a weights file"))) << size;
  }
  const TempFile file(std::vector<uint8_t>(bytes.begin(), bytes.end() - 1));
  EXPECT_THAT(OpenWeights(file).error, HasSubstr("truncated"));
}

TEST(WeightsFile, ForeignAndNewerFilesAreNamed) {
  std::vector<uint8_t> bytes = sound().build();
  bytes[8] = 3;
  EXPECT_THAT(OpenWeights(TempFile(bytes)).error, HasSubstr("version 3, this runtime reads version 2"));
  bytes[0] = 'R';
  EXPECT_THAT(OpenWeights(TempFile(bytes)).error, HasSubstr("does not begin with 'resnetcW'"));
  bytes = sound().build();
  bytes.push_back(0);
  EXPECT_THAT(OpenWeights(TempFile(bytes)).error, HasSubstr("1 more than its table speaks of"));
}

TEST(WeightsFile, MeaningIsChecked) {
  WeightsBuilder b = sound();
  b.tensors[1].offsetError = 4;
  EXPECT_THAT(errorOf(b), HasSubstr("'a.weight' is not 64-byte aligned"));
  b.tensors[1].offsetError = 1 << 20;
  EXPECT_THAT(errorOf(b), HasSubstr("'a.weight' lies outside of the file"));
  b.tensors[1].offsetError = -128;
  EXPECT_THAT(errorOf(b), HasSubstr("'a.weight' lies outside of the file"));
  b = sound();
  b.tensors[0].bytesError = 4;
  EXPECT_THAT(errorOf(b), HasSubstr("'a.bias' has a size that is not that of its shape"));
  b = sound();
  b.tensors[0].shape = {uint64_t(1) << 40, uint64_t(1) << 40};
  EXPECT_THAT(errorOf(b), HasSubstr("a shape that no memory can hold"));
  b.tensors[0].shape = std::vector<uint64_t>(9, 1);
  EXPECT_THAT(errorOf(b), HasSubstr("more than 8 dimensions"));
  b = sound();
  b.tensors[0].element = weights::Element(77);
  EXPECT_THAT(errorOf(b), HasSubstr("unknown element type"));
  b = sound();
  std::swap(b.tensors[0], b.tensors[1]);
  EXPECT_THAT(errorOf(b), HasSubstr("'a.bias' is named twice or not in order"));
  b.tensors[1].name = b.tensors[0].name;
  EXPECT_THAT(errorOf(b), HasSubstr("named twice"));
  b = sound();
  b.kind = weights::Kind(9);
  EXPECT_THAT(errorOf(b), HasSubstr("neither named nor packed"));
  b.kind = weights::Kind::Packed;
  EXPECT_THAT(errorOf(b), HasSubstr("one tensor 'packed'"));
  b = sound();
  b.dataBytesError = 1;
  EXPECT_THAT(errorOf(b), HasSubstr("truncated"));
  b.dataBytesError = -1000;
  EXPECT_THAT(errorOf(b), HasSubstr("truncated")) << "no wrap-around";
}

TEST(WeightsFile, FlippedBitsNeverReadOutside) {
  const std::vector<uint8_t> bytes = sound().build();
  char error[400];
  // Every single bit of prelude and table.
  uint32_t tableBytes;
  memcpy(&tableBytes, bytes.data() + 12, 4);
  for (size_t bit = 0; bit < (16 + tableBytes) * 8; ++bit) {
    std::vector<uint8_t> copy = bytes;
    copy[bit / 8] ^= 1 << bit % 8;
    const bool refused = verify(copy.data(), copy.size(), error);
    ASSERT_EQ(refused, error[0] != 0) << "refused without words, bit " << bit;
  }
  // And many at once.
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    std::vector<uint8_t> copy = bytes;
    for (int flips = 1 + random() % 6; flips--;)
      copy[12 + random() % (tableBytes + 4)] ^= 1 << random() % 8;
    const bool refused = verify(copy.data(), copy.size(), error);
    ASSERT_EQ(refused, error[0] != 0);
  }
}

TEST(WeightsFile, ChecksumFindsAChangedValue) {
  std::vector<uint8_t> bytes = sound().build();
  bytes[bytes.size() - 1] ^= 1;
  const TempFile file(bytes);
  const OpenWeights open(file);
  ASSERT_EQ(open.status, RESNETC_OK) << "structure alone when opening";
  char error[200];
  EXPECT_EQ(resnetc_weights_check(&open.weights, error, sizeof error), RESNETC_ERROR_FORMAT);
  EXPECT_THAT(error, HasSubstr("checksum of tensor 'scalar' differs"));
}

TEST(WeightsFile, PackedWeightsGoToTheirNetworkOnly) {
  WeightsBuilder builder;
  builder.kind = weights::Kind::Packed;
  builder.network = "resnet18";
  builder.packedHash = 0xabc;
  builder.tensors = {{"packed", {64}, std::vector<float>(16, 2.f), weights::Element::U8}};
  const TempFile file(builder.build());
  const OpenWeights open(file);
  ASSERT_EQ(open.status, RESNETC_OK) << open.error;
  resnetc_model_info info = {};
  info.abi_version = RESNETC_ABI_VERSION;
  info.struct_bytes = sizeof info;
  info.name = "resnet34";
  info.packed_hash = 0xabc;
  info.packed_bytes = 64;
  char error[400];
  const void *packed = resnetc_weights_packed(&open.weights, &info, error, sizeof error);
  ASSERT_EQ(packed, open.weights.data) << error;
  EXPECT_EQ(static_cast<const float *>(packed)[15], 2.f);

  info.packed_bytes = 128;
  EXPECT_EQ(resnetc_weights_packed(&open.weights, &info, error, sizeof error), nullptr);
  EXPECT_THAT(error, HasSubstr("64 bytes), this model is 'resnet34'"));
  info.packed_bytes = 64;
  info.packed_hash = 0xabd;
  EXPECT_EQ(resnetc_weights_packed(&open.weights, &info, error, sizeof error), nullptr);
  EXPECT_THAT(error, HasSubstr("packed for network 'resnet18' (layout 0000000000000abc"));
  info.abi_version = 7;
  EXPECT_EQ(resnetc_weights_packed(&open.weights, &info, error, sizeof error), nullptr);
  EXPECT_THAT(error, HasSubstr("ABI versions"));
  EXPECT_EQ(resnetc_weights_packed(nullptr, nullptr, error, sizeof error), nullptr);

  info.abi_version = RESNETC_ABI_VERSION;
  const TempFile named(sound().build());
  const OpenWeights other(named);
  EXPECT_EQ(resnetc_weights_packed(&other.weights, &info, error, sizeof error), nullptr);
  EXPECT_THAT(error, HasSubstr("holds named tensors of network 'net', not packed ones"));
}

} // namespace
