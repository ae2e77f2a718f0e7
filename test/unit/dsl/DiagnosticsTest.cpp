//===- DiagnosticsTest.cpp - how errors look -------------------------------------------------===//

#include "DslFixture.h"

using namespace resnetc::dsl;

namespace {

class DiagnosticsTest : public testing::Test {
protected:
  Location place(llvm::StringRef text, size_t begin, size_t length) {
    unsigned id = sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, "t.rn"), llvm::SMLoc());
    const char *start = sources.getMemoryBuffer(id)->getBufferStart() + begin;
    return {llvm::SMLoc::getFromPointer(start), llvm::SMLoc::getFromPointer(start + length)};
  }
  std::string print(bool colour = false) {
    std::string text;
    llvm::raw_string_ostream os(text);
    diagnostics.print(os, colour);
    return text;
  }
  llvm::SourceMgr sources;
  Diagnostics diagnostics{sources};
};

TEST_F(DiagnosticsTest, LooksAsTheDesignSays) {
  diagnostics.error(place("a\n  residual {\nb", 4, 8), "residual adds 128x28x28 to 64x56x56")
      .annotate("block 'basic', called at net.rn:31:11 as layer2.0")
      .note("the body changes the shape here: conv(128, stride = 2)")
      .help("write '} shortcut projection', or 'shortcut pad'");
  EXPECT_EQ(print(), "t.rn:2:3: error: residual adds 128x28x28 to 64x56x56\n"
                     "    2 |   residual {\n"
                     "      |   ^~~~~~~~ block 'basic', called at net.rn:31:11 as layer2.0\n"
                     "note: the body changes the shape here: conv(128, stride = 2)\n"
                     "help: write '} shortcut projection', or 'shortcut pad'\n");
}

TEST_F(DiagnosticsTest, TabsForeignLettersAndControlCharactersKeepTheCaretInPlace) {
  diagnostics.error(place("\t\xc3\xa9 x\x1b[31m", 4, 1), "m");
  EXPECT_EQ(print(), "t.rn:1:5: error: m\n    1 |  \xc3\xa9 x?[31m\n      |    ^\n");
}

TEST_F(DiagnosticsTest, BytesThatAreNotUtf8) {
  diagnostics.error(place("\xff\xfe x", 3, 1), "m");
  EXPECT_EQ(print(), "t.rn:1:4: error: m\n    1 | ?? x\n      |    ^\n");
  std::string json;
  llvm::raw_string_ostream os(json);
  diagnostics.printJson(os);
  EXPECT_NE(json.find("\"line\": 1"), std::string::npos);
}

TEST_F(DiagnosticsTest, LongLinesAreCut) {
  diagnostics.error(place(std::string(5000, 'x') + "y", 5000, 1), "m");
  std::string text = print();
  EXPECT_LT(text.size(), 600u);
  EXPECT_NE(text.find("y\n"), std::string::npos);
}

TEST_F(DiagnosticsTest, ARangeOverSeveralLinesIsMarkedOnItsFirst) {
  diagnostics.error(place("ab cd  \nef", 3, 7), "m");
  EXPECT_EQ(print(), "t.rn:1:4: error: m\n    1 | ab cd  \n      |    ^~\n");
}

TEST_F(DiagnosticsTest, AtTheEndOfTheText) {
  diagnostics.error(place("ab", 2, 0), "m");
  EXPECT_EQ(print(), "t.rn:1:3: error: m\n    1 | ab\n      |   ^\n");
}

TEST_F(DiagnosticsTest, WithoutAPlace) {
  diagnostics.error({}, "can't read 'x'");
  diagnostics.warning({}, "careful");
  EXPECT_EQ(print(), "resnetc: error: can't read 'x'\nresnetc: warning: careful\n");
}

TEST_F(DiagnosticsTest, OneMistakeIsToldOnceAndInTheOrderOfTheText) {
  Location whole = place("one two", 0, 3), later = {whole.end, whole.end};
  diagnostics.error(later, "second");
  diagnostics.error(whole, "first");
  diagnostics.error(whole, "first").note("not shown");
  EXPECT_EQ(diagnostics.errorCount(), 2u);
  std::string text = print();
  EXPECT_LT(text.find("first"), text.find("second"));
  EXPECT_EQ(text.find("not shown"), std::string::npos);
}

TEST_F(DiagnosticsTest, ManyErrorsAreCounted) {
  Location whole = place("x", 0, 1);
  for (int i = 0; i < 30; ++i)
    diagnostics.error(whole, "error " + llvm::Twine(i));
  EXPECT_EQ(diagnostics.errorCount(), 30u);
  EXPECT_NE(print().find("resnetc: 10 more errors are not shown\n"), std::string::npos);
}

TEST_F(DiagnosticsTest, ColourOnlyWhenAsked) {
  diagnostics.error(place("x", 0, 1), "m");
  EXPECT_EQ(print(false).find('\033'), std::string::npos);
  EXPECT_NE(print(true).find("\033[1;31merror: \033[0m"), std::string::npos);
}

TEST(NearestName, FindsTyposAndNothingFar) {
  llvm::StringRef names[] = {"conv", "batch_norm", "relu", "max_pool"};
  EXPECT_EQ(nearestName("cnov", names), "conv"); // two letters exchanged
  EXPECT_EQ(nearestName("cxxv", names), "");     // two letters of four differ
  EXPECT_EQ(nearestName("BatchNorm2d", names), "batch_norm");
  EXPECT_EQ(nearestName("bn", names), "batch_norm");
  EXPECT_EQ(nearestName("con", names), "conv");
  EXPECT_EQ(nearestName("batchnorm", names), "batch_norm");
  EXPECT_EQ(nearestName("maxpool", names), "max_pool");
  EXPECT_EQ(nearestName("x", names), "");
}

} // namespace
