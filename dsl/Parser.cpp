//===- Parser.cpp - definitions and statements --------------------------------===//

#include "dsl/Parser.h"
#include "dsl/ParserImpl.h"

using namespace resnetc::dsl;
using namespace resnetc::dsl::ast;

std::unique_ptr<File> Parser::parseFile() {
  auto file = std::make_unique<File>();
  while (!at(TokenKind::End)) {
    brackets = 0;
    nesting = 0;
    unwinding = false;
    if (consume(TokenKind::Semicolon))
      continue;
    noteStart();
    if (!parseItem(*file))
      skipToDefinition();
  }
  return file;
}

bool Parser::parseItem(File &file) {
  if (atWord("import"))
    return parseImport(file);
  if (atWord("block"))
    return parseDefinition(file, /*isNetwork=*/false);
  if (atWord("network"))
    return parseDefinition(file, /*isNetwork=*/true);
  if (atWord("train"))
    return parseTrain(file);
  if (atWord("const"))
    return parseConstant(file);
  return reportNoItem();
}

bool Parser::parseImport(File &file) {
  Import import;
  import.location = advance().location();
  Token first = current();
  if (consume(TokenKind::String)) {
    import.isStandard = false;
    import.path = first.text.trim('"').str();
    import.text = first.text.str();
    import.location = first.location();
    if (first.text.size() < 2 || !first.text.ends_with("\""))
      return true; // the lexer has reported that the string does not end
    if (import.path.empty()) {
      diagnostics.error(first.location(), "the import names no file");
      return false;
    }
  } else {
    if (!atWord("std")) {
      expected("a file in quotes or 'std.…'").help("write 'import \"blocks.rn\"' or 'import std.resnet'");
      return false;
    }
    import.isStandard = true;
    advance();
    do {
      if (!expect(TokenKind::Dot, "'.'"))
        return false;
      std::optional<Name> part = expectName("a name after '.'");
      if (!part)
        return false;
      import.path += (import.path.empty() ? "" : "/") + part->text.str();
    } while (at(TokenKind::Dot) && !current().startsLine);
    import.location = join(first.location(), tokens[index - 1].location());
    import.text = "std." + import.path;
    std::replace(import.text.begin(), import.text.end(), '/', '.');
    import.path += ".rn";
  }
  file.items.push_back(std::move(import));
  endStatement();
  return true;
}

bool Parser::parseDefinition(File &file, bool isNetwork) {
  llvm::StringRef kind = advance().text;
  Definition definition;
  definition.isNetwork = isNetwork;
  std::optional<Name> name = expectName("the " + kind + "'s name");
  if (!name)
    return false;
  definition.name = *name;
  if (at(TokenKind::LeftParen) && !parseParameters(definition.parameters) && !skipToBrace())
    return false;
  bool ok = parseBraces(definition.body, kind + " '" + name->text + "'");
  file.items.push_back(std::move(definition));
  return ok;
}

bool Parser::parseParameters(std::vector<Parameter> &parameters) {
  Token open = advance();
  brackets = 1;
  while (!at(TokenKind::RightParen)) {
    std::optional<Name> name = expectName("a parameter's name", /*mayStartLine=*/true);
    if (!name)
      return false;
    Parameter parameter{*name, nullptr};
    if (consume(TokenKind::Assign) && !(parameter.defaultValue = parseExpr()))
      return false;
    parameters.push_back(std::move(parameter));
    if (consume(TokenKind::Comma) || at(TokenKind::RightParen))
      continue;
    Diagnostic &error = expected("',' or ')'").note("to match this '('", open.location());
    if (at(TokenKind::Colon))
      error.help("a parameter has no type; its default is set with '=': " + name->text + " = …");
    return false;
  }
  advance();
  brackets = 0;
  return true;
}

bool Parser::parseConstant(File &file) {
  advance();
  std::optional<Name> name = expectName("the constant's name");
  if (!name || !expect(TokenKind::Assign, "'=' after '" + name->text + "'"))
    return false;
  ExprPtr value = parseExpr();
  if (!value)
    return false;
  file.items.emplace_back(Constant{*name, std::move(value), nullptr});
  endStatement();
  return true;
}

bool Parser::parseTrain(File &file) {
  advance();
  Train train;
  std::optional<Name> name = expectName("the name of the network to train");
  if (!name)
    return false;
  train.network = *name;
  Token open = current();
  if (!expect(TokenKind::LeftBrace, "'{'"))
    return false;
  while (!at(TokenKind::RightBrace)) {
    if (consume(TokenKind::Semicolon))
      continue;
    if (at(TokenKind::End) || atDefinition()) {
      reportMissingBrace(open, "the train section");
      return true;
    }
    noteStart();
    Setting setting;
    brackets = 0;
    std::optional<Name> key = expectName("a setting's name", /*mayStartLine=*/true);
    bool ok = key && expect(TokenKind::Assign, "'=' after '" + key->text + "'") && (setting.value = parseExpr());
    if (!ok) {
      skipStatement();
      continue;
    }
    setting.name = *key;
    train.settings.push_back(std::move(setting));
    endStatement();
  }
  advance();
  file.items.push_back(std::move(train));
  return true;
}

void Parser::reportMissingBrace(const Token &open, const llvm::Twine &owner) {
  expected("'}' to close " + owner).note("its '{' is here", open.location());
  unwinding = true;
}

