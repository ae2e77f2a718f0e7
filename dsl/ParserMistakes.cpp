//===- ParserMistakes.cpp - what people write instead of the language ----------===//
//
// Words and signs of other languages, parts at the wrong place: each is told with what to
// write, and read as far as possible so that no second error follows from it.
//
//===----------------------------------------------------------------------===//

#include "dsl/Layers.h"
#include "dsl/ParserImpl.h"

using namespace resnetc::dsl;
using namespace resnetc::dsl::ast;

bool Parser::reportNoItem() {
  if (at(TokenKind::RightBrace)) {
    diagnostics.error(current().location(), "this '}' closes nothing")
        .help("take it away, or look for a '{' that is missing above");
    advance();
    return false;
  }
  static constexpr llvm::StringRef words[] = {"block", "network", "train", "const", "import"};
  Diagnostic &error = unexpected("'block', 'network', 'train', 'const' or 'import'");
  llvm::StringRef near = at(TokenKind::Word) ? nearestName(current().text, words) : "";
  if (!near.empty())
    error.help("did you mean '" + near + "'?");
  else if (at(TokenKind::Word) && next().kind == TokenKind::Assign)
    error.help("write 'const " + current().text + " = …'");
  else if (at(TokenKind::Word))
    error.help("layers stand in the braces of a block or a network");
  advance();
  return false;
}

/// `input: f32[8, 16, 16]`
bool Parser::atInputWithoutName() const {
  return atWord("input") && index + 3 < tokens.size() && tokens[index + 1].kind == TokenKind::Colon &&
         tokens[index + 2].kind == TokenKind::Word && tokens[index + 3].kind == TokenKind::LeftBracket;
}

void Parser::reportInputWithoutName() {
  diagnostics.error(current().location(), "the input has no name")
      .help("write 'input image: " + tokens[index + 2].text + "[…]'");
  skipStatement();
}

/// A definition in braces is read, for its own mistakes and to find its end.
bool Parser::reportMisplacedKeyword() {
  diagnostics.error(current().location(), "'" + current().text + "' can't stand here")
      .help("'block', 'network', 'train', 'const' and 'import' stand outside of all braces");
  bool isDefinition = (atWord("block") || atWord("network")) && next().kind == TokenKind::Word;
  if (!isDefinition)
    return false;
  File ignored;
  return parseDefinition(ignored, atWord("network")) && !unwinding && current().startsLine;
}

/// `for i in 3`, `while true`, `elif n == 3`: a word before another one on the line.
bool Parser::atForeignStatement() const {
  static constexpr llvm::StringRef words[] = {"for",    "while",  "loop", "foreach", "elif",
                                              "elseif", "return", "let",  "var"};
  bool isWord = at(TokenKind::Word) && llvm::is_contained(words, current().text);
  bool isBefore =
      next().kind == TokenKind::Word || next().kind == TokenKind::LeftParen || next().kind == TokenKind::LeftBrace;
  return isWord && isBefore && !next().startsLine;
}

/// What stands in its braces is read.
bool Parser::reportForeignStatement() {
  llvm::StringRef word = current().text;
  Diagnostic &error = diagnostics.error(current().location(), "there is no '" + word + "'");
  if (word == "return")
    error.help("a block ends with what its last layer makes");
  else if (word == "elif" || word == "elseif")
    error.help("write '} else if … { … }'");
  else if (word == "let" || word == "var")
    error.help("name a value with 'const', outside of all braces, or with a parameter");
  else
    error.help("write 'repeat 2 as i { … }'");
  if (word == "return" || word == "let" || word == "var" || !skipToBrace())
    return false;
  Body ignored;
  return parseBraces(ignored, word) && !unwinding;
}

void Parser::reportArgumentEnd(const Token &open) {
  const Token &before = tokens[index - 1];
  Diagnostic &error = expected("',' or ')'").note("to match this '('", open.location());
  if (at(TokenKind::Colon) && before.kind == TokenKind::Word)
    error.help("an argument is set with '=': " + before.text + " = …");
  else if (!current().startsLine && before.kind == TokenKind::Word &&
           (at(TokenKind::Integer) || at(TokenKind::Real) || atWord("true") || atWord("false")))
    error.help("write '" + before.text + " = " + current().text + "'");
}

bool Parser::reportNoEnd() {
  static constexpr llvm::StringRef parts[] = {"shortcut", "gated", "else", "else if"};
  const Token &token = current();
  bool followsBrace = tokens[index - 1].kind == TokenKind::RightBrace;
  if (at(TokenKind::RightParen) || at(TokenKind::RightBracket)) {
    diagnostics.error(token.location(), "this '" + token.text + "' closes nothing");
    return false;
  }
  if ((atWord("shortcut") || atWord("gated") || atWord("else")) && next().kind != TokenKind::Colon) {
    diagnostics.error(token.location(),
                      "'" + token.text + "' follows the '}' of " + (atWord("else") ? "an 'if'" : "a residual"));
    return false;
  }
  Diagnostic &error = diagnostics.error(token.location(), "expected a new line or ';' before '" + token.text + "'");
  llvm::StringRef near = followsBrace && at(TokenKind::Word) ? nearestName(token.text, parts) : "";
  if (!near.empty())
    error.help("did you mean '" + near + "'?");
  else if (at(TokenKind::SlashSlash) || (at(TokenKind::Slash) && next().kind == TokenKind::Star))
    error.help("a comment begins with '#'");
  return near.empty();
}

ExprPtr Parser::parseCondition() {
  ExprPtr condition = parseExpr();
  if (!condition || !at(TokenKind::Assign))
    return condition;
  diagnostics.error(current().location(), "'=' sets a parameter, it compares nothing").help("write '=='");
  advance();
  ExprPtr right = parseExpr();
  return right ? std::move(condition) : nullptr;
}

/// `residul { … }`: what stands in the braces is read all the same, so that no error follows from it.
void Parser::parseCallWithBraces(Call &call) {
  static constexpr llvm::StringRef words[] = {"residual", "scale", "carry", "concat", "repeat", "if"};
  llvm::StringRef name = call.callee.text, near = nearestName(name, words);
  if (concatNesting == nesting && near.empty() && findLayer(name)) {
    diagnostics.error(current().location(), "expected '}' before the next branch of concat");
    isBraceAssumed = true;
    return;
  }
  Diagnostic &error = diagnostics.error(call.callee.location, "'" + name + "' can't have a part in braces");
  if (!near.empty())
    error.help("did you mean '" + near + "'?");
  else
    error.help("write '" + name + ": { … }' to name a group");
  ast::Residual ignored;
  do {
    if (!parseBraces(ignored.body, "the part in braces"))
      return;
  } while (!unwinding && at(TokenKind::LeftBrace) && !current().startsLine);
  parseResidualParts(ignored);
}
