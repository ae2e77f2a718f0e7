//===- Lexer.h - text to tokens ---------------------------------------------===//
//
// There is no newline token. A token knows whether it is the first of its line, and the
// parser asks where a statement may end: so newlines inside ( ) or after an operator
// need no rule of their own.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_DSL_LEXER_H
#define RESNETC_DSL_LEXER_H

#include "dsl/Diagnostics.h"
#include <vector>

namespace resnetc::dsl {

enum class TokenKind {
  End,
  Word, ///< identifiers and keywords
  Integer,
  Real,
  String, ///< text includes the quotes
  LeftBrace,
  RightBrace,
  LeftParen,
  RightParen,
  LeftBracket,
  RightBracket,
  Comma,
  Colon,
  Semicolon,
  Dot,
  Assign,
  Plus,
  Minus,
  Star,
  Slash,
  SlashSlash,
  Percent,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  And,
  Or,
  Not,
};

struct Token {
  TokenKind kind;
  bool startsLine; ///< a newline stands between the token before and this one
  llvm::StringRef text;
  bool followsMistake = false; ///< something that means nothing stood before it, which has been reported

  Location location() const {
    return {llvm::SMLoc::getFromPointer(text.begin()), llvm::SMLoc::getFromPointer(text.end())};
  }
};

/// Texts of more tokens are refused: so many statements take more memory than a text should.
constexpr size_t maximalTokens = 1'000'000;

/// The tokens of `text`, a buffer of the SourceMgr; the last one is End. Characters that mean nothing are reported
/// and left out, so that the parser does not stumble over them again.
std::vector<Token> lex(llvm::StringRef text, Diagnostics &diagnostics);

/// Words that start a statement or a definition, and `true` and `false`.
bool isKeyword(llvm::StringRef word);

} // namespace resnetc::dsl

#endif // RESNETC_DSL_LEXER_H
