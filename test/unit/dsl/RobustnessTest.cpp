//===- RobustnessTest.cpp - no bytes crash or hang the front end -----------------===//
//
// Every network that comes with the compiler, cut at every token-sized step and with bytes
// changed, removed, doubled and swapped for others that the language gives a meaning to.
//
//===------------------------------------------------------------------------------===//

#include "DslFixture.h"
#include "dsl/Parser.h"
#include "llvm/Support/FileSystem.h"
#include <ctime>
#include <random>

using namespace resnetc::dsl;

namespace {

std::vector<std::string> sourceTexts() {
  std::vector<std::string> texts;
  std::error_code error;
  for (const char *folder : {"dsl/std", "dsl/std/models", "examples/fashion", "test/lit/dsl", "test/lit/dsl/errors"})
    for (llvm::sys::fs::directory_iterator file(sourcePath(folder), error), end; file != end && !error;
         file.increment(error))
      if (llvm::StringRef(file->path()).ends_with(".rn"))
        if (auto buffer = llvm::MemoryBuffer::getFile(file->path()))
          texts.push_back((*buffer)->getBuffer().str());
  return texts;
}

/// A text either gives a network or errors, never both and never neither; and rendering any error works.
void tryText(llvm::StringRef text) {
  std::clock_t begin = std::clock(); // of this process, so that a busy machine does not matter
  Loaded loaded(text);
  EXPECT_NE(loaded.network.has_value(), loaded.diagnostics.hasErrors()) << text.str();
  loaded.messages();
  std::string json;
  llvm::raw_string_ostream os(json);
  loaded.diagnostics.printJson(os);
  EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, 10) << text.str();
}

TEST(Robustness, TruncatedTexts) {
  for (const std::string &text : sourceTexts())
    for (size_t length = 0; length < text.size(); length += 1 + length % 7)
      tryText(llvm::StringRef(text).take_front(length));
}

TEST(Robustness, MutatedTexts) {
  std::mt19937 random(1);
  static constexpr llvm::StringLiteral bytes =
      llvm::StringLiteral::withInnerNUL("{}()[],:;.=+-*/%<>!&|#\"\n 019eax\0\x80\xff_");
  for (const std::string &text : sourceTexts())
    for (int trial = 0; trial < 150; ++trial) {
      std::string mutated = text;
      for (int changes = 1 + random() % 3; changes > 0 && !mutated.empty(); --changes) {
        size_t at = random() % mutated.size();
        switch (random() % 4) {
        case 0:
          mutated[at] = bytes[random() % bytes.size()];
          break;
        case 1:
          mutated.erase(at, 1 + random() % 8);
          break;
        case 2:
          mutated.insert(at, 1, bytes[random() % bytes.size()]);
          break;
        default:
          mutated.insert(at, mutated.substr(random() % mutated.size(), random() % 20));
        }
      }
      tryText(mutated);
    }
}

TEST(Robustness, DeepNestingIsRefused) {
  for (const char *unit : {"(", "[", "-", "!", "{", "a: {", "residual {", "repeat 2 {", "if true {", "if true {} else ",
                           "b(", "residual { } shortcut {"}) {
    std::string deep;
    for (int i = 0; i < 100'000; ++i)
      deep += unit;
    Loaded inStatement(inNetwork(deep)), inValue("block b(n = " + deep);
    EXPECT_FALSE(inStatement.network) << unit;
    EXPECT_FALSE(inValue.network) << unit;
  }
}

TEST(Robustness, LongChainsOfOperatorsAreRefused) {
  std::string sum = "1";
  for (int i = 0; i < 100'000; ++i)
    sum += " + 1";
  Loaded loaded(inNetwork("conv(" + sum + ", kernel = 1)"));
  EXPECT_EQ(loaded.heads(), "the expression is too long\n");
}

TEST(Robustness, BlocksThatDoubleEndWithAnError) {
  std::string text;
  for (int i = 0; i < 30; ++i)
    text += "block b" + std::to_string(i) + " { b" + std::to_string(i + 1) + "; b" + std::to_string(i + 1) + " }\n";
  text += "block b30 { }\n" + inNetwork("b0");
  EXPECT_EQ(Loaded(text).heads(), "the network takes more than 200000 statements\n");
}

TEST(Robustness, LongCallChainsAreRefused) {
  std::string text;
  for (int i = 0; i < 20'000; ++i)
    text += "block b" + std::to_string(i) + " { b" + std::to_string(i + 1) + " }\n";
  text += "block b20000 { relu }\n" + inNetwork("b0");
  Loaded loaded(text);
  EXPECT_NE(loaded.heads().find("blocks call each other more than 32 deep"), std::string::npos);
}

TEST(Robustness, HugeValuesDoNotOverflow) {
  for (const char *statements : {"conv(1048576, kernel = 4095)", "conv(8, kernel = 4095, dilation = 4096, pad = 4096)",
                                 "max_pool(kernel = 4095, stride = 4096)",
                                 "repeat 100 { residual { conv(8, kernel = 1, stride = 4096) } shortcut projection }",
                                 "flatten; linear(1048576)", "repeat 100 { flatten; linear(1048576) }"}) {
    Loaded loaded(inNetwork(statements));
    EXPECT_NE(loaded.network.has_value(), loaded.diagnostics.hasErrors()) << statements;
  }
}

} // namespace
