#include "runtime/data/DataSet.h"
#include "test/unit/data/TemporaryFolder.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>
#include <random>
#include <set>

using namespace llvm;
using namespace resnetc;
using namespace resnetc::data;

namespace {

const resnetc_tensor_shape greyInput = {RESNETC_U8, 3, {1, 2, 3, 0}};
const resnetc_tensor_shape floatInput = {RESNETC_F32, 3, {1, 2, 3, 0}};
const resnetc_tensor_shape vectorInput = {RESNETC_U8, 1, {6, 0, 0, 0}};
const resnetc_tensor_shape cifarInput = {RESNETC_U8, 3, {3, 32, 32, 0}};

std::string bigEndian(uint32_t value) { return {char(value >> 24), char(value >> 16), char(value >> 8), char(value)}; }

std::string idx(ArrayRef<uint32_t> extents, StringRef data, char type = 8) {
  std::string bytes{0, 0, type, char(extents.size())};
  for (uint32_t extent : extents)
    bytes += bigEndian(extent);
  return bytes + data.str();
}

std::string errorOf(const TemporaryFolder &folder, const resnetc_tensor_shape &input, int64_t classes,
                    ArrayRef<std::string> names = {}) {
  Expected<DataSets> sets = openDataSets(folder.path(), input, classes, names);
  return sets ? "no error" : toString(sets.takeError());
}

#define EXPECT_WORDS(text, words)                                                                                      \
  do {                                                                                                                 \
    const std::string said = text;                                                                                     \
    EXPECT_NE(said.find(words), std::string::npos) << said;                                                            \
  } while (0)

std::vector<uint8_t> imageOf(const DataSet &set, size_t index) {
  std::vector<uint8_t> image(set.imageBytes());
  EXPECT_FALSE(errorToBool(set.readImage(index, image.data())));
  return image;
}

/// Two images of 2 x 3, classes 1 and 0.
struct IdxFolder : TemporaryFolder {
  IdxFolder() {
    write("train-images-idx3-ubyte", idx({2, 2, 3}, "abcdefghijkl"));
    write("train-labels-idx1-ubyte", idx({2}, StringRef("\1\0", 2)));
  }
};

TEST(Idx, imagesAndLabels) {
  IdxFolder folder;
  folder.write("t10k-images-idx3-ubyte.gz", gzipOf(idx({1, 2, 3}, "ABCDEF")));
  folder.write("t10k-labels-idx1-ubyte.gz", gzipOf(idx({1}, "\2")));
  folder.write("classes.txt", "shirt\n\n  ankle boot\r\nbag");
  Expected<DataSets> sets = openDataSets(folder.path(), greyInput, 3);
  ASSERT_TRUE(!!sets) << toString(sets.takeError());
  EXPECT_EQ(sets->train->labels(), (ArrayRef<int32_t>{1, 0}));
  EXPECT_EQ(imageOf(*sets->train, 1), (std::vector<uint8_t>{'g', 'h', 'i', 'j', 'k', 'l'}));
  EXPECT_EQ(sets->train->classNames(), (ArrayRef<std::string>{"shirt", "ankle boot", "bag"}));
  ASSERT_EQ(sets->test->size(), 1u);
  EXPECT_EQ(imageOf(*sets->test, 0)[0], 'A');
}

TEST(Idx, otherElementsAndShapes) {
  IdxFolder folder;
  Expected<DataSets> floats = openDataSets(folder.path(), floatInput, 2);
  ASSERT_TRUE(!!floats) << toString(floats.takeError());
  float first;
  std::memcpy(&first, imageOf(*floats->train, 0).data(), sizeof first);
  EXPECT_EQ(first, 'a' / 255.0f);
  EXPECT_EQ(floats->test, nullptr);
  EXPECT_EQ(errorOf(folder, vectorInput, 2), "no error");
}

TEST(Idx, dotsInNames) {
  TemporaryFolder folder;
  folder.write("train-images.idx3-ubyte", idx({1, 2, 3}, "abcdef"));
  folder.write("train-labels.idx1-ubyte", idx({1}, "\1"));
  EXPECT_EQ(errorOf(folder, greyInput, 2), "no error");
}

TEST(Idx, refusesWhatDoesNotFit) {
  IdxFolder folder;
  EXPECT_WORDS(errorOf(folder, {RESNETC_U8, 3, {1, 3, 2, 0}}, 2),
               "train-images-idx3-ubyte: its images are u8[1x2x3], the network's input is u8[1x3x2]; write 'u8[1, 2, "
               "3]' for the input");
  EXPECT_WORDS(errorOf(folder, {RESNETC_U8, 3, {3, 2, 3, 0}}, 2), "the network's input is u8[3x2x3]");
  EXPECT_WORDS(errorOf(folder, greyInput, 1),
               "train-labels-idx1-ubyte: label 1 of image 0 (counted from 0) is no class: the network has 1, 0 to 0");
  EXPECT_WORDS(errorOf(folder, greyInput, 2, {"one", "two", "three"}), "3 class names, the network has 2 classes");
  folder.write("train-labels-idx1-ubyte", idx({3}, StringRef("\1\0\1", 3)));
  EXPECT_WORDS(errorOf(folder, greyInput, 2), "it has 3 labels, ");
  folder.remove("train-labels-idx1-ubyte");
  EXPECT_WORDS(errorOf(folder, greyInput, 2), "but no train-labels-idx1-ubyte");
}

TEST(Idx, refusesDamagedFiles) {
  IdxFolder folder;
  const std::string images = "train-images-idx3-ubyte", labels = "train-labels-idx1-ubyte";
  const auto errorWith = [&](const std::string &name, const std::string &bytes) {
    folder.write(name, bytes);
    return errorOf(folder, greyInput, 2);
  };
  EXPECT_WORDS(errorWith(images, ""), images + ": not an IDX file");
  EXPECT_WORDS(errorWith(images, "PK\3\4 something else"), images + ": not an IDX file");
  EXPECT_WORDS(errorWith(images, idx({2, 2, 3}, "abcdefghijkl").substr(0, 9)), images + ": truncated in its header");
  EXPECT_WORDS(errorWith(images, idx({2, 2, 3}, "abcdefghijk")), images + ": truncated: its extents 2x2x3 need 12 "
                                                                          "bytes, it has 11");
  EXPECT_WORDS(errorWith(images, idx({2, 2, 3}, "abcdefghijklm")), images + ": too long");
  EXPECT_WORDS(errorWith(images, idx({2, 2, 3}, "abcdefghijkl", 13)), "of type 13 and rank 3");
  EXPECT_WORDS(errorWith(images, idx({2, 6}, "abcdefghijkl")), "of type 8 and rank 2");
  EXPECT_WORDS(errorWith(images, idx({~0u, ~0u, ~0u}, "abc")), "too large");
  EXPECT_WORDS(errorWith(images, idx({~0u, 2, 3}, "abc")), "truncated");
  folder.write(images, idx({2, 2, 3}, "abcdefghijkl"));
  EXPECT_WORDS(errorWith(labels, idx({2}, "\1")), labels + ": truncated");
}

TEST(Idx, refusesDamagedPackedFiles) {
  IdxFolder folder;
  folder.remove("train-images-idx3-ubyte");
  const std::string packed = gzipOf(idx({2, 2, 3}, "abcdefghijkl"));
  for (size_t size = 0; size < packed.size(); ++size) {
    folder.write("train-images-idx3-ubyte.gz", packed.substr(0, size));
    EXPECT_WORDS(errorOf(folder, greyInput, 2), "train-images-idx3-ubyte.gz: ");
  }
  std::string wrongSum = packed;
  wrongSum[packed.size() - 8] ^= 1; // the checksum of what was packed
  folder.write("train-images-idx3-ubyte.gz", wrongSum);
  EXPECT_WORDS(errorOf(folder, greyInput, 2), "damaged");
}

TEST(Idx, damagedFilesNeverCrash) {
  IdxFolder folder;
  const std::string images = idx({2, 2, 3}, "abcdefghijkl"), labels = idx({2}, StringRef("\1\0", 2));
  const std::string packed = gzipOf(images);
  std::mt19937 random(1);
  const auto damaged = [&](std::string bytes) {
    bytes[random() % bytes.size()] = char(random());
    bytes.resize(bytes.size() - (random() % 4 == 0));
    return bytes;
  };
  for (int i = 0; i < 300; ++i) {
    folder.write("train-images-idx3-ubyte", damaged(images));
    folder.write("train-labels-idx1-ubyte", damaged(labels));
    errorOf(folder, greyInput, 2);
  }
  folder.remove("train-images-idx3-ubyte");
  folder.write("train-labels-idx1-ubyte", labels);
  for (int i = 0; i < 300; ++i) {
    folder.write("train-images-idx3-ubyte.gz", damaged(packed));
    errorOf(folder, greyInput, 2);
  }
}

TEST(Idx, realFashionMnist) {
  const char *folder = "/usr/share/datasets/fashion-mnist";
  if (!sys::fs::exists(folder))
    GTEST_SKIP() << "dataset-fashion-mnist is not installed";
  Expected<DataSets> sets = openDataSets(folder, {RESNETC_U8, 3, {1, 28, 28, 0}}, 10);
  ASSERT_TRUE(!!sets) << toString(sets.takeError());
  EXPECT_EQ(sets->train->size(), 60000u);
  EXPECT_EQ(sets->test->size(), 10000u);
  EXPECT_EQ(sets->test->labels().take_front(5), (ArrayRef<int32_t>{9, 2, 1, 1, 6}));
  EXPECT_EQ(llvm::count(sets->train->labels(), 7), 6000);
}

std::string cifarRecord(StringRef labels, char value) { return labels.str() + std::string(3072, value); }

TEST(Cifar, tenClasses) {
  TemporaryFolder folder;
  for (int i = 1; i <= 5; ++i)
    folder.write("data_batch_" + std::to_string(i) + ".bin",
                 cifarRecord(std::string(1, char(i)), char(i)) + cifarRecord("\3", 'x'));
  folder.write("test_batch.bin", cifarRecord("\7", 't'));
  std::string names;
  for (int i = 0; i < 10; ++i)
    names += "class" + std::to_string(i) + "\n";
  folder.write("batches.meta.txt", names + "\n");
  Expected<DataSets> sets = openDataSets(folder.path(), cifarInput, 10);
  ASSERT_TRUE(!!sets) << toString(sets.takeError());
  EXPECT_EQ(sets->train->labels(), (ArrayRef<int32_t>{1, 3, 2, 3, 3, 3, 4, 3, 5, 3}));
  EXPECT_EQ(imageOf(*sets->train, 6), std::vector<uint8_t>(3072, 4));
  EXPECT_EQ(sets->test->labels(), (ArrayRef<int32_t>{7}));
  EXPECT_EQ(sets->test->classNames()[9], "class9");

  folder.write("batches.meta.txt", "cat\ndog\n");
  EXPECT_WORDS(errorOf(folder, cifarInput, 10), "batches.meta.txt: 2 class names, the network has 10 classes");
  folder.remove("batches.meta.txt");
  EXPECT_WORDS(errorOf(folder, cifarInput, 3), "data_batch_1.bin: label 3 of image 1");
  EXPECT_WORDS(errorOf(folder, greyInput, 10), "its images are u8[3x32x32], the network's input is u8[1x2x3]");
  folder.write("data_batch_3.bin", cifarRecord("\1", 'x').substr(1));
  EXPECT_WORDS(errorOf(folder, cifarInput, 10), "data_batch_3.bin: truncated");
  folder.remove("data_batch_3.bin");
  EXPECT_WORDS(errorOf(folder, cifarInput, 10), "data_batch_3.bin: No such file");
}

TEST(Cifar, hundredClassesTakeTheFineLabel) {
  TemporaryFolder folder;
  folder.write("train.bin", cifarRecord(StringRef("\1\x63", 2), 'x'));
  Expected<DataSets> sets = openDataSets(folder.path(), cifarInput, 100);
  ASSERT_TRUE(!!sets) << toString(sets.takeError());
  EXPECT_EQ(sets->train->labels(), (ArrayRef<int32_t>{99}));
  EXPECT_EQ(imageOf(*sets->train, 0), std::vector<uint8_t>(3072, 'x'));
  EXPECT_EQ(sets->test, nullptr);
}

std::string npy(StringRef descr, StringRef shape, StringRef data) {
  std::string header = ("{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + shape + "), }\n").str();
  return std::string("\x93NUMPY\1\0", 8) + char(header.size()) + '\0' + header + data.str();
}

