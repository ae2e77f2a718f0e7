//===- ParseTarget.cpp - text to tree ---------------------------------------===//

#include "Targets.h"
#include "dsl/Lexer.h"
#include "dsl/Parser.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace resnetc::dsl;

std::string resnetc::fuzz::parseTarget(llvm::StringRef text) {
  llvm::SourceMgr sources;
  Diagnostics diagnostics(sources);
  unsigned id = sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, "net.rn"), llvm::SMLoc());
  text = sources.getMemoryBuffer(id)->getBuffer();

  // Tokens lie in the text, one behind the other, and the last one is its end.
  Diagnostics lexing(sources);
  std::vector<Token> tokens = lex(text, lexing);
  const char *last = text.begin();
  for (const Token &token : tokens) {
    if (token.text.begin() < last || token.text.end() > text.end())
      return "tokens overlap or leave the text";
    last = token.text.end();
  }
  if (tokens.empty() || tokens.back().kind != TokenKind::End)
    return "the last token is not the end";

  std::unique_ptr<ast::File> file = parse(text, diagnostics);
  if (!file)
    return "no tree";
  if (lexing.hasErrors() && !diagnostics.hasErrors())
    return "the parser loses the lexer's errors";
  std::string shown;
  llvm::raw_string_ostream os(shown);
  diagnostics.print(os, /*colour=*/true);
  diagnostics.printJson(os);
  return "";
}
