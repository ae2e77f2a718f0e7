//===- LexerTest.cpp - text to tokens ----------------------------------------------===//

#include "dsl/Lexer.h"
#include "DslFixture.h"

using namespace resnetc::dsl;

namespace {

struct Lexed {
  explicit Lexed(llvm::StringRef text) {
    unsigned id = sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, "t.rn"), llvm::SMLoc());
    tokens = lex(sources.getMemoryBuffer(id)->getBuffer(), diagnostics);
  }
  std::string texts() const {
    std::string result;
    for (const Token &token : tokens)
      result += (token.startsLine ? "|" : " ") + token.text.str();
    return result;
  }
  llvm::SourceMgr sources;
  Diagnostics diagnostics{sources};
  std::vector<Token> tokens;
};

TEST(Lexer, LinesAndComments) {
  EXPECT_EQ(Lexed("a b # c d\n  e\r\n\n;f").texts(), "|a b|e|; f ");
  EXPECT_EQ(Lexed("").texts(), "|");
  EXPECT_EQ(Lexed("\xef\xbb\xbfx").texts(), "|x ");
}

TEST(Lexer, Operators) {
  EXPECT_EQ(Lexed("a==b!=c<=d>=e<f>g//h/i&&j||!k%l").texts(),
            "|a == b != c <= d >= e < f > g // h / i && j || ! k % l ");
}

TEST(Lexer, Numbers) {
  Lexed lexed("1 2.5 .5 1e-4 1E+4 3.e 007");
  EXPECT_EQ(lexed.texts(), "|1 2.5 .5 1e-4 1E+4 3 . e 007 ");
  EXPECT_EQ(lexed.tokens[3].kind, TokenKind::Real);
  EXPECT_EQ(lexed.tokens[8].kind, TokenKind::Integer);
  EXPECT_FALSE(lexed.diagnostics.hasErrors());
  EXPECT_EQ(Lexed("1e+").diagnostics.errorCount(), 1u);
}

TEST(Lexer, ForeignLettersAreOneErrorAndStayAWord) {
  Lexed lexed("gr\xc3\xb6\xc3\x9f"
              "e: conv");
  EXPECT_EQ(lexed.diagnostics.errorCount(), 1u);
  EXPECT_EQ(lexed.tokens[0].kind, TokenKind::Word);
  EXPECT_EQ(lexed.tokens[1].kind, TokenKind::Colon);
}

TEST(Lexer, ZeroBytesAndControlCharacters) {
  Lexed lexed(llvm::StringRef("a \0\1\2 b \x7f", 9));
  EXPECT_EQ(lexed.texts(), "|a b ");
  EXPECT_EQ(lexed.diagnostics.errorCount(), 2u);
}

} // namespace
