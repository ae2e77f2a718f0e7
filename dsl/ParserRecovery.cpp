//===- ParserRecovery.cpp - how the parser finds its way after an error --------===//

#include "dsl/ParserImpl.h"

using namespace resnetc::dsl;
using namespace resnetc::dsl::ast;

const Token &Parser::advance() {
  const Token &token = tokens[index];
  if (token.kind != TokenKind::End)
    ++index;
  return token;
}

bool Parser::consume(TokenKind kind) {
  if (!at(kind))
    return false;
  advance();
  return true;
}

void Parser::abandon() {
  index = tokens.size() - 1;
  unwinding = true;
}

Diagnostic &Parser::expected(const llvm::Twine &what) {
  const Token &token = current();
  if (unwinding || token.followsMistake) // what is wrong here has been said
    return ignored = Diagnostic();
  if (index == 0 || (!token.startsLine && token.kind != TokenKind::End))
    return unexpected(what);
  llvm::SMLoc end = tokens[index - 1].location().end;
  return diagnostics.error({end, end}, "expected " + what);
}

Diagnostic &Parser::unexpected(const llvm::Twine &what) {
  if (current().followsMistake)
    return ignored = Diagnostic();
  if (at(TokenKind::End))
    return diagnostics.error(current().location(), "expected " + what);
  return diagnostics.error(current().location(), "expected " + what + ", found '" + current().text + "'");
}

bool Parser::expect(TokenKind kind, const llvm::Twine &what) {
  if (consume(kind))
    return true;
  expected(what);
  return false;
}

std::optional<Name> Parser::expectName(const llvm::Twine &what, bool mayStartLine) {
  if (!at(TokenKind::Word) || (current().startsLine && !mayStartLine)) {
    mayStartLine ? unexpected(what) : expected(what);
    return std::nullopt;
  }
  const Token &token = current();
  if (isKeyword(token.text)) {
    diagnostics.error(token.location(), "'" + token.text + "' is a word of the language and can't be a name");
    return std::nullopt;
  }
  advance();
  return Name{token.text, token.location()};
}

bool Parser::enter(Location where) {
  if (++nesting <= maximalNesting)
    return true;
  diagnostics.error(where, "nested more than " + llvm::Twine(maximalNesting) + " deep");
  abandon();
  return false;
}

/// In column 1: one that is indented was meant for the braces around it, where it can't stand.
bool Parser::atDefinition() const {
  if (!current().startsLine || next().kind != TokenKind::Word || next().startsLine)
    return false;
  bool isIndented = index > 0 && current().text.begin()[-1] != '\n' && current().text.begin()[-1] != '\r';
  return !isIndented && (atWord("block") || atWord("network") || atWord("train") || atWord("const"));
}

/// At the first token of a line: could a statement begin here, rather than a further argument of the line before?
bool Parser::atStatementStart() const {
  if (!current().startsLine)
    return false;
  if (at(TokenKind::LeftBrace))
    return true;
  if (!at(TokenKind::Word))
    return false;
  return next().kind == TokenKind::Colon || next().kind == TokenKind::LeftParen || next().startsLine ||
         next().kind == TokenKind::Semicolon || next().kind == TokenKind::RightBrace ||
         next().kind == TokenKind::LeftBrace || (isKeyword(current().text) && next().kind != TokenKind::Assign);
}

/// To the end of the line, of the ';' or of the enclosing braces; braces on the way are skipped with what they hold.
void Parser::skipStatement() {
  unsigned depth = 0;
  for (bool first = true; !at(TokenKind::End); first = false) {
    if (depth == 0 && !first && (current().startsLine || at(TokenKind::Semicolon)))
      break;
    if (atDefinition() || (depth == 0 && at(TokenKind::RightBrace)))
      break;
    if (at(TokenKind::LeftBrace))
      ++depth;
    else if (at(TokenKind::RightBrace))
      --depth;
    advance();
  }
  brackets = 0;
}

/// To the ')' that closes the arguments, or to where the next statement seems to begin.
void Parser::skipArguments(unsigned outerBrackets) {
  unsigned depth = brackets > outerBrackets ? brackets - outerBrackets : 1;
  while (depth && !at(TokenKind::End) && !at(TokenKind::LeftBrace) && !at(TokenKind::RightBrace) &&
         !at(TokenKind::Semicolon) && !atStatementStart() && !atDefinition()) {
    if (at(TokenKind::LeftParen) || at(TokenKind::LeftBracket))
      ++depth;
    else if (at(TokenKind::RightParen) || at(TokenKind::RightBracket))
      --depth;
    advance();
  }
  brackets = outerBrackets;
}

/// To the '{' on this line, if there is one.
bool Parser::skipToBrace() {
  while (!at(TokenKind::LeftBrace) && !at(TokenKind::RightBrace) && !at(TokenKind::End) && !atStatementStart() &&
         !atDefinition())
    advance();
  brackets = 0;
  return at(TokenKind::LeftBrace);
}

void Parser::skipToDefinition() {
  while (!at(TokenKind::End) && !atDefinition() && !(current().startsLine && atWord("import")))
    advance();
}

void Parser::endStatement() {
  if (current().startsLine)
    lineIsReported = false;
  if (consume(TokenKind::Semicolon) || at(TokenKind::RightBrace) || at(TokenKind::End) || current().startsLine)
    return;
  // A word may well begin the next statement; anything else belongs to the mistake.
  bool mayGoOn = at(TokenKind::Word) && !lineIsReported;
  if (!lineIsReported && !current().followsMistake)
    mayGoOn &= reportNoEnd();
  lineIsReported = true;
  if (mayGoOn)
    return;
  skipStatement();
  if (current().startsLine)
    lineIsReported = false;
}
