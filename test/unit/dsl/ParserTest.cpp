//===- ParserTest.cpp - tokens to a tree, and back ---------------------------------------===//

#include "dsl/Parser.h"
#include "DslFixture.h"

using namespace resnetc::dsl;

namespace {

struct Parsed {
  explicit Parsed(llvm::StringRef text) {
    unsigned id = sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, "t.rn"), llvm::SMLoc());
    file = parse(sources.getMemoryBuffer(id)->getBuffer(), diagnostics);
    llvm::raw_string_ostream os(rendered);
    printAst(*file, os);
  }
  const std::string &text() const { return rendered; }

  llvm::SourceMgr sources;
  Diagnostics diagnostics{sources};
  std::unique_ptr<ast::File> file;

private:
  std::string rendered;
};

TEST(Parser, StatementsEndAtNewlinesAndSemicolons) {
  Parsed parsed("block b(x) { relu; relu\nconv(x,\n kernel\n = 3)\n\n;;relu }");
  EXPECT_FALSE(parsed.diagnostics.hasErrors());
  EXPECT_EQ(parsed.text(), "block b(x) {\n  relu\n  relu\n  conv(x, kernel = 3)\n  relu\n}\n");
}

TEST(Parser, AnOperatorAtTheEndOfALineGoesOn) {
  Parsed parsed("block b(n) { repeat n +\n 1 { relu }\n if n ==\n 3 { relu } }");
  EXPECT_FALSE(parsed.diagnostics.hasErrors());
  EXPECT_EQ(parsed.text(), "block b(n) {\n  repeat n + 1 {\n    relu\n  }\n  if n == 3 {\n    relu\n  }\n}\n");
}

TEST(Parser, KeywordsMayBeLabelsAndArgumentNames) {
  Parsed parsed("block b(x) { shortcut: conv(x); residual { relu } shortcut shortcut: projection; repeat: relu\n"
                "  f(if = 1) }");
  EXPECT_FALSE(parsed.diagnostics.hasErrors());
}

TEST(Parser, PrecedenceSurvivesPrinting) {
  for (const char *text : {"1 + 2 * 3", "(1 + 2) * 3", "1 - (2 - 3)", "1 - 2 - 3", "-(1 + 2)", "-1 * -2",
                           "!(a && b) || c", "(a || b) && c", "(a == b) == c", "a // (b / c) % d", "!a == b"}) {
    Parsed parsed(("block b(n = " + llvm::Twine(text) + ") {\n}\n").str());
    EXPECT_FALSE(parsed.diagnostics.hasErrors()) << text;
    EXPECT_EQ(parsed.text(), ("block b(n = " + llvm::Twine(text) + ") {\n}\n").str());
  }
}

TEST(Parser, SeveralErrorsAndNoneFollowsFromAnother) {
  Parsed parsed("block a( { relu }\nblock b { conv(1, 2; relu; conv(, 3); 7; relu }\nblack c { relu ( }\nblock d {\n"
                "  residual conv(3)\n  a: relu\n}\n");
  EXPECT_EQ(parsed.diagnostics.errorCount(), 6u);
}

TEST(Parser, AMisplacedShortcutOrGateIsOneError) {
  for (const char *text :
       {"concat { relu } { } shortcut pad", "relu shortcut { relu }; relu", "scale { } gated { relu }"}) {
    Parsed parsed("block b { " + std::string(text) + " }");
    ASSERT_EQ(parsed.diagnostics.errorCount(), 1u) << text;
    EXPECT_TRUE(llvm::StringRef(parsed.diagnostics.all()[0]->message).ends_with("follows the '}' of a residual"))
        << text;
  }
  EXPECT_EQ(Parsed("block b { relu shortcut: relu }").diagnostics.all()[0]->message,
            "expected a new line or ';' before 'shortcut'");
}

TEST(Parser, WhatIsWholeSurvivesAnError) {
  Parsed parsed("block a { relu; conv(= ; flatten }\nblock b { softmax }");
  EXPECT_EQ(parsed.diagnostics.errorCount(), 1u);
  EXPECT_EQ(parsed.text(), "block a {\n  relu\n  conv\n  flatten\n}\n\nblock b {\n  softmax\n}\n");
}

} // namespace
