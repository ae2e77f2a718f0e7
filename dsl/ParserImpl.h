//===- ParserImpl.h - the parser's state, shared by its two files -----------===//

#ifndef RESNETC_DSL_PARSERIMPL_H
#define RESNETC_DSL_PARSERIMPL_H

#include "dsl/Ast.h"
#include "dsl/Lexer.h"

namespace resnetc::dsl {

/// Recursive descent. A parse function returns false or null after it has reported an error; its caller brings the
/// parser back to a place where a sentence can begin, and goes on.
class Parser {
public:
  Parser(llvm::StringRef text, Diagnostics &diagnostics, std::vector<const char *> *starts = nullptr)
      : diagnostics(diagnostics), tokens(lex(text, diagnostics)), starts(starts) {}

  std::unique_ptr<ast::File> parseFile();
  ast::ExprPtr parseOnlyExpression();

private:
  static constexpr unsigned maximalNesting = 100;

  // ---- tokens ----
  const Token &current() const { return tokens[index]; }
  const Token &next() const { return tokens[std::min(index + 1, tokens.size() - 1)]; }
  bool at(TokenKind kind) const { return current().kind == kind; }
  bool atWord(llvm::StringRef word) const { return at(TokenKind::Word) && current().text == word; }
  const Token &advance();
  bool consume(TokenKind kind);
  void noteStart() {
    if (starts)
      starts->push_back(current().text.begin());
  }
  /// After this an End token is all that is left.
  void abandon();

  // ---- errors ----
  /// "expected WHAT, found 'x'"; at the end of the token before if the current one starts a line.
  Diagnostic &expected(const llvm::Twine &what);
  /// The same, always at the current token: for what begins a line.
  Diagnostic &unexpected(const llvm::Twine &what);
  bool expect(TokenKind kind, const llvm::Twine &what);
  std::optional<ast::Name> expectName(const llvm::Twine &what, bool mayStartLine = false);
  bool enter(Location where); ///< false, after an error, if nesting is too deep
  void leave() { --nesting; }
  bool atDefinition() const;
  bool atStatementStart() const;
  void skipStatement();
  void skipArguments(unsigned outerBrackets);
  void skipToDefinition();
  bool skipToBrace();

  // ---- ParserMistakes.cpp: what people write instead of the language ----
  bool reportNoItem(); ///< always false
  bool atInputWithoutName() const;
  void reportInputWithoutName();
  bool reportMisplacedKeyword(); ///< whether it is read to its end
  bool atForeignStatement() const;
  bool reportForeignStatement(); ///< whether it is read to its end
  void reportArgumentEnd(const Token &open);
  bool reportNoEnd(); ///< whether what follows may be a statement
  /// `n = 2` after `if` is told and read as `n == 2`.
  ast::ExprPtr parseCondition();

  // ---- Parser.cpp: definitions and statements ----
  bool parseItem(ast::File &file);
  bool parseImport(ast::File &file);
  bool parseDefinition(ast::File &file, bool isNetwork);
  bool parseParameters(std::vector<ast::Parameter> &parameters);
  bool parseConstant(ast::File &file);
  bool parseTrain(ast::File &file);
  /// `{ … }`; `owner` is told in the error if the closing brace is missing.
  bool parseBraces(ast::Body &body, const llvm::Twine &owner);
  void reportMissingBrace(const Token &open, const llvm::Twine &owner);
  void parseStatement(ast::Body &body);
  bool parseStatementNode(ast::Statement &statement);
  bool parseRepeat(ast::Statement &statement);
  bool parseIf(ast::Statement &statement);
  bool parseInput(ast::Statement &statement);
  void parseCallWithBraces(ast::Call &call);
  void endStatement();

  // ---- ParseBranches.cpp ----
  bool parseResidual(ast::Statement &statement);
  bool parseResidualParts(ast::Residual &residual);
  bool parseShortcut(ast::Residual &residual);
  bool parseGate(ast::Residual &residual);
  bool parseScale(ast::Statement &statement);
  bool parseConcat(ast::Statement &statement);

  // ---- ParseExpression.cpp ----
  bool parseCall(ast::Call &call);
  bool parseArguments(std::vector<ast::Argument> &arguments);
  bool parseList(std::vector<ast::ExprPtr> &items);
  ast::ExprPtr parseExpr(unsigned minimalPrecedence = 1);
  ast::ExprPtr parseUnary();
  ast::ExprPtr parsePrimary();
  ast::ExprPtr parseNumber();

  Diagnostics &diagnostics;
  std::vector<Token> tokens;
  std::vector<const char *> *starts; ///< of statements; may be null
  size_t index = 0;
  unsigned nesting = 0;
  unsigned brackets = 0; ///< open ( and [ of the expression being parsed; inside them newlines end nothing
  Diagnostic ignored;
  bool lineIsReported = false; ///< that something follows a statement on this line
  unsigned concatNesting = 0;  ///< of a branch of concat, whose '}' may be missing before the next '{'
  bool isBraceAssumed = false; ///< such a '}' is reported, and read as if it stood there
  bool unwinding = false;      ///< a '}' is missing and reported: leave all bodies silently
};

} // namespace resnetc::dsl

#endif // RESNETC_DSL_PARSERIMPL_H
