//===- FormatTree.h - a text as the formatter sees it ----------------------===//
//
// Tokens in brackets and braces, with the comments and blank lines between them. It knows
// no construct of the language: where statements begin the parser says. So new ones need
// nothing here, as long as they are made of words, ( ), [ ] and { }.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_DSL_FORMATTREE_H
#define RESNETC_DSL_FORMATTREE_H

#include "dsl/Lexer.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace resnetc::dsl::layout {

/// `# …` to the end of its line.
struct Comment {
  llvm::StringRef text;
  bool afterBlankLine;
};

/// A token and what stands around it.
struct Mark {
  Token token;
  std::vector<Comment> before; ///< on lines of their own
  bool afterBlankLine = false; ///< a blank line stands right before the token
  llvm::StringRef comment;     ///< after the token, to the end of its line
  size_t commentColumn = 0;
  unsigned gap = 0;  ///< blanks between the token before and this one, if they share a line
  size_t column = 0; ///< in its line, as the author wrote it
  bool isUnary = false, isBinary = false;

  bool is(TokenKind kind) const { return token.kind == kind; }
};

struct Node;

/// A statement, or an item of a list; its first token's own-line comments and its last one's comment are its own.
struct Phrase {
  std::vector<Node> nodes;
  std::vector<Comment> before;
  bool afterBlankLine = false;
  bool startsLine = false;
  llvm::StringRef comment;
  size_t commentColumn = 0; ///< in the author's line

  const Mark &begin() const;
};

/// One token, or a part in brackets. Parentheses that only group an expression are tokens.
struct Node {
  enum class Kind { Leaf, List, Body };
  Node(Kind kind, Mark &mark) : kind(kind), mark(&mark) {}

  Kind kind;
  Mark *mark;                  ///< the token, or the opening one
  Mark *close = nullptr;       ///< its own-line comments stand after the last phrase
  std::vector<Phrase> phrases; ///< of a list or a body
  bool isSpread = false;       ///< the author gave it several lines
  bool holdsComments = false;  ///< somewhere inside or around
};

inline const Mark &Phrase::begin() const { return *nodes.front().mark; }

/// The tree of one text without errors.
class Tree {
public:
  /// `starts`: where each item, statement and setting begins, in the order of the text.
  Tree(llvm::StringRef text, std::vector<Token> tokens, llvm::ArrayRef<const char *> starts);

  std::vector<Phrase> phrases;
  std::vector<Comment> atEnd;

private:
  void collectMarks(llvm::StringRef text, std::vector<Token> tokens);
  std::vector<Phrase> readBody(TokenKind closing);
  void readUpTo(Phrase &phrase, llvm::function_ref<bool()> isEnd);
  Node readList();
  bool atStart();
  void own(Phrase &phrase, std::vector<Comment> &waiting);

  Mark &current() { return marks[index]; }

  std::vector<Mark> marks;
  llvm::ArrayRef<const char *> starts;
  size_t index = 0;
};

/// The comments of a text without errors, without blanks at their ends.
std::vector<llvm::StringRef> commentsOf(llvm::StringRef text, llvm::ArrayRef<Token> tokens);

} // namespace resnetc::dsl::layout

#endif // RESNETC_DSL_FORMATTREE_H
