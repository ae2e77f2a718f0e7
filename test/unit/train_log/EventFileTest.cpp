//===- EventFileTest.cpp - TensorBoard's file format -----------------------===//
//
// test/lit/train reads a whole file with a parser that is not ours.
//
//===----------------------------------------------------------------------===//

#include "runtime/train/log/EventFile.h"
#include <gtest/gtest.h>

using namespace resnetc::train;
using llvm::StringRef;

namespace {

TEST(EventFile, ChecksumsAreThoseOfRfc3720) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
}

TEST(EventFile, AnEventHasTheBytesThatProtobufWrites) {
  std::string record = scalarsRecord(1.5, 300, {{"a", 2.0}});
  // double 1 = 1.5; int64 2 = 300 (varint ac 02); message 5 of 10 bytes: message 1 of 8: string 1 = "a", float 2 = 2.
  std::string event("\x09\0\0\0\0\0\0\xf8\x3f\x10\xac\x02\x2a\x0a\x0a\x08\x0a\x01\x61\x15\0\0\0\x40", 24);
  StringRef rest = record;
  std::optional<StringRef> data = takeRecord(rest);
  ASSERT_TRUE(data);
  EXPECT_EQ(*data, event);
  EXPECT_TRUE(rest.empty());
  EXPECT_EQ(eventStep(*data), 300u);
}

TEST(EventFile, TheFirstRecordTellsTheVersion) {
  // 9 bytes of wall time, 15 of the version.
  std::string bytes = versionRecord(0);
  StringRef record = bytes;
  EXPECT_EQ(record.take_front(8), StringRef("\x18\0\0\0\0\0\0\0", 8));
  EXPECT_TRUE(record.contains("brain.Event:2"));
  EXPECT_EQ(eventStep(record.drop_front(12).drop_back(4)), 0u);
}

TEST(EventFile, ATornOrChangedRecordIsNotTaken) {
  std::string record = scalarsRecord(1, 7, {{"loss", 0.5}, {"rate", 0.1}});
  for (size_t size = 0; size < record.size(); ++size) {
    StringRef rest = StringRef(record).take_front(size);
    EXPECT_FALSE(takeRecord(rest)) << size;
    EXPECT_EQ(rest.size(), size);
  }
  for (size_t i = 0; i < record.size(); ++i) {
    std::string changed = record;
    changed[i] ^= 0x10;
    StringRef rest = changed;
    EXPECT_FALSE(takeRecord(rest)) << i;
  }
}

TEST(EventFile, AnEventThatCantBeReadHasNoStep) {
  EXPECT_FALSE(eventStep("\x2a\x7f"));                                     // longer than the rest
  EXPECT_FALSE(eventStep("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")); // endless varint
  EXPECT_FALSE(eventStep("\x13"));                                         // a group
  EXPECT_FALSE(eventStep(StringRef("\x09\0\0", 3)));                       // a torn double
  EXPECT_EQ(eventStep(StringRef("\x10\x05\x5d\0\0\0\0", 7)), 5u);          // a float is skipped
}

} // namespace
