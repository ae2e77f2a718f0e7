#include "runtime/data/Picture.h"
#include "test/unit/data/Encode.h"
#include "gtest/gtest.h"
#include <cstdlib>
#include <random>

using namespace llvm;
using namespace resnetc::data;

namespace {

Picture gradient(int64_t height, int64_t width) {
  Picture picture{height, width, {}};
  for (int64_t y = 0; y < height; ++y)
    for (int64_t x = 0; x < width; ++x)
      for (int64_t c = 0; c < 3; ++c)
        picture.pixels.push_back(uint8_t(40 * c + 2 * y + x));
  return picture;
}

TEST(Png, decodesExactly) {
  const Picture picture = gradient(5, 7);
  const std::string bytes = encodePng(picture);
  ASSERT_TRUE(isPng(bytes));
  Expected<Picture> decoded = decodePng(MemoryBufferRef(bytes, "a.png"));
  ASSERT_TRUE(!!decoded) << toString(decoded.takeError());
  EXPECT_EQ(decoded->height, 5);
  EXPECT_EQ(decoded->width, 7);
  EXPECT_EQ(decoded->pixels, picture.pixels);
}

TEST(Jpeg, decodesClosely) {
  const Picture picture = gradient(16, 24);
  const std::string bytes = encodeJpeg(picture);
  ASSERT_TRUE(isJpeg(bytes));
  Expected<Picture> decoded = decodeJpeg(MemoryBufferRef(bytes, "a.jpg"));
  ASSERT_TRUE(!!decoded) << toString(decoded.takeError());
  ASSERT_EQ(decoded->pixels.size(), picture.pixels.size());
  for (size_t i = 0; i < picture.pixels.size(); ++i)
    EXPECT_LE(std::abs(decoded->pixels[i] - picture.pixels[i]), 6) << i;
}

TEST(Pictures, truncatedAndDamagedFilesGetWords) {
  const std::string png = encodePng(gradient(30, 30)), jpeg = encodeJpeg(gradient(30, 30));
  for (size_t size = 8; size + 2 < png.size(); size += 3) {
    Expected<Picture> picture = decodePng(MemoryBufferRef(StringRef(png).take_front(size), "a.png"));
    if (size + 16 < png.size()) { // what follows the pixels may be missing
      EXPECT_FALSE(!!picture) << size;
    }
    consumeError(picture.takeError());
  }
  for (size_t size = 3; size + 2 < jpeg.size(); size += 3) {
    Expected<Picture> picture = decodeJpeg(MemoryBufferRef(StringRef(jpeg).take_front(size), "a.jpg"));
    EXPECT_FALSE(!!picture) << size;
    consumeError(picture.takeError());
  }
  Expected<Picture> none = decodePng(MemoryBufferRef("text", "a.png"));
  EXPECT_NE(toString(none.takeError()).find("a.png: not a sound PNG file"), std::string::npos);
}

TEST(Pictures, hugeOnesAreRefusedBeforeTheyAreHeld) {
  std::string png = encodePng(gradient(3, 3));
  // Width and height are the first fields of IHDR; its checksum is then wrong as well, either word is good.
  png[16] = png[20] = 0x7f;
  Expected<Picture> picture = decodePng(MemoryBufferRef(png, "a.png"));
  EXPECT_FALSE(!!picture);
  consumeError(picture.takeError());
  std::string jpeg = encodeJpeg(gradient(8, 8));
  const size_t frame = jpeg.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  for (size_t i : {5, 6, 7, 8}) // height and width
    jpeg[frame + i] = char(0xff);
  Expected<Picture> wide = decodeJpeg(MemoryBufferRef(jpeg, "a.jpg"));
  ASSERT_FALSE(!!wide);
  const std::string words = toString(wide.takeError());
  EXPECT_TRUE(words.find("65535 x 65535 pixels is too large") != std::string::npos ||
              words.find("Maximum supported image dimension") != std::string::npos)
      << words;
}

/// Whatever a file says, decoding ends with a picture or words: run with the sanitizers of the dev preset.
TEST(Pictures, damagedFilesNeverCrash) {
  const std::string png = encodePng(gradient(9, 9)), jpeg = encodeJpeg(gradient(9, 9));
  std::mt19937 random(1);
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = i % 2 ? png : jpeg;
    damaged[random() % damaged.size()] = char(random());
    const MemoryBufferRef buffer(damaged, "damaged");
    Expected<Picture> picture = i % 2 ? decodePng(buffer) : decodeJpeg(buffer);
    consumeError(picture.takeError());
  }
}

TEST(FitPicture, leavesTheRightSizeAlone) {
  const Picture picture = gradient(28, 28);
  EXPECT_EQ(fitPicture(picture, 28, 28).pixels, picture.pixels);
}

TEST(FitPicture, keepsConstantsAndTakesTheCentre) {
  Picture picture{100, 300, std::vector<uint8_t>(100 * 300 * 3, 77)};
  for (int64_t y = 0; y < 100; ++y)
    for (int64_t x = 0; x < 60 * 3; ++x)
      picture.pixels[y * 900 + x] = 0; // the left fifth is cut away
  const Picture fitted = fitPicture(picture, 56, 56);
  ASSERT_EQ(fitted.pixels.size(), 56u * 56 * 3);
  for (uint8_t value : fitted.pixels)
    EXPECT_EQ(value, 77);
}

TEST(FitPicture, oddSizes) {
  for (int64_t height : {1, 2, 31})
    for (int64_t width : {1, 5, 64}) {
      const Picture fitted = fitPicture(Picture{height, width, std::vector<uint8_t>(height * width * 3, 9)}, 7, 13);
      EXPECT_EQ(fitted.pixels, std::vector<uint8_t>(7 * 13 * 3, 9)) << height << "x" << width;
    }
}

} // namespace
