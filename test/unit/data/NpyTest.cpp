#include "runtime/data/Npy.h"
#include "gtest/gtest.h"
#include <random>

using namespace llvm;
using namespace resnetc::data;

namespace {

std::string fileOf(StringRef header, StringRef data, char version = 1) {
  std::string bytes = std::string("\x93NUMPY") + version + '\0';
  bytes += char(header.size() & 255);
  bytes += char(header.size() >> 8);
  if (version > 1)
    bytes += std::string(2, '\0');
  return bytes + header.str() + data.str();
}

std::string errorOf(const std::string &bytes) {
  Expected<NpyArray> array = parseNpy(MemoryBufferRef(bytes, "a.npy"));
  return array ? "no error" : toString(array.takeError());
}

#define EXPECT_ERROR(bytes, words)                                                                                     \
  do {                                                                                                                 \
    const std::string error = errorOf(bytes);                                                                          \
    EXPECT_NE(error.find(words), std::string::npos) << error;                                                          \
  } while (0)

TEST(Npy, roundTrip) {
  std::string bytes;
  raw_string_ostream os(bytes);
  writeNpy(os, {2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ((bytes.size() - 24) % 64, 0u);
  Expected<NpyArray> array = parseNpy(MemoryBufferRef(bytes, "a.npy"));
  ASSERT_TRUE(!!array) << toString(array.takeError());
  EXPECT_EQ(array->shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(reinterpret_cast<const float *>(array->bytes.data())[5], 6.0f);
}

TEST(Npy, readsWhatNumPyWrites) {
  for (char version : {1, 2, 3})
    EXPECT_EQ(errorOf(fileOf("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }   \n", "abc", version)),
              "no error");
  EXPECT_EQ(errorOf(fileOf("{'descr': '|u1', 'fortran_order': False, 'shape': (), }\n", "a")), "no error");
}

TEST(Npy, refusesInWords) {
  EXPECT_ERROR("", "not a .npy file");
  EXPECT_ERROR(fileOf("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", "ab"),
               "needs 3 bytes of data, it has 2");
  EXPECT_ERROR(fileOf("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "abcd"), "type '>f4'");
  EXPECT_ERROR(fileOf("{'descr': '|u1', 'fortran_order': True, 'shape': (3,), }", "abc"), "Fortran's order");
  EXPECT_ERROR(fileOf("{'descr': '|u1', 'fortran_order': False}", "abc"), "lacks");
  EXPECT_ERROR(fileOf("{'descr': '|u1', 'fortran_order': False, 'shape': (-3,), }", "abc"), "not understood");
  EXPECT_ERROR(fileOf("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,), }", ""), "one simple type");
  EXPECT_ERROR(fileOf("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", ""), "2^64");
  EXPECT_ERROR(fileOf("{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,), }", ""),
               "not understood");
  EXPECT_ERROR(fileOf("{", ""), "not understood");
  EXPECT_ERROR(fileOf("{'descr", ""), "not understood");
  EXPECT_ERROR(fileOf("", "", 9), "version 9");
  const std::string whole = fileOf("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }\n", "abc", 2);
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(errorOf(whole.substr(0, size)), "no error") << size;
}

TEST(Npy, damagedFilesNeverCrash) {
  const std::string whole = fileOf("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }\n", "abc");
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string damaged = whole;
    damaged[random() % damaged.size()] = char(random());
    errorOf(damaged);
  }
}

} // namespace
