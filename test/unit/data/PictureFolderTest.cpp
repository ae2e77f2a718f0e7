#include "runtime/data/DataSet.h"
#include "test/unit/data/Encode.h"
#include "test/unit/data/TemporaryFolder.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace resnetc;
using namespace resnetc::data;

namespace {

const resnetc_tensor_shape colourInput = {RESNETC_U8, 3, {3, 2, 2, 0}};

Picture plain(int64_t side, uint8_t red) {
  Picture picture{side, side, std::vector<uint8_t>(side * side * 3)};
  for (int64_t i = 0; i < side * side; ++i)
    picture.pixels[i * 3] = red;
  return picture;
}

/// Classes cat and dog, three pictures to train with.
struct PictureFolder : TemporaryFolder {
  PictureFolder() {
    write("train/dog/a.PNG", encodePng(plain(2, 10)));
    write("train/cat/b.png", encodePng(plain(2, 30)));
    write("train/cat/a.jpeg", encodeJpeg(plain(16, 200)));
    write("train/cat/notes.txt", "no picture");
    write("train/.cache/x.png", "");
  }
  std::string error(const resnetc_tensor_shape &input = colourInput, int64_t classes = 2) const {
    Expected<DataSets> sets = openDataSets(path(), input, classes);
    return sets ? "no error" : toString(sets.takeError());
  }
};

#define EXPECT_WORDS(text, words)                                                                                      \
  do {                                                                                                                 \
    const std::string said = text;                                                                                     \
    EXPECT_NE(said.find(words), std::string::npos) << said;                                                            \
  } while (0)

TEST(PictureFolder, classesAreFolders) {
  PictureFolder folder;
  folder.write("val/dog/c.png", encodePng(plain(2, 50)));
  Expected<DataSets> sets = openDataSets(folder.path(), colourInput, 2);
  ASSERT_TRUE(!!sets) << toString(sets.takeError());
  EXPECT_EQ(sets->train->classNames(), (ArrayRef<std::string>{"cat", "dog"}));
  EXPECT_EQ(sets->train->labels(), (ArrayRef<int32_t>{0, 0, 1}));
  EXPECT_EQ(sets->test->labels(), (ArrayRef<int32_t>{1}));
  std::vector<uint8_t> image(12);
  EXPECT_FALSE(errorToBool(sets->train->readImage(1, image.data())));
  EXPECT_EQ(image, (std::vector<uint8_t>{30, 30, 30, 30, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_FALSE(errorToBool(sets->train->readImage(0, image.data()))); // of another size: fitted
  EXPECT_NEAR(image[0], 200, 4);
}

TEST(PictureFolder, otherNamesMayBeTold) {
  PictureFolder folder;
  folder.write("classes.txt", "chat\nchien\n");
  Expected<DataSets> sets = openDataSets(folder.path(), colourInput, 2);
  ASSERT_TRUE(!!sets) << toString(sets.takeError());
  EXPECT_EQ(sets->train->classNames()[1], "chien");
}

TEST(PictureFolder, refusesInWords) {
  PictureFolder folder;
  EXPECT_WORDS(folder.error(colourInput, 10), "train: it has folders of 2 classes, the network has 10");
  EXPECT_WORDS(folder.error({RESNETC_U8, 3, {2, 2, 2, 0}}), "a picture has 1 or 3 channels");
  folder.write("test/bird/a.png", encodePng(plain(2, 1)));
  EXPECT_WORDS(folder.error(), "test/bird: no such class among those to train with");
  folder.remove("test/bird/a.png");
  folder.remove("test/bird");
  folder.write("test/cat/readme", "");
  EXPECT_WORDS(folder.error(), "test/cat: a class without pictures");
  folder.write("train/cat/more/c.png", encodePng(plain(2, 1)));
  EXPECT_WORDS(folder.error(), "train/cat/more: a folder inside of a class");
  folder.remove("train/cat/more/c.png");
  folder.remove("train/cat/more");
  folder.write("train/dog/b.WEBP", "");
  EXPECT_WORDS(folder.error(), "train/dog/b.WEBP: a picture of a kind that is not read; make a PNG of it");
}

TEST(PictureFolder, damagedPicturesNameTheFile) {
  PictureFolder folder;
  const std::string png = encodePng(plain(2, 10)), jpeg = encodeJpeg(plain(16, 10));
  folder.write("train/cat/a.png", png.substr(0, png.size() / 2));
  folder.write("train/cat/b.jpg", jpeg.substr(0, jpeg.size() / 2));
  folder.write("train/cat/c.png", "text");
  Expected<DataSets> sets = openDataSets(folder.path(), colourInput, 2);
  ASSERT_TRUE(!!sets) << toString(sets.takeError());
  std::vector<uint8_t> image(12);
  const auto errorOf = [&](size_t index) { return toString(sets->train->readImage(index, image.data())); };
  // Sorted: a.jpeg, a.png, b.jpg, b.png, c.png.
  EXPECT_WORDS(errorOf(1), "train/cat/a.png: ");
  EXPECT_WORDS(errorOf(1), "mend it or remove it from the data set");
  EXPECT_WORDS(errorOf(2), "train/cat/b.jpg: not a sound JPEG file");
  EXPECT_WORDS(errorOf(4), "train/cat/c.png: neither PNG nor JPEG");
  folder.remove("train/cat/b.png");
  EXPECT_WORDS(errorOf(3), "train/cat/b.png: No such file");
}

} // namespace
