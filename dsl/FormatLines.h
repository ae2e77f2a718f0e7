//===- FormatLines.h - lines, and the columns that run through them --------===//

#ifndef RESNETC_DSL_FORMATLINES_H
#define RESNETC_DSL_FORMATLINES_H

#include "dsl/FormatTree.h"

namespace resnetc::dsl::layout {

constexpr unsigned maximalWidth = 120; ///< as in the rest of this repository

/// Columns that a text takes on the screen, near enough: one a character.
unsigned widthOf(llvm::StringRef text);

/// Statements on one line, or a part of it.
struct Line {
  /// A blank that may grow so that what follows stands below what follows its like in another line.
  struct Stop {
    enum class Kind : char { Label = ':', Separator = ';', Close = '}', Assign = '=' };
    size_t offset; ///< of the blank
    Kind kind;
    size_t column; ///< in the author's line, of what follows
    bool isWide;   ///< the author wrote more than one blank
  };

  std::string text;
  std::vector<Stop> stops;
  llvm::StringRef comment;
  size_t begin = 0;         ///< the author's column of the first token
  size_t commentColumn = 0; ///< and of the comment

  void append(llvm::StringRef part) { text += part; }
  void appendStop(Stop::Kind kind, const Mark &next) {
    stops.push_back({text.size(), kind, next.column - begin, next.gap > 1});
    text += ' ';
  }
  void grow(size_t stop, unsigned blanks);
};

/// Write what is on one line; false if it must not or, being wider than `limit`, can not stand on one. Comments around
/// the whole are the caller's.
bool writeStatement(const Phrase &phrase, Line &line, unsigned limit);
bool writeNodes(llvm::ArrayRef<Node> nodes, Line &line, unsigned limit);

/// A blank stands between these two tokens of a phrase.
bool wantsBlank(const Mark &left, const Mark &right);

/// Lines that stand directly below each other: what the author aligned with additional blanks stays aligned.
void align(llvm::MutableArrayRef<Line> lines, unsigned indent);

} // namespace resnetc::dsl::layout

#endif // RESNETC_DSL_FORMATLINES_H
