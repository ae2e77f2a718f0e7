//===- FormatTree.cpp - a text as the formatter sees it --------------------===//

#include "dsl/FormatTree.h"
#include "llvm/ADT/STLExtras.h"

using namespace resnetc::dsl;
using namespace resnetc::dsl::layout;

namespace {

bool isNewline(char c) { return c == '\n' || c == '\r'; }

/// Reads the blanks and comments between two tokens.
class GapReader {
public:
  explicit GapReader(llvm::StringRef gap) : rest(gap) {}

  /// `before` is null at the start of the text.
  void read(Mark *before, Mark &after) {
    while (!rest.empty()) {
      if (rest.front() == '#')
        readComment(before, after);
      else
        readBlank();
    }
    after.afterBlankLine = newlines > 1;
    after.gap = blanks;
  }

private:
  void readComment(Mark *before, Mark &after) {
    llvm::StringRef text = rest.take_until(isNewline);
    rest = rest.drop_front(text.size());
    if (before && newlines == 0)
      before->comment = text.rtrim();
    else
      after.before.push_back({text.rtrim(), newlines > 1});
    newlines = blanks = 0;
  }

  void readBlank() {
    bool isBreak = rest.consume_front("\r\n") || rest.consume_front("\n") || rest.consume_front("\r");
    if (isBreak) {
      ++newlines;
      blanks = 0;
      return;
    }
    ++blanks;
    rest = rest.drop_front();
  }

  llvm::StringRef rest;
  unsigned newlines = 0, blanks = 0;
};

/// Columns of places that come in the order of the text.
class Columns {
public:
  explicit Columns(llvm::StringRef text) : place(text.begin()), line(text.begin()) {}

  size_t of(const char *next) {
    for (; place != next; ++place)
      if (isNewline(*place))
        line = place + 1;
    return next - line;
  }

private:
  const char *place, *line;
};

bool endsOperand(const Token &token) {
  switch (token.kind) {
  case TokenKind::Word:
    return !isKeyword(token.text) || token.text == "true" || token.text == "false";
  case TokenKind::Integer:
  case TokenKind::Real:
  case TokenKind::RightParen:
  case TokenKind::RightBracket:
    return true;
  default:
    return false;
  }
}

bool isOperator(TokenKind kind) { return kind >= TokenKind::Plus && kind <= TokenKind::Not; }

bool holdsComments(const Mark &mark) { return !mark.before.empty() || !mark.comment.empty(); }

bool holdsComments(const Phrase &phrase) {
  return !phrase.before.empty() || !phrase.comment.empty() ||
         llvm::any_of(phrase.nodes, [](const Node &node) { return node.holdsComments; });
}

void noteComments(Node &node) {
  node.holdsComments = holdsComments(*node.mark) || (node.close && holdsComments(*node.close)) ||
                       llvm::any_of(node.phrases, [](const Phrase &phrase) { return holdsComments(phrase); });
}

} // namespace

Tree::Tree(llvm::StringRef text, std::vector<Token> tokens, llvm::ArrayRef<const char *> starts) : starts(starts) {
  collectMarks(text, std::move(tokens));
  phrases = readBody(TokenKind::End);
  atEnd = current().before;
}

void Tree::collectMarks(llvm::StringRef text, std::vector<Token> tokens) {
  marks.reserve(tokens.size()); // Nodes point into it
  text.consume_front("\xef\xbb\xbf");
  const char *end = text.begin();
  Columns columns(text);
  for (const Token &token : tokens) {
    Mark mark;
    mark.token = token;
    Mark *last = marks.empty() ? nullptr : &marks.back();
    GapReader(llvm::StringRef(end, token.text.begin() - end)).read(last, mark);
    if (isOperator(token.kind)) {
      mark.isBinary = last && endsOperand(last->token);
      mark.isUnary = !mark.isBinary;
    }
    if (last && !last->comment.empty())
      last->commentColumn = columns.of(last->comment.begin());
    mark.column = columns.of(token.text.begin());
    end = token.text.end();
    marks.push_back(std::move(mark));
  }
}

bool Tree::atStart() { return llvm::binary_search(starts, current().token.text.begin()); }

