// Layouts by the rules of Format.h; each is its own format, and keeps every comment.
#include "dsl/Format.h"
#include "dsl/Diagnostics.h"
#include "dsl/Lexer.h"
#include "llvm/Support/MemoryBuffer.h"
#include <gtest/gtest.h>

using namespace resnetc::dsl;

namespace {

/// The formatted text, or what is wrong with it.
std::string formatted(llvm::StringRef text) {
  llvm::SourceMgr sources;
  Diagnostics diagnostics(sources);
  unsigned id = sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, "net.rn"), llvm::SMLoc());
  std::optional<Formatted> result = format(sources.getMemoryBuffer(id)->getBuffer(), diagnostics);
  if (!result)
    return "the text has errors";
  return result->mistake.empty() ? result->text : result->mistake + ":\n" + result->text;
}

/// `text` becomes `expected`, and that stays as it is.
void expectFormat(llvm::StringRef text, llvm::StringRef expected) {
  EXPECT_EQ(formatted(text), expected.str());
  EXPECT_EQ(formatted(expected), expected.str()) << "a second time";
}
void expectKept(llvm::StringRef text) { EXPECT_EQ(formatted(text), text.str()); }

TEST(Format, blanksAreTheFormatters) {
  expectFormat("block  b( n=1 ,m = -  2 ){conv( n+1*m , kernel =[ 3,3 ] );x :relu}\n",
               "block b(n = 1, m = -2) { conv(n + 1 * m, kernel = [3, 3]); x: relu }\n");
  expectFormat("import   std . resnet\nconst   k=!( 1<2 )\n", "import std.resnet\nconst k = !(1 < 2)\n");
  expectFormat("", "");
  expectFormat("block b { relu }", "block b { relu }\n"); // the last line ends, too
}

TEST(Format, linesAreTheAuthors) {
  expectFormat("block b {\nrelu; relu\n   relu\n}\n", "block b {\n  relu; relu\n  relu\n}\n");
  expectKept("block b { relu; relu }\n");
  // A body that was opened on one line and closed on another has a line for each of its lines.
  expectFormat("block b { relu\nrelu }\n", "block b {\n  relu\n  relu\n}\n");
  expectFormat("block b {\n}\n", "block b {}\n");
  expectFormat("block b(n) { conv(n,\n kernel = 3) }\n", "block b(n) { conv(n, kernel = 3) }\n");
  expectFormat("block b(n) {\n  conv(\n n, kernel = 3)\n}\n",
               "block b(n) {\n  conv(\n    n,\n    kernel = 3,\n  )\n}\n");
}

TEST(Format, emptyStatementsAndCommasAtTheEndGo) {
  expectFormat("block b { ;;relu;;;relu; }\n;\n", "block b { relu; relu }\n");
  expectFormat("block b(n,) { conv(n, kernel = [3, 3,],) }\n", "block b(n) { conv(n, kernel = [3, 3]) }\n");
}

TEST(Format, blankLinesBecomeOneAndNoneAtTheEdges) {
  expectFormat("\n\n\nblock a { relu }\n\n\n\nblock b {\n\n  relu\n\n\n  relu\n\n}\n\n\n",
               "block a { relu }\n\nblock b {\n  relu\n\n  relu\n}\n");
  expectFormat("# one\n\n\n# two\nblock a { relu }\n# three\n\n\n", "# one\n\n# two\nblock a { relu }\n# three\n");
  expectFormat("block a {\n\n  # one\n\n\n  relu\n\n  # two\n\n}\n", "block a {\n  # one\n\n  relu\n\n  # two\n}\n");
  expectFormat("block a { relu }\r\n\r\n\r\nblock b { relu }\r\n", "block a { relu }\n\nblock b { relu }\n");
}

TEST(Format, commentsOnLinesOfTheirOwnAreIndented) {
  expectFormat("   # file\nblock b {\n# first\n      # second\nrelu\n# last\n}\n# end\n",
               "# file\nblock b {\n  # first\n  # second\n  relu\n  # last\n}\n# end\n");
  expectFormat("block b {\n# alone\n}\n", "block b {\n  # alone\n}\n");
  expectFormat("# alone", "# alone\n");
  expectFormat("#a  \t\n", "#a\n"); // its text is the author's, the blanks behind it are not
}

TEST(Format, commentsBehindStatementsStayThere) {
  expectKept("block b {\n  relu # one\n  relu; relu # two\n} # three\n");
  expectFormat("block b { # open\n  relu\n} # close\n", "block b { # open\n  relu\n} # close\n");
  // What belongs to a statement comes back to its line, unless a comment cuts it.
  expectFormat("block b {\n  residual { relu }\n  shortcut pad\n}\n",
               "block b {\n  residual { relu } shortcut pad\n}\n");
  expectFormat("block b {\n  residual { relu } # why\n  shortcut pad\n}\n",
               "block b {\n  residual {\n    relu\n  } # why\n      shortcut pad\n}\n");
  // A line that a comment cuts is two.
  expectFormat("block b {\n  relu; # one\n  relu\n}\n", "block b {\n  relu # one\n  relu\n}\n");
}

TEST(Format, commentsInListsBelongToTheirItem) {
  expectFormat("block b(n, # channels\nm) { relu }\n", "block b(\n  n, # channels\n  m,\n) { relu }\n");
  expectFormat("block b(n) {\n  conv(n, # first\n# second\nkernel = 3 # third\n# last\n)\n}\n",
               "block b(n) {\n  conv(\n    n, # first\n    # second\n    kernel = 3, # third\n    # last\n  )\n}\n");
}

