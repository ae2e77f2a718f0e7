//===- Pieces.cpp - a text as tokens that can be cut and joined -------------===//

#include "Pieces.h"
#include "llvm/ADT/StringExtras.h"

using namespace resnetc::fuzz;

static bool isWordPart(char c) { return llvm::isAlnum(c) || c == '_'; }

bool Piece::isWord() const { return !text.empty() && (llvm::isAlpha(text[0]) || text[0] == '_'); }
bool Piece::isNumber() const { return !text.empty() && llvm::isDigit(text[0]); }

static size_t blanksLength(llvm::StringRef text) {
  size_t length = 0;
  while (length < text.size()) {
    if (text[length] == '#')
      length = std::min(text.find('\n', length), text.size());
    else if (llvm::isSpace(text[length]))
      ++length;
    else
      break;
  }
  return length;
}

static size_t tokenLength(llvm::StringRef text) {
  if (text.empty())
    return 0;
  if (llvm::isDigit(text[0]))
    return std::max<size_t>(text.take_while([](char c) { return isWordPart(c) || c == '.'; }).size(), 1);
  if (isWordPart(text[0]))
    return text.take_while(isWordPart).size();
  if (text[0] == '"')
    return std::min(text.find('"', 1), text.size() - 1) + 1;
  for (llvm::StringRef two : {"==", "!=", "<=", ">=", "&&", "||", "//"})
    if (text.starts_with(two))
      return 2;
  return 1;
}

Pieces resnetc::fuzz::split(llvm::StringRef text) {
  Pieces pieces;
  while (!text.empty()) {
    Piece piece;
    piece.blanks = text.take_front(blanksLength(text)).str();
    text = text.drop_front(piece.blanks.size());
    piece.text = text.take_front(tokenLength(text)).str();
    text = text.drop_front(piece.text.size());
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

std::string resnetc::fuzz::join(const Pieces &pieces) {
  std::string text;
  for (const Piece &piece : pieces) {
    // Pieces that were not neighbours before must not become one token.
    if (piece.blanks.empty() && !text.empty() && !piece.text.empty() && isWordPart(text.back()) &&
        isWordPart(piece.text.front()))
      text += ' ';
    text += piece.blanks + piece.text;
  }
  return text;
}

size_t resnetc::fuzz::closingEnd(const Pieces &pieces, size_t open) {
  size_t depth = 0;
  for (size_t i = open; i < pieces.size(); ++i) {
    if (pieces[i].opens())
      ++depth;
    else if (pieces[i].closes() && --depth == 0)
      return i + 1;
  }
  return pieces.size();
}

std::vector<size_t> resnetc::fuzz::statementStarts(const Pieces &pieces) {
  std::vector<size_t> starts;
  for (size_t i = 0; i < pieces.size(); ++i) {
    bool isFirst = i == 0 || pieces[i].startsLine() || pieces[i - 1].text == "{" || pieces[i - 1].text == ";";
    if (isFirst && !pieces[i].closes())
      starts.push_back(i);
  }
  return starts;
}

Range resnetc::fuzz::statementAt(const Pieces &pieces, size_t begin) {
  size_t i = begin;
  while (i < pieces.size()) {
    if (i > begin && (pieces[i].startsLine() || pieces[i].text == ";" || pieces[i].closes()))
      break;
    i = pieces[i].opens() ? closingEnd(pieces, i) : i + 1;
  }
  return {begin, std::max(i, std::min(begin + 1, pieces.size()))};
}
