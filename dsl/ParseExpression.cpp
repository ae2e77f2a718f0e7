//===- ParseExpression.cpp - calls and expressions ----------------------------===//

#include "dsl/Parser.h"
#include "dsl/ParserImpl.h"
#include <cmath>

using namespace resnetc::dsl;
using namespace resnetc::dsl::ast;

namespace {

std::optional<Operator> binaryOperator(TokenKind kind) {
  switch (kind) {
  case TokenKind::Plus:
    return Operator::Add;
  case TokenKind::Minus:
    return Operator::Subtract;
  case TokenKind::Star:
    return Operator::Multiply;
  case TokenKind::Slash:
    return Operator::Divide;
  case TokenKind::SlashSlash:
    return Operator::FloorDivide;
  case TokenKind::Percent:
    return Operator::Remainder;
  case TokenKind::Equal:
    return Operator::Equal;
  case TokenKind::NotEqual:
    return Operator::NotEqual;
  case TokenKind::Less:
    return Operator::Less;
  case TokenKind::LessEqual:
    return Operator::LessEqual;
  case TokenKind::Greater:
    return Operator::Greater;
  case TokenKind::GreaterEqual:
    return Operator::GreaterEqual;
  case TokenKind::And:
    return Operator::And;
  case TokenKind::Or:
    return Operator::Or;
  default:
    return std::nullopt;
  }
}

template <typename Node> ExprPtr makeExpr(Location location, llvm::StringRef text, unsigned depth, Node node) {
  auto expr = std::make_unique<Expr>();
  expr->location = location;
  expr->text = text;
  expr->depth = depth;
  expr->node = std::move(node);
  return expr;
}

} // namespace

bool Parser::parseCall(Call &call) {
  const Token &callee = advance();
  call.callee = {callee.text, callee.location()};
  if (!at(TokenKind::LeftParen) || (current().startsLine && brackets == 0))
    return true;
  call.hasParens = true;
  return parseArguments(call.arguments);
}

bool Parser::parseArguments(std::vector<Argument> &arguments) {
  unsigned outer = brackets++;
  Token open = advance();
  while (!at(TokenKind::RightParen)) {
    Argument argument;
    if (at(TokenKind::Word) && next().kind == TokenKind::Assign) {
      argument.name = Name{current().text, current().location()};
      advance();
      advance();
    }
    argument.value = parseExpr();
    if (!argument.value) {
      skipArguments(outer);
      return false;
    }
    arguments.push_back(std::move(argument));
    if (consume(TokenKind::Comma) || at(TokenKind::RightParen))
      continue;
    reportArgumentEnd(open);
    skipArguments(outer);
    return false;
  }
  advance();
  brackets = outer;
  return true;
}

bool Parser::parseList(std::vector<ExprPtr> &items) {
  ++brackets;
  Token open = advance();
  while (!at(TokenKind::RightBracket)) {
    ExprPtr item = parseExpr();
    if (!item)
      return false;
    items.push_back(std::move(item));
    if (consume(TokenKind::Comma) || at(TokenKind::RightBracket))
      continue;
    expected("',' or ']'").note("to match this '['", open.location());
    return false;
  }
  advance();
  --brackets;
  return true;
}

ExprPtr Parser::parseExpr(unsigned minimalPrecedence) {
  ExprPtr left = parseUnary();
  while (left) {
    std::optional<Operator> op = binaryOperator(current().kind);
    if (!op && at(TokenKind::Word) && !current().startsLine && (atWord("and") || atWord("or"))) {
      diagnostics.error(current().location(), "there is no operator '" + current().text + "'")
          .help(atWord("and") ? "write '&&'" : "write '||'");
      op = atWord("and") ? Operator::And : Operator::Or;
    }
    if (!op || precedence(*op) < minimalPrecedence || (current().startsLine && brackets == 0))
      break;
    Location opLocation = advance().location();
    ExprPtr right = parseExpr(precedence(*op) + 1);
    if (!right)
      return nullptr;
    unsigned depth = std::max(left->depth, right->depth) + 1;
    if (depth > maximalNesting) {
      diagnostics.error(opLocation, "the expression is too long").help("compute a part of it in a parameter");
      abandon();
      return nullptr;
    }
    Location whole = join(left->location, right->location);
    left = makeExpr(whole, {}, depth, Binary{*op, std::move(left), std::move(right), opLocation});
  }
  return left;
}

