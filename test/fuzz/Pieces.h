//===- Pieces.h - a text as tokens that can be cut and joined ---------------===//

#ifndef RESNETC_TEST_FUZZ_PIECES_H
#define RESNETC_TEST_FUZZ_PIECES_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace resnetc::fuzz {

/// A token with the blanks and comments before it, so that joining all pieces gives the text again.
struct Piece {
  std::string blanks, text;

  bool startsLine() const { return blanks.find('\n') != std::string::npos; }
  bool isWord() const;
  bool isNumber() const;
  bool opens() const { return text == "{" || text == "(" || text == "["; }
  bool closes() const { return text == "}" || text == ")" || text == "]"; }
};

using Pieces = std::vector<Piece>;

/// Half open.
struct Range {
  size_t begin, end;
};

Pieces split(llvm::StringRef text);
std::string join(const Pieces &pieces);

/// The index after the bracket that closes the one at `open`, or the end.
size_t closingEnd(const Pieces &pieces, size_t open);
/// Where statements and definitions begin: at lines, behind '{', ';' and '}'.
std::vector<size_t> statementStarts(const Pieces &pieces);
/// The statement or definition that begins at `begin`, brackets balanced.
Range statementAt(const Pieces &pieces, size_t begin);

} // namespace resnetc::fuzz

#endif // RESNETC_TEST_FUZZ_PIECES_H