/// What no line can hold goes to lines of its own, two columns in, each with a comma.
TEST(Format, longLists) {
  const std::string name(30, 'n');
  auto argument = [&](int i) { return name + std::to_string(i); };
  std::string call = "block b(", broken = "block b(\n";
  for (int i = 0; i < 4; ++i) {
    call += (i ? ", " : "") + argument(i);
    broken += "  " + argument(i) + ",\n";
  }
  expectFormat(call + ") { relu }\n", broken + ") { relu }\n");

  // 120 columns are a line, 121 are two; 64 characters of it are not the name.
  auto sum = [](size_t length) { return "const k = " + std::string(length, 'a') + " + " + std::string(50, 'b'); };
  expectKept(sum(57) + "\n");
  expectFormat(sum(58) + "\n", "const k = " + std::string(58, 'a') + " +\n    " + std::string(50, 'b') + "\n");
}

TEST(Format, longListsOfNumbersAreFilled) {
  std::string numbers = "0";
  for (int i = 1; i < 60; ++i)
    numbers += ", " + std::to_string(i);
  const std::string text = "block b {\n  normalize(mean = [" + numbers + "], std = [1])\n}\n";
  const std::string result = formatted(text);
  EXPECT_EQ(formatted(result), result);
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(result).split(lines, '\n');
  EXPECT_EQ(lines.size(), 11u) << result; // block, normalize(, mean = [, three of numbers, ], std, ), }, the end
  for (llvm::StringRef line : lines)
    EXPECT_LE(line.size(), 120u) << result;
  EXPECT_GT(lines[3].size(), 115u) << result;
}

TEST(Format, whatDoesNotFitOnALineIsOpened) {
  const std::string conv = "conv(" + std::string(50, 'n') + ", kernel = 3)";
  expectFormat("block b { " + conv + "; " + conv + " }\n", "block b {\n  " + conv + "\n  " + conv + "\n}\n");
  expectFormat("block b {\n  if n { " + conv + " } else { " + conv + " }\n}\n",
               "block b {\n  if n {\n    " + conv + "\n  } else {\n    " + conv + "\n  }\n}\n");
  expectFormat("block b {\n  concat { relu } { " + conv + " } { " + conv + " }\n}\n",
               "block b {\n  concat {\n    relu\n  } {\n    " + conv + "\n  } {\n    " + conv + "\n  }\n}\n");
}

TEST(Format, columnsOfTheAuthorStayColumns) {
  expectKept(
      "block b {\n  conv1: conv(8, kernel = 3);  bn1: batch_norm\n  c:     conv(16, kernel = 3); b:   relu\n}\n");
  expectFormat("block b {\n  a:    relu\n  long: relu\n}\n", "block b {\n  a:    relu\n  long: relu\n}\n");
  // One that came by itself was not meant, and needs not stay.
  expectFormat("block b {\n  conv(8,3); relu\n  conv( 16); relu\n}\n",
               "block b {\n  conv(8, 3); relu\n  conv(16); relu\n}\n");
  // No column where nothing stood below its like, or a blank line is between.
  expectFormat("block b {\n  a:   relu\n  long: relu\n}\n", "block b {\n  a: relu\n  long: relu\n}\n");
  expectFormat("block b {\n  a:    relu\n\n  long: relu\n}\n", "block b {\n  a: relu\n\n  long: relu\n}\n");
  expectFormat("block b {\n  relu   # one\n  conv(8) # two\n  relu    # three\n}\n",
               "block b {\n  relu # one\n  conv(8) # two\n  relu    # three\n}\n");
}

TEST(Format, errorsAreTheParsers) {
  EXPECT_EQ(formatted("block b { conv( }\n"), "the text has errors");
  EXPECT_EQ(formatted("block b { relu } }\n"), "the text has errors");
}

/// Everything that takes braces, brackets, labels, operators and several lines.
const char *const everything = R"(import std.resnet
const k = 3 * (2 + 1) - -1
block b(n = 1, m = [1, 2]) {
  a: residual { conv1: conv(n, kernel = [3, 3]); relu } shortcut { relu }
  residual { relu } gated { sigmoid } shortcut projection
  concat { relu } { max_pool(3, stride = 1) }
  scale { global_avg_pool; sigmoid }
  if n > 1 && !(n == k) { relu } else if true { relu } else { carry { sigmoid } }
  repeat n + 1 as i { b(n = i) }
}
network net(classes = 10) {
  input image: f32[3, 8, 8]
  layer1: { b(3); b(4) }
}
train net {
  loss = cross_entropy(label_smoothing = 0.1)
  augment = [random_crop(4), flip]
}
)";

/// A comment (and so a line's end) in every place between two tokens, on its line or on one of its own. Where a
/// statement may not be cut the text has errors; everywhere else no comment is lost and the layout is its own.
TEST(Format, commentsInEveryPosition) {
  expectKept(everything);
  llvm::SourceMgr sources;
  Diagnostics diagnostics(sources);
  std::vector<Token> tokens = lex(everything, diagnostics);
  for (const char *comment : {" # note\n", "\n# note\n", "\n\n  # one\n\n # two\n"}) {
    int good = 0;
    for (const Token &token : tokens) {
      std::string text = everything;
      text.insert(token.text.begin() - everything, comment);
      const std::string once = formatted(text);
      if (once == "the text has errors")
        continue;
      ++good;
      EXPECT_EQ(formatted(once), once) << text;
      EXPECT_EQ(llvm::StringRef(once).count('#'), llvm::StringRef(comment).count('#')) << text;
      llvm::SmallVector<llvm::StringRef> lines;
      llvm::StringRef(once).split(lines, '\n');
      for (llvm::StringRef line : lines)
        EXPECT_EQ(line, line.rtrim()) << text;
    }
    EXPECT_GE(good, 160) << comment; // of 186; the others would end a statement too early
  }
}

} // namespace
