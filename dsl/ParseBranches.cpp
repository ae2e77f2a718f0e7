//===- ParseBranches.cpp - residual, scale, carry and concat ----------------===//

#include "dsl/ParserImpl.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace resnetc::dsl;
using namespace resnetc::dsl::ast;

bool Parser::parseResidual(Statement &statement) {
  advance();
  Residual residual;
  bool ok = parseBraces(residual.body, "residual") && parseResidualParts(residual);
  statement.node = std::move(residual);
  return ok;
}

/// On the next line, too: nothing else begins with these words.
bool Parser::parseResidualParts(Residual &residual) {
  bool ok = true;
  while (ok && !unwinding && (atWord("shortcut") || atWord("gated")) && next().kind != TokenKind::Colon)
    ok = atWord("shortcut") ? parseShortcut(residual) : parseGate(residual);
  return ok;
}

bool Parser::parseShortcut(Residual &residual) {
  Shortcut shortcut;
  if (residual.shortcut)
    diagnostics.error(current().location(), "the residual has a shortcut already")
        .note("the first is here", residual.shortcut->location);
  shortcut.location = advance().location();
  if (at(TokenKind::Word) && next().kind == TokenKind::Colon) {
    shortcut.label = Name{current().text, current().location()};
    advance();
    advance();
  }
  bool ok = true;
  if (at(TokenKind::LeftBrace)) {
    Group group;
    ok = parseBraces(group.body, "the shortcut");
    shortcut.branch = std::move(group);
  } else if (at(TokenKind::Word) && !current().startsLine) {
    Call call;
    parseCall(call);
    shortcut.branch = std::move(call);
  } else {
    expected("'pad', 'projection', 'projection_always', a block or '{' after 'shortcut'");
    return false;
  }
  residual.shortcut = std::move(shortcut);
  return ok;
}

bool Parser::parseGate(Residual &residual) {
  Branch gate;
  if (residual.gate)
    diagnostics.error(current().location(), "the residual is gated already")
        .note("the first gate is here", residual.gate->location);
  gate.location = advance().location();
  bool ok = parseBraces(gate.body, "the gate");
  residual.gate = std::move(gate);
  return ok;
}

bool Parser::parseScale(Statement &statement) {
  llvm::StringRef word = advance().text;
  Scale scale;
  scale.isCarry = word == "carry";
  bool ok = parseBraces(scale.body, word);
  statement.node = std::move(scale);
  return ok;
}

bool Parser::parseConcat(Statement &statement) {
  advance();
  Concat concat;
  bool ok = true;
  do {
    llvm::SaveAndRestore<unsigned> restore(concatNesting, nesting + 1);
    concat.branches.push_back({current().location(), {}});
    ok = parseBraces(concat.branches.back().body, "a branch of concat");
  } while (ok && !unwinding && at(TokenKind::LeftBrace) && !current().startsLine);
  if (ok && !unwinding && concat.branches.size() < 2)
    diagnostics.error(statement.location, "concat needs two or more branches")
        .help(at(TokenKind::LeftBrace) ? "write '} {': a branch begins on the line where the one before it ends"
                                       : "write 'concat { … } { … }'; an empty branch is the input itself");
  statement.node = std::move(concat);
  return ok;
}