TEST(NpyFolder, imagesAndLabels) {
  TemporaryFolder folder;
  folder.write("train-images.npy", npy("|u1", "2, 1, 2, 3", "abcdefghijkl"));
  const StringRef int64s("\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
  folder.write("train-labels.npy", npy("<i8", "2,", int64s));
  Expected<DataSets> sets = openDataSets(folder.path(), greyInput, 2);
  ASSERT_TRUE(!!sets) << toString(sets.takeError());
  EXPECT_EQ(sets->train->labels(), (ArrayRef<int32_t>{1, 0}));
  EXPECT_EQ(imageOf(*sets->train, 1)[5], 'l');
  folder.write("train-labels.npy", npy("<i4", "2,", int64s.take_front(8)));
  EXPECT_EQ(errorOf(folder, greyInput, 2), "no error");
  folder.write("train-labels.npy", npy("|u1", "2,", StringRef("\0\2", 2)));
  EXPECT_WORDS(errorOf(folder, greyInput, 2), "train-labels.npy: label 2 of image 1 (counted from 0) is no class: the "
                                              "network has 2, 0 to 1; labels count from 0");
  folder.write("train-labels.npy", npy("<i4", "1,", StringRef("\xff\xff\xff\xff", 4)));
  EXPECT_WORDS(errorOf(folder, greyInput, 2), "it has 1 labels, there are 2 images");
  folder.write("train-labels.npy", npy("<i4", "2,", StringRef("\xff\xff\xff\xff\0\0\0\0", 8)));
  EXPECT_WORDS(errorOf(folder, greyInput, 2), "label -1 of image 0");
  folder.write("train-labels.npy", npy("<f4", "2,", StringRef("\0\0\0\0\0\0\0\0", 8)));
  EXPECT_WORDS(errorOf(folder, greyInput, 2), "labels are a vector of u8, i32 or i64, it holds f32[2]");
  folder.remove("train-labels.npy");
  EXPECT_WORDS(errorOf(folder, greyInput, 2), "it has train-images.npy, but no train-labels.npy");
}

TEST(NpyFolder, floatsAreForFloatInputs) {
  TemporaryFolder folder;
  folder.write("test-images.npy", npy("<f4", "1, 2, 3", std::string(24, '\1')));
  folder.write("test-labels.npy", npy("|u1", "1,", "\1"));
  Expected<DataSets> sets = openDataSets(folder.path(), floatInput, 2);
  ASSERT_TRUE(!!sets) << toString(sets.takeError());
  EXPECT_EQ(sets->train, nullptr);
  EXPECT_EQ(imageOf(*sets->test, 0), std::vector<uint8_t>(24, 1));
  EXPECT_WORDS(errorOf(folder, greyInput, 2), "its images are f32[2x3], the network's input is u8[1x2x3]");
  const float values[12] = {0, 1, 2, 3, 4, 5, 6, 7, INFINITY, 9, 10, 11};
  const StringRef bytes(reinterpret_cast<const char *>(values), sizeof values);
  folder.write("test-images.npy", npy("<f4", "2, 2, 3", bytes));
  folder.write("test-labels.npy", npy("|u1", "2,", StringRef("\0\1", 2)));
  EXPECT_WORDS(errorOf(folder, floatInput, 2), "test-images.npy: image 1 (counted from 0) holds a NaN or an infinity");
}

TEST(DataSet, refusesOtherFolders) {
  TemporaryFolder folder;
  EXPECT_WORDS(errorOf(folder, greyInput, 2), "no data set that is known");
  folder.write("file", "");
  Expected<DataSets> file = openDataSets(folder.path("file"), greyInput, 2);
  EXPECT_WORDS(toString(file.takeError()), "file: not a folder");
  Expected<DataSets> none = openDataSets(folder.path("none"), greyInput, 2);
  EXPECT_WORDS(toString(none.takeError()), "none: there is no such folder");
  folder.write("train-images-idx3-ubyte", idx({0, 2, 3}, ""));
  folder.write("train-labels-idx1-ubyte", idx({0}, ""));
  EXPECT_WORDS(errorOf(folder, greyInput, 2), "without images");
}

TEST(DataSet, subsetsKeepOrderNamesAndImages) {
  IdxFolder folder;
  Expected<DataSets> sets = openDataSets(folder.path(), greyInput, 2, {"zero", "one"});
  ASSERT_TRUE(!!sets) << toString(sets.takeError());
  std::unique_ptr<DataSet> part = subset(std::move(sets->train), {1});
  EXPECT_EQ(part->labels(), (ArrayRef<int32_t>{0}));
  EXPECT_EQ(imageOf(*part, 0)[0], 'g');
  EXPECT_EQ(part->classNames()[1], "one");
}

/// Sixty images: class 0 has 40, class 1 has 19, class 2 has one. Image i is of bytes i.
std::shared_ptr<DataSet> sixty() {
  TemporaryFolder folder;
  std::string images, labels;
  for (int i = 0; i < 60; ++i) {
    images += std::string(6, char(i));
    labels += char(i < 40 ? 0 : i < 59 ? 1 : 2);
  }
  folder.write("train-images-idx3-ubyte", idx({60, 2, 3}, images));
  folder.write("train-labels-idx1-ubyte", idx({60}, labels));
  return std::move(cantFail(openDataSets(folder.path(), greyInput, 3)).train);
}

TEST(DataSet, holdsOutAShareOfEachClass) {
  const DataSets parts = holdOut(sixty(), 0.1, 7);
  EXPECT_EQ(llvm::count(parts.test->labels(), 0), 4);
  EXPECT_EQ(llvm::count(parts.test->labels(), 1), 2);
  EXPECT_EQ(llvm::count(parts.test->labels(), 2), 0); // it would have none to train with
  EXPECT_EQ(parts.train->size() + parts.test->size(), 60u);
  std::set<int> seen;
  int last = -1;
  for (size_t i = 0; i < parts.test->size(); ++i) {
    seen.insert(imageOf(*parts.test, i)[0]);
    EXPECT_GT(imageOf(*parts.test, i)[0], last);
    last = imageOf(*parts.test, i)[0];
  }
  for (size_t i = 0; i < parts.train->size(); ++i)
    EXPECT_EQ(seen.count(imageOf(*parts.train, i)[0]), 0u);
  EXPECT_EQ(imageOf(*holdOut(sixty(), 0.1, 7).test, 0), imageOf(*parts.test, 0));
  EXPECT_EQ(llvm::count(holdOut(sixty(), 0.001, 7).test->labels(), 1), 1);
  EXPECT_EQ(llvm::count(holdOut(sixty(), 1, 7).train->labels(), 1), 1);
}

} // namespace
