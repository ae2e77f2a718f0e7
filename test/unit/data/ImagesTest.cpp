#include "runtime/data/Images.h"
#include "runtime/data/Npy.h"
#include "test/unit/data/Encode.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace resnetc::data;

namespace {

/// Reads `bytes` as a file.
Expected<Images> read(StringRef bytes, const resnetc_tensor_shape &input) {
  SmallString<128> path;
  int descriptor;
  if (std::error_code code = sys::fs::createTemporaryFile("image", "bin", descriptor, path))
    return errorCodeToError(code);
  FileRemover remover(path);
  raw_fd_ostream(descriptor, /*shouldClose=*/true) << bytes;
  return readImages(path, input);
}

std::string npy(ArrayRef<int64_t> shape, ArrayRef<float> data) {
  std::string bytes;
  raw_string_ostream os(bytes);
  writeNpy(os, shape, data);
  return bytes;
}

const resnetc_tensor_shape vectorInput = {RESNETC_F32, 1, {3, 0, 0, 0}};
const resnetc_tensor_shape colourInput = {RESNETC_U8, 3, {3, 2, 2, 0}};
const resnetc_tensor_shape greyInput = {RESNETC_F32, 3, {1, 2, 2, 0}};
const Picture picture{2, 2, {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255}};

TEST(Images, npyOneOrABatch) {
  Expected<Images> one = read(npy({3}, {1, 2, 3}), vectorInput);
  ASSERT_TRUE(!!one) << toString(one.takeError());
  EXPECT_EQ(one->count, 1u);
  Expected<Images> two = read(npy({2, 3}, {1, 2, 3, 4, 5, 6}), vectorInput);
  ASSERT_TRUE(!!two) << toString(two.takeError());
  EXPECT_EQ(two->count, 2u);
  EXPECT_EQ(two->bytes.size(), 24u);
  Expected<Images> other = read(npy({4}, {1, 2, 3, 4}), vectorInput);
  EXPECT_NE(toString(other.takeError()).find("it holds f32[4], the network's input is f32[3]"), std::string::npos);
}

TEST(Images, picturesBecomePlanes) {
  Expected<Images> colour = read(encodePng(picture), colourInput);
  ASSERT_TRUE(!!colour) << toString(colour.takeError());
  EXPECT_EQ(colour->bytes, (std::vector<uint8_t>{255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255}));
  Expected<Images> grey = read(encodePng(picture), greyInput);
  ASSERT_TRUE(!!grey) << toString(grey.takeError());
  const float *values = reinterpret_cast<const float *>(grey->bytes.data());
  EXPECT_EQ(values[0], 76 / 255.0f);
  EXPECT_EQ(values[3], 1.0f);
  Expected<Images> vector = read(encodePng(picture), vectorInput);
  EXPECT_NE(toString(vector.takeError()).find("a picture has 1 or 3 channels"), std::string::npos);
}

TEST(Images, rawBytes) {
  Expected<Images> two = read(std::string(24, 'x'), colourInput);
  ASSERT_TRUE(!!two) << toString(two.takeError());
  EXPECT_EQ(two->count, 2u);
  for (size_t size : {0, 13}) {
    Expected<Images> odd = read(std::string(size, 'x'), colourInput);
    EXPECT_NE(toString(odd.takeError()).find("no multiple of the 12 of an input u8[3x2x2]"), std::string::npos);
  }
  Expected<Images> absent = readImages("/absent/file.png", colourInput);
  EXPECT_NE(toString(absent.takeError()).find("/absent/file.png: "), std::string::npos);
}

} // namespace