ExprPtr Parser::parseUnary() {
  if (atWord("not") && (next().kind == TokenKind::Word || next().kind == TokenKind::Integer)) {
    diagnostics.error(current().location(), "there is no operator 'not'").help("write '!'");
    advance();
  }
  if (!at(TokenKind::Minus) && !at(TokenKind::Not))
    return parsePrimary();
  if (!enter(current().location()))
    return nullptr;
  const Token &sign = advance();
  Location where = sign.location();
  Operator op = sign.kind == TokenKind::Minus ? Operator::Negate : Operator::Not;
  ExprPtr operand = parseUnary();
  leave();
  if (!operand)
    return nullptr;
  unsigned depth = operand->depth + 1;
  Location whole = join(where, operand->location);
  return makeExpr(whole, {}, depth, Unary{op, std::move(operand)});
}

ExprPtr Parser::parseNumber() {
  Token token = advance();
  if (token.kind == TokenKind::Integer) {
    int64_t value = 0;
    if (token.text.getAsInteger(10, value)) {
      diagnostics.error(token.location(), "the number is too large");
      value = 1; // the sentence is whole: go on
    }
    return makeExpr(token.location(), token.text, 1, Integer{value});
  }
  double value = 0;
  if (token.text.getAsDouble(value) || !std::isfinite(value)) {
    diagnostics.error(token.location(), "the number is too large");
    value = 1;
  }
  return makeExpr(token.location(), token.text, 1, Real{value});
}

ExprPtr Parser::parsePrimary() {
  Token token = current();
  if (at(TokenKind::Integer) || at(TokenKind::Real))
    return parseNumber();
  if (!at(TokenKind::Word) && !at(TokenKind::LeftParen) && !at(TokenKind::LeftBracket)) {
    Diagnostic &error = expected("a value");
    if (at(TokenKind::Star) && index > 0 && tokens[index - 1].kind == TokenKind::Star)
      error.help("there is no operator for powers: write a product");
    else if (at(TokenKind::String))
      error.help("values are numbers, true, false and lists of them");
    return nullptr;
  }
  if (at(TokenKind::Word) && isKeyword(token.text) && token.text != "true" && token.text != "false") {
    expected("a value");
    return nullptr;
  }
  if (at(TokenKind::Word)) {
    if (token.text == "true" || token.text == "false") {
      advance();
      return makeExpr(token.location(), token.text, 1, Boolean{token.text == "true"});
    }
    if (next().kind != TokenKind::LeftParen) {
      advance();
      return makeExpr(token.location(), token.text, 1, Reference{});
    }
  }
  if (!enter(token.location()))
    return nullptr;
  ExprPtr result;
  if (at(TokenKind::Word)) {
    Call call;
    if (parseCall(call))
      result = makeExpr(token.location(), token.text, 1, std::move(call));
  } else if (at(TokenKind::LeftBracket)) {
    List list;
    if (parseList(list.items)) {
      unsigned depth = 1;
      for (const ExprPtr &item : list.items)
        depth = std::max(depth, item->depth + 1);
      result = makeExpr(join(token.location(), tokens[index - 1].location()), {}, depth, std::move(list));
    }
  } else {
    ++brackets;
    advance();
    result = parseExpr();
    if (result && !at(TokenKind::RightParen)) {
      expected("')'").note("to match this '('", token.location());
      result = nullptr;
    } else if (result) {
      result->location = join(token.location(), current().location());
      advance();
      --brackets;
    }
  }
  leave();
  return result;
}

ExprPtr Parser::parseOnlyExpression() {
  ExprPtr result = parseExpr();
  if (result && !at(TokenKind::End)) {
    expected("the end of the value");
    return nullptr;
  }
  return result;
}

ExprPtr resnetc::dsl::parseExpression(llvm::StringRef text, Diagnostics &diagnostics) {
  unsigned before = diagnostics.errorCount();
  ExprPtr result = Parser(text, diagnostics).parseOnlyExpression();
  return diagnostics.errorCount() == before ? std::move(result) : nullptr;
}
