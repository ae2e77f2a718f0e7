#include "runtime/weights/Rnw.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace resnetc::weights;

namespace {

/// A folder of its own, removed at the end.
class RnwTest : public testing::Test {
protected:
  void SetUp() override { ASSERT_FALSE(sys::fs::createUniqueDirectory("rnw", folder)); }
  void TearDown() override { sys::fs::remove_directories(folder); }

  std::string path(StringRef name) const {
    SmallString<128> result(folder);
    sys::path::append(result, name);
    return result.str().str();
  }

  SmallString<128> folder;
  NamedTensors tensors = {{"fc.weight", {{2, 3}, {1, 2, 3, 4, 5, 6}}},
                          {"fc.bias", {{2}, {-1, 0.5f}}},
                          {"conv1.weight", {{1, 1, 3, 3}, std::vector<float>(9, 0.25f)}}};
};

std::string contents(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().str() : "";
}

TEST_F(RnwTest, namedRoundTrip) {
  ASSERT_EQ(toString(writeNamed(path("a.rnw"), tensors, "net", {"cat", "dog"})), "");
  Expected<RnwFile> file = RnwFile::open(path("a.rnw"));
  ASSERT_TRUE(!!file) << toString(file.takeError());
  EXPECT_FALSE(file->isPacked());
  EXPECT_EQ(file->network(), "net");
  EXPECT_EQ(file->classNames(), (std::vector<std::string>{"cat", "dog"}));
  Expected<NamedTensors> read = file->namedTensors();
  ASSERT_TRUE(!!read) << toString(read.takeError());
  ASSERT_EQ(read->size(), tensors.size());
  for (const auto &[name, tensor] : tensors) {
    EXPECT_EQ(read->at(name).shape, tensor.shape);
    EXPECT_EQ(read->at(name).data, tensor.data);
  }
  EXPECT_EQ(schemaHash(*read), schemaHash(tensors));
}

TEST_F(RnwTest, sameBytesTwice) {
  ASSERT_EQ(toString(writeNamed(path("a.rnw"), tensors, "net")), "");
  ASSERT_EQ(toString(writeNamed(path("b.rnw"), tensors, "net")), "");
  EXPECT_EQ(contents(path("a.rnw")), contents(path("b.rnw")));
  EXPECT_FALSE(contents(path("a.rnw")).empty());
}

TEST_F(RnwTest, packedRoundTrip) {
  const std::vector<uint8_t> packed(200, 7);
  ASSERT_EQ(toString(writePacked(path("p.rnw"), packed, "net", 1, 2, {"cat"})), "");
  Expected<RnwFile> file = RnwFile::open(path("p.rnw"));
  ASSERT_TRUE(!!file) << toString(file.takeError());
  EXPECT_TRUE(file->isPacked());
  EXPECT_EQ(file->classNames(), std::vector<std::string>{"cat"});
  EXPECT_NE(toString(file->namedTensors().takeError()).find("packed for a compiled network"), std::string::npos);
  resnetc_model_info info = {};
  info.abi_version = RESNETC_ABI_VERSION;
  info.name = "net";
  info.packed_hash = 2;
  info.packed_bytes = packed.size();
  const void *data = resnetc_weights_packed(&file->handle(), &info, nullptr, 0);
  ASSERT_TRUE(data);
  EXPECT_EQ(std::vector<uint8_t>(static_cast<const uint8_t *>(data), static_cast<const uint8_t *>(data) + 200), packed);
}

TEST_F(RnwTest, damagedFilesGetWords) {
  ASSERT_EQ(toString(writeNamed(path("a.rnw"), tensors, "net")), "");
  const std::string whole = contents(path("a.rnw"));
  auto errorOf = [&](StringRef bytes) {
    std::error_code code;
    raw_fd_ostream(path("damaged.rnw"), code) << bytes;
    Expected<RnwFile> file = RnwFile::open(path("damaged.rnw"));
    return file ? std::string("no error") : toString(file.takeError());
  };
  EXPECT_NE(errorOf(StringRef(whole).drop_back()).find("damaged.rnw: the weights file is truncated"),
            std::string::npos);
  std::string flipped = whole;
  flipped.back() ^= 1;
  EXPECT_NE(errorOf(flipped).find("checksum of tensor 'fc.weight'"), std::string::npos) << errorOf(flipped);
  EXPECT_NE(errorOf("{}").find("not a weights file"), std::string::npos);
  EXPECT_NE(toString(RnwFile::open(path("absent.rnw")).takeError()).find("no such file"), std::string::npos);
}

TEST_F(RnwTest, writingFailsInWordsAndLeavesNothing) {
  const std::string error = toString(writeNamed(path("no/such/folder.rnw"), tensors, "net"));
  EXPECT_NE(error.find("cannot write"), std::string::npos);
  EXPECT_NE(error.find("folder.rnw"), std::string::npos) << error;
  std::error_code code;
  EXPECT_EQ(sys::fs::directory_iterator(folder, code), sys::fs::directory_iterator());
}

TEST_F(RnwTest, linksStayAndDevicesAreNotReplaced) {
  ASSERT_EQ(toString(writeNamed(path("file.rnw"), {}, "old")), "");
  ASSERT_FALSE(sys::fs::create_link(path("file.rnw"), path("link.rnw")));
  ASSERT_EQ(toString(writeNamed(path("link.rnw"), tensors, "new")), "");
  EXPECT_TRUE(sys::fs::is_symlink_file(path("link.rnw")));
  EXPECT_EQ(RnwFile::open(path("file.rnw"))->network(), "new");
  ASSERT_EQ(toString(writeNamed("/dev/null", tensors, "net")), "");
  EXPECT_FALSE(sys::fs::is_regular_file("/dev/null"));
  EXPECT_NE(toString(writeNamed(folder, tensors, "net")).find("cannot write"), std::string::npos);
}

TEST_F(RnwTest, percentSignsOfAFolderArePartOfItsName) {
  ASSERT_FALSE(sys::fs::create_directory(path("100%")));
  ASSERT_EQ(toString(writeNamed(path("100%/file.rnw"), tensors, "net")), "");
  ASSERT_EQ(toString(writeNamed(path("100%/file.rnw"), tensors, "again")), "");
  EXPECT_EQ(RnwFile::open(path("100%/file.rnw"))->network(), "again");
  std::error_code code;
  sys::fs::directory_iterator it(path("100%"), code);
  EXPECT_EQ(it.increment(code), sys::fs::directory_iterator()); // nothing else is left there
}

} // namespace