/// Gives a phrase the comments of its first and its last token, and those that wait since the phrase before.
void Tree::own(Phrase &phrase, std::vector<Comment> &waiting) {
  Node &first = phrase.nodes.front(), &last = phrase.nodes.back();
  Mark &begin = *first.mark, &end = last.close ? *last.close : *last.mark;
  phrase.before = std::move(waiting);
  waiting.clear();
  llvm::append_range(phrase.before, begin.before);
  begin.before.clear();
  phrase.afterBlankLine = begin.afterBlankLine;
  phrase.startsLine = begin.token.startsLine;
  phrase.comment = end.comment;
  phrase.commentColumn = end.commentColumn;
  end.comment = {};
  noteComments(first);
  noteComments(last);
}

std::vector<Phrase> Tree::readBody(TokenKind closing) {
  std::vector<Phrase> result;
  std::vector<Comment> waiting;
  while (!current().is(closing)) {
    if (!current().is(TokenKind::Semicolon)) {
      Phrase phrase;
      readUpTo(phrase, [this, begin = index] {
        return current().is(TokenKind::Semicolon) || current().is(TokenKind::RightBrace) ||
               current().is(TokenKind::End) || (index != begin && atStart());
      });
      own(phrase, waiting);
      result.push_back(std::move(phrase));
      continue;
    }
    Mark &mark = marks[index++];
    llvm::append_range(waiting, mark.before);
    bool isTrailing = waiting.empty() && !result.empty() && result.back().comment.empty() && !mark.token.startsLine;
    if (isTrailing) {
      result.back().comment = mark.comment;
      result.back().commentColumn = mark.commentColumn;
    } else if (!mark.comment.empty())
      waiting.push_back({mark.comment, false});
  }
  Mark &close = marks[index];
  close.before.insert(close.before.begin(), waiting.begin(), waiting.end());
  return result;
}

void Tree::readUpTo(Phrase &phrase, llvm::function_ref<bool()> isEnd) {
  unsigned groups = 0; // open parentheses that only group an expression
  while (groups || !isEnd()) {
    Mark &mark = current();
    bool isCall = mark.is(TokenKind::LeftParen) && index && marks[index - 1].is(TokenKind::Word) &&
                  !isKeyword(marks[index - 1].token.text);
    if (mark.is(TokenKind::LeftBracket) || isCall) {
      phrase.nodes.push_back(readList());
      continue;
    }
    Node node(Node::Kind::Leaf, mark);
    ++index;
    groups += mark.is(TokenKind::LeftParen);
    groups -= mark.is(TokenKind::RightParen);
    if (mark.is(TokenKind::LeftBrace)) {
      node.kind = Node::Kind::Body;
      node.phrases = readBody(TokenKind::RightBrace);
      node.close = &marks[index++];
      node.isSpread = node.close->token.startsLine ||
                      llvm::any_of(node.phrases, [](const Phrase &inner) { return inner.startsLine; });
    }
    noteComments(node);
    phrase.nodes.push_back(std::move(node));
  }
}

/// Call arguments, parameters or a list. Its commas are left out; a comment after one belongs to the item before.
Node Tree::readList() {
  Node node(Node::Kind::List, current());
  ++index;
  node.isSpread = current().token.startsLine;
  std::vector<Comment> waiting;
  auto isAtEnd = [&] { return current().is(TokenKind::RightParen) || current().is(TokenKind::RightBracket); };
  while (!isAtEnd()) {
    Phrase item;
    readUpTo(item, [&] { return current().is(TokenKind::Comma) || isAtEnd(); });
    own(item, waiting);
    if (current().is(TokenKind::Comma)) {
      Mark &comma = marks[index++];
      llvm::append_range(waiting, comma.before);
      if (item.comment.empty() && waiting.empty())
        item.comment = comma.comment;
      else if (!comma.comment.empty())
        waiting.push_back({comma.comment, false});
    }
    node.phrases.push_back(std::move(item));
  }
  Mark &close = marks[index++];
  close.before.insert(close.before.begin(), waiting.begin(), waiting.end());
  node.close = &close;
  noteComments(node);
  return node;
}

std::vector<llvm::StringRef> layout::commentsOf(llvm::StringRef text, llvm::ArrayRef<Token> tokens) {
  std::vector<llvm::StringRef> comments;
  const char *end = text.begin();
  for (const Token &token : tokens) {
    llvm::StringRef gap(end, token.text.begin() - end);
    while (true) {
      gap = gap.drop_until([](char c) { return c == '#'; });
      if (gap.empty())
        break;
      llvm::StringRef comment = gap.take_until(isNewline);
      comments.push_back(comment.rtrim());
      gap = gap.drop_front(comment.size());
    }
    end = token.text.end();
  }
  return comments;
}