bool Parser::parseBraces(Body &body, const llvm::Twine &owner) {
  std::string ownerText = owner.str();
  Token open = current();
  brackets = 0;
  if (!at(TokenKind::LeftBrace)) {
    Diagnostic &error = expected("'{' to begin " + ownerText);
    if (at(TokenKind::Word) && !current().startsLine && !isKeyword(current().text))
      error.help("put '" + current().text + "' in braces: { " + current().text + " … }");
    return false;
  }
  advance();
  if (!enter(open.location()))
    return false;
  while (!unwinding && !at(TokenKind::RightBrace) && !isBraceAssumed) {
    if (consume(TokenKind::Semicolon))
      continue;
    if (at(TokenKind::End) || atDefinition())
      reportMissingBrace(open, ownerText);
    else
      parseStatement(body);
  }
  leave();
  if (!unwinding && !isBraceAssumed)
    advance();
  isBraceAssumed = false;
  return true;
}

void Parser::parseStatement(Body &body) {
  noteStart();
  Statement statement;
  brackets = 0;
  if (atInputWithoutName())
    return reportInputWithoutName();
  while (at(TokenKind::Word) && (next().kind == TokenKind::Colon || next().kind == TokenKind::Assign)) {
    Token name = advance();
    Token mark = advance();
    if (mark.kind == TokenKind::Assign)
      diagnostics.error(mark.location(), "a layer is labelled with ':', not with '='")
          .help("write '" + name.text + ": …'");
    else if (statement.label)
      diagnostics.error(name.location(), "a statement has one label, this is its second")
          .note("the first is here", statement.label->location);
    statement.label = Name{name.text, name.location()};
  }
  statement.location = current().location();
  size_t begin = index;
  if (!parseStatementNode(statement)) {
    // The statement may have ended where something is missing: the next line is another one.
    bool isAtNext = index != begin && atStatementStart();
    if (!unwinding && !isAtNext)
      skipStatement();
    return;
  }
  body.push_back(std::move(statement));
  if (!unwinding && !isBraceAssumed)
    endStatement();
}

bool Parser::parseStatementNode(Statement &statement) {
  if (at(TokenKind::LeftBrace)) {
    Group group;
    bool ok = parseBraces(group.body, "the group");
    statement.node = std::move(group);
    return ok;
  }
  if (atWord("residual"))
    return parseResidual(statement);
  if (atWord("scale") || atWord("carry"))
    return parseScale(statement);
  if (atWord("concat"))
    return parseConcat(statement);
  if (atWord("repeat"))
    return parseRepeat(statement);
  if (atWord("if"))
    return parseIf(statement);
  if (atWord("input"))
    return parseInput(statement);
  if (atWord("shortcut") || atWord("gated")) {
    diagnostics.error(current().location(), "'" + current().text + "' follows the '}' of a residual");
    return false;
  }
  if (atWord("else")) {
    diagnostics.error(current().location(), "'else' follows the '}' of an 'if'");
    return false;
  }
  if (at(TokenKind::Word) && isKeyword(current().text))
    return reportMisplacedKeyword();
  if (!at(TokenKind::Word)) {
    unexpected(statement.label ? "a layer, a block or '{' after the label" : "a layer, a block or a label");
    return false;
  }
  if (atForeignStatement())
    return reportForeignStatement();
  Call call;
  parseCall(call); // after an error it has found the end of its arguments
  if (at(TokenKind::LeftBrace) && !current().startsLine)
    parseCallWithBraces(call);
  statement.node = std::move(call);
  return true;
}

bool Parser::parseRepeat(Statement &statement) {
  advance();
  Repeat repeat;
  if (at(TokenKind::LeftBrace))
    diagnostics.error(statement.location, "repeat needs a count").help("write 'repeat 2 { … }'");
  else
    repeat.count = parseExpr();
  bool isNamed = repeat.count && atWord("as");
  if (isNamed) {
    advance();
    repeat.variable = expectName("the name of the counter");
  }
  bool isWhole = repeat.count && (repeat.variable || !isNamed);
  if (!isWhole && !skipToBrace())
    return false;
  bool ok = parseBraces(repeat.body, "repeat");
  statement.node = std::move(repeat);
  return ok;
}

bool Parser::parseIf(Statement &statement) {
  advance();
  If condition;
  if (at(TokenKind::LeftBrace))
    diagnostics.error(statement.location, "if needs a condition").help("write 'if stride == 2 { … }'");
  else
    condition.condition = parseCondition();
  if (!condition.condition && !skipToBrace())
    return false;
  bool ok = parseBraces(condition.then, "if");
  if (ok && !unwinding && atWord("else") && next().kind != TokenKind::Colon) {
    advance();
    if (atWord("if")) {
      Statement nested;
      nested.location = current().location();
      ok = enter(nested.location) && parseIf(nested);
      leave();
      condition.otherwise.push_back(std::move(nested));
    } else
      ok = parseBraces(condition.otherwise, "else");
  }
  statement.node = std::move(condition);
  return ok;
}

bool Parser::parseInput(Statement &statement) {
  advance();
  Input input;
  std::optional<Name> name = expectName("the input's name");
  if (!name || !expect(TokenKind::Colon, "':' after the input's name"))
    return false;
  std::optional<Name> type = expectName("the input's type");
  if (!type)
    return false;
  if (!at(TokenKind::LeftBracket)) {
    expected("'[' and the extents of the input").help("write '" + type->text + "[channels, height, width]'");
    return false;
  }
  input.name = *name;
  input.type = *type;
  if (!parseList(input.extents))
    return false;
  statement.node = std::move(input);
  return true;
}

std::unique_ptr<File> resnetc::dsl::parse(llvm::StringRef text, Diagnostics &diagnostics,
                                          std::vector<const char *> *starts) {
  return Parser(text, diagnostics, starts).parseFile();
}
