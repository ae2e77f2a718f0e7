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
  for (const char *unit :
       {"(", "[", "-", "!", "{", "a: {", "residual {", "repeat 2 {", "if true {", "if true {} else ", "b(",
        "residual { } shortcut {", "residual { } gated {", "scale {", "carry {", "concat { } {"}) {
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

TEST(Robustness, BranchesInBranchesAreBounded) {
  std::string text;
  for (int i = 0; i < 11; ++i)
    text +=
        "block b" + std::to_string(i) + " { scale { residual { concat { b" + std::to_string(i + 1) + " } { } } } }\n";
  text += "block b11 { relu }\n" + inNetwork("b0");
  EXPECT_EQ(Loaded(text).heads(), "branches are nested more than 32 deep\n");
}

/// The bound that the front end keeps for a network of 1202 layers; of this process, so that a busy machine does not
/// matter.
TEST(Robustness, AThousandLayersTakeAMoment) {
  std::clock_t begin = std::clock();
  Loaded loaded("import std.resnet\n" + inNetwork("repeat 600 { basic_pad(8) }; global_avg_pool; linear(10)"));
  EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, 0.3);
  ASSERT_TRUE(loaded.network) << loaded.messages();
  EXPECT_EQ(loaded.network->layers.size(), 1202u);
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

/// `count` times `unit`, in which "%" is the number of the turn and "@" the next one.
std::string times(unsigned count, llvm::StringRef unit) {
  std::string text;
  for (unsigned i = 0; i < count; ++i)
    for (char c : unit)
      text += c == '%' ? std::to_string(i) : c == '@' ? std::to_string(i + 1) : std::string(1, c);
  return text;
}

TEST(Robustness, ListsThatDoubleEndWithAnError) {
  EXPECT_EQ(
      Loaded("const a0 = [1, 1]\n" + times(40, "const a@ = [a%, a%]\n") + inNetwork("conv(a40, kernel = 1)")).heads(),
      "the list holds more than 65536 values\n");
  EXPECT_EQ(
      Loaded("block b(a0 = [1, 1]" + times(40, ", a@ = [a%, a%]") + ") { conv(a40, kernel = 1) }\n" + inNetwork("b"))
          .heads(),
      "the list holds more than 65536 values\n");
}

TEST(Robustness, ArithmeticInManyTurnsEndsWithAnError) {
  std::string list = "[" + times(60'000, "1, ") + "]";
  EXPECT_EQ(Loaded("block b(l) { repeat 10000 { normalize(l, std = 1) } }\n" + inNetwork("b(" + list + ")")).heads(),
            "normalize has 60000 values of mean for the 8 channels of 8x16x16\n"
            "normalize must be the network's first layer: it speaks of the input's values\n"
            "the arithmetic takes more than 4000000 steps\n");
}

TEST(Robustness, LargeBlocksCalledOftenEndWithAnError) {
  EXPECT_EQ(
      Loaded("block b { if false { " + times(30'000, "relu; ") + "} }\n" + inNetwork("repeat 9999 { repeat 9 { b } }"))
          .heads(),
      "the calls of this network take too long: large blocks are called too often\n");
}

TEST(Robustness, TextsOfVeryManyTokensAreRefused) {
  EXPECT_EQ(Loaded(inNetwork(times(600'000, "{}"))).heads(), "the file has more than 1000000 words and signs\n");
}

TEST(Robustness, LargeTextsTakeLittleTime) {
  std::string texts[] = {
      times(150'000, "block b% { relu }\n") + inNetwork("b0"),
      times(100'000, "network n% { }\n"),
      "block b(" + times(300'000, "p%, ") + ") { relu }\n",
      "block b(" + times(100'000, "p% = 1, ") + ") { relu }\n" + inNetwork("b(" + times(100'000, "p% = 1, ") + ")"),
      "block b(" + times(30'000, "p% = 1, ") + ") { " + times(60'000, "repeat p29999 { }; ") + " }\n" +
          inNetwork("repeat 9999 { b }"),
      times(60'000, "block b% { relu }\n") + inNetwork(times(60'000, "c%; ")),
      times(100'000, "const c% = 1\n") + inNetwork(times(60'000, "repeat d% { }; ")),
      inNetwork("relu") + times(150'000, "train n% { }\n"),
      inNetwork("relu") + "train net {\n" + times(200'000, "s% = 1\n") + "}\n",
      times(10'000, "import \"x%.rn\"\n"),
      inNetwork(times(300'000, "a = ")),
      inNetwork(std::string(4'000'000, 'a')),
      std::string(4'000'000, '('),
      times(1'000'000, "$ "),
  };
  for (const std::string &text : texts) {
    std::clock_t begin = std::clock();
    Loaded loaded(text);
    loaded.messages();
    EXPECT_NE(loaded.network.has_value(), loaded.diagnostics.hasErrors()) << text.substr(0, 60);
    EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, 5) << text.substr(0, 60);
  }
}

} // namespace
