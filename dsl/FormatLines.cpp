//===- FormatLines.cpp - lines, and the columns that run through them ------===//

#include "dsl/FormatLines.h"
#include "llvm/ADT/STLExtras.h"
#include <map>

using namespace resnetc::dsl;
using namespace resnetc::dsl::layout;

unsigned layout::widthOf(llvm::StringRef text) {
  return llvm::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

void Line::grow(size_t stop, unsigned blanks) {
  text.insert(stops[stop].offset, blanks, ' ');
  for (size_t i = stop; i < stops.size(); ++i)
    stops[i].offset += i == stop ? 0 : blanks;
}

bool layout::wantsBlank(const Mark &left, const Mark &right) {
  if (left.isUnary || left.is(TokenKind::LeftParen) || left.is(TokenKind::LeftBracket) || left.is(TokenKind::Dot))
    return false;
  switch (right.token.kind) {
  case TokenKind::Comma:
  case TokenKind::Colon:
  case TokenKind::Dot:
  case TokenKind::RightParen:
  case TokenKind::RightBracket:
    return false;
  case TokenKind::LeftParen:
  case TokenKind::LeftBracket:
    return !left.is(TokenKind::Word) || isKeyword(left.token.text);
  default:
    return true;
  }
}

namespace {

bool writeBody(const Node &body, Line &line, unsigned limit) {
  if (body.phrases.empty()) {
    line.append("{}");
    return true;
  }
  if (body.isSpread)
    return false;
  line.append("{ ");
  for (const Phrase &phrase : body.phrases) {
    if (&phrase != &body.phrases.front()) {
      line.append(";");
      line.appendStop(Line::Stop::Kind::Separator, phrase.begin());
    }
    if (!writeStatement(phrase, line, limit))
      return false;
  }
  line.appendStop(Line::Stop::Kind::Close, *body.close);
  line.append("}");
  return true;
}

bool writeList(const Node &list, Line &line, unsigned limit) {
  if (list.isSpread && !list.phrases.empty())
    return false;
  line.append(list.mark->token.text);
  for (const Phrase &item : list.phrases) {
    if (&item != &list.phrases.front())
      line.append(", ");
    if (!writeNodes(item.nodes, line, limit))
      return false;
  }
  line.append(list.close->token.text);
  return true;
}

bool writeNode(const Node &node, Line &line, unsigned limit) {
  if (node.holdsComments)
    return false;
  switch (node.kind) {
  case Node::Kind::Leaf:
    line.append(node.mark->token.text);
    return true;
  case Node::Kind::List:
    return writeList(node, line, limit);
  case Node::Kind::Body:
    return writeBody(node, line, limit);
  }
  llvm_unreachable("every kind returns");
}

bool write(llvm::ArrayRef<Node> nodes, Line &line, unsigned limit, bool isStatement) {
  const Node *last = nullptr;
  for (const Node &node : nodes) {
    const Mark &mark = *node.mark;
    bool isLabelled = isStatement && last && last == &nodes[1] && last->mark->is(TokenKind::Colon);
    if (isLabelled)
      line.appendStop(Line::Stop::Kind::Label, mark);
    else if (isStatement && last && mark.is(TokenKind::Assign))
      line.appendStop(Line::Stop::Kind::Assign, mark);
    else if (last && wantsBlank(last->close ? *last->close : *last->mark, mark))
      line.append(" ");
    if (!writeNode(node, line, limit) || line.text.size() > 4 * size_t(limit) || widthOf(line.text) > limit)
      return false;
    last = &node;
  }
  return true;
}

} // namespace

bool layout::writeNodes(llvm::ArrayRef<Node> nodes, Line &line, unsigned limit) {
  return write(nodes, line, limit, /*isStatement=*/false);
}

bool layout::writeStatement(const Phrase &phrase, Line &line, unsigned limit) {
  return write(phrase.nodes, line, limit, /*isStatement=*/true);
}

namespace {

/// Lines whose stops so far are of the same kinds, and whose last one of these is at one column.
using Key = std::pair<std::string, size_t>;

void alignColumn(llvm::ArrayRef<Line *> lines, size_t stop, unsigned indent) {
  auto width = [&](const Line &line) {
    return widthOf(llvm::StringRef(line.text).take_front(line.stops[stop].offset));
  };
  unsigned column = 0;
  for (const Line *line : lines)
    column = std::max(column, width(*line));
  bool isWanted = llvm::any_of(lines, [&](const Line *line) { return line->stops[stop].isWide; });
  bool fits = llvm::all_of(
      lines, [&](const Line *line) { return indent + widthOf(line->text) + column - width(*line) <= maximalWidth; });
  if (isWanted && fits)
    for (Line *line : lines)
      line->grow(stop, column - width(*line));
}

void alignComments(llvm::MutableArrayRef<Line> lines) {
  std::map<size_t, unsigned> widths; // by the author's column
  for (const Line &line : lines)
    if (!line.comment.empty())
      widths[line.commentColumn] = std::max(widths[line.commentColumn], widthOf(line.text));
  for (Line &line : lines)
    if (!line.comment.empty())
      line.text.append(1 + widths[line.commentColumn] - widthOf(line.text), ' ').append(line.comment);
}

} // namespace

void layout::align(llvm::MutableArrayRef<Line> lines, unsigned indent) {
  size_t most = 0;
  for (const Line &line : lines)
    most = std::max(most, line.stops.size());
  for (size_t stop = 0; stop < most; ++stop) {
    std::map<Key, std::vector<Line *>> tables;
    for (Line &line : lines) {
      if (line.stops.size() <= stop)
        continue;
      std::string kinds;
      for (size_t i = 0; i <= stop; ++i)
        kinds += static_cast<char>(line.stops[i].kind);
      tables[{kinds, line.stops[stop].column}].push_back(&line);
    }
    for (auto &[key, table] : tables)
      alignColumn(table, stop, indent);
  }
  alignComments(lines);
}
