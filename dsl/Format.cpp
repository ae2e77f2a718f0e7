//===- Format.cpp - a .rn text as a careful author would lay it out --------===//

#include "dsl/Format.h"
#include "dsl/FormatLines.h"
#include "dsl/Parser.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace resnetc::dsl;
using namespace resnetc::dsl::layout;

namespace {

class Formatter {
public:
  std::string run(const Tree &tree) {
    printBody(tree.phrases, tree.atEnd, /*indent=*/0);
    return std::move(out);
  }

private:
  // ---- statements ----

  /// `keepsLines`: statements that share a line may go on doing so.
  void printBody(llvm::ArrayRef<Phrase> phrases, llvm::ArrayRef<Comment> atEnd, unsigned indent,
                 bool keepsLines = true) {
    bool isFirst = true;
    while (!phrases.empty()) {
      const Phrase *next = std::find_if(phrases.begin() + 1, phrases.end(), [&](const Phrase &phrase) {
        return !keepsLines || phrase.startsLine || !phrase.before.empty();
      });
      llvm::ArrayRef<Phrase> line = phrases.take_front(next - phrases.begin());
      printComments(line.front().before, indent, isFirst);
      if (line.front().afterBlankLine && !isFirst)
        printBlankLine(indent);
      printLine(line, indent);
      phrases = phrases.drop_front(line.size());
      isFirst = false;
    }
    flush(indent);
    printComments(atEnd, indent, isFirst);
  }

  void printBlankLine(unsigned indent) {
    flush(indent);
    out += '\n';
  }

  void printComments(llvm::ArrayRef<Comment> comments, unsigned indent, bool &isFirst) {
    for (const Comment &comment : comments) {
      flush(indent);
      if (comment.afterBlankLine && !isFirst)
        out += '\n';
      out.append(indent, ' ').append(comment.text) += '\n';
      isFirst = false;
    }
  }

  /// Statements that the author put on one line.
  void printLine(llvm::ArrayRef<Phrase> phrases, unsigned indent) {
    if (appendLine(phrases, indent))
      return;
    for (const Phrase &phrase : phrases)
      if (!appendLine(phrase, indent)) {
        flush(indent);
        printStatement(phrase, indent);
      }
  }

  bool appendLine(llvm::ArrayRef<Phrase> phrases, unsigned indent) {
    Line line;
    line.begin = phrases.front().begin().column;
    for (const Phrase &phrase : phrases) {
      if (&phrase != &phrases.front()) {
        line.append(";");
        line.appendStop(Line::Stop::Kind::Separator, phrase.begin());
      }
      bool isCutByComment = !phrase.comment.empty() && &phrase != &phrases.back();
      if (isCutByComment || !writeStatement(phrase, line, maximalWidth) || indent + widthOf(line.text) > maximalWidth)
        return false;
    }
    if (phrases.size() > 1) // the '=' of several settings on a line belong to no column
      llvm::erase_if(line.stops, [](const Line::Stop &stop) { return stop.kind == Line::Stop::Kind::Assign; });
    line.comment = phrases.back().comment;
    line.commentColumn = phrases.back().commentColumn - line.begin;
    lines.push_back(std::move(line));
    return true;
  }

  void flush(unsigned indent) {
    align(lines, indent);
    for (const Line &line : lines)
      out.append(indent, ' ').append(line.text) += '\n';
    lines.clear();
  }

  // ---- what does not fit on a line ----

  void printStatement(const Phrase &phrase, unsigned indent) {
    out.append(indent, ' ');
    mustBreak = false;
    printNodes(phrase.nodes, indent, /*tail=*/0);
    if (!phrase.comment.empty())
      (out += ' ') += phrase.comment;
    out += '\n';
  }

  unsigned column() const {
    size_t newline = out.rfind('\n');
    return widthOf(llvm::StringRef(out).drop_front(newline == std::string::npos ? 0 : newline + 1));
  }

  void startLine(unsigned indent) {
    (out += '\n').append(indent, ' ');
    mustBreak = false;
  }

  /// A token where it falls; on a new line if a comment stands before it.
  void printMark(const Mark &mark, bool afterBlank, unsigned indent) {
    for (const Comment &comment : mark.before) {
      startLine(indent + 4);
      out += comment.text;
      mustBreak = true;
    }
    if (mustBreak)
      startLine(indent + 4);
    else if (afterBlank)
      out += ' ';
    out += mark.token.text;
    printComment(mark.comment);
  }

  void printComment(llvm::StringRef comment) {
    if (comment.empty())
      return;
    (out += ' ') += comment;
    mustBreak = true;
  }

  /// `tail`: what follows the nodes on their last line.
  void printNodes(llvm::ArrayRef<Node> nodes, unsigned indent, unsigned tail) {
    for (size_t i = 0; i < nodes.size(); ++i) {
      const Node &node = nodes[i];
      const Node *last = i ? &nodes[i - 1] : nullptr;
      bool afterBlank = last && wantsBlank(last->close ? *last->close : *last->mark, *node.mark);
      bool isBreakable = last && last->kind == Node::Kind::Leaf && last->mark->isBinary;
      if (isBreakable && !mustBreak && column() + afterBlank + widthUpToBreak(nodes, i, tail) > maximalWidth) {
        startLine(indent + 4);
        afterBlank = false;
      }
      if (node.kind == Node::Kind::Leaf || !printOnLine(nodes, i, afterBlank, tail))
        printNode(node, afterBlank, indent);
    }
  }

  /// A part in brackets with what follows it up to the next place where a line may end, if that fits.
  bool printOnLine(llvm::ArrayRef<Node> nodes, size_t index, bool afterBlank, unsigned tail) {
    const Node &node = nodes[index];
    // `concat { … } { … }`, `if … { … } else { … }`: all of them look alike.
    bool isOneOfSeveral = node.kind == Node::Kind::Body && llvm::any_of(nodes.drop_front(1), [&](const Node &other) {
                            const Node &before = *(&other - 1);
                            return (other.kind == Node::Kind::Body && before.kind == Node::Kind::Body) ||
                                   (other.kind == Node::Kind::Leaf && other.mark->token.text == "else");
                          });
    Line line;
    if (mustBreak || (isOneOfSeveral && !node.phrases.empty()) || !writeNodes(node, line, maximalWidth))
      return false;
    unsigned width = widthOf(line.text) + widthUpToBreak(nodes, index + 1, tail);
    if (column() + afterBlank + width > maximalWidth)
      return false;
    out.append(afterBlank ? " " : "").append(line.text);
    return true;
  }

  unsigned widthUpToBreak(llvm::ArrayRef<Node> nodes, size_t begin, unsigned tail) const {
    unsigned width = 0;
    for (size_t i = begin; i < nodes.size(); ++i) {
      const Mark &mark = *nodes[i].mark;
      width += widthOf(mark.token.text);
      if (i)
        width += wantsBlank(nodes[i - 1].close ? *nodes[i - 1].close : *nodes[i - 1].mark, mark);
      if (nodes[i].kind != Node::Kind::Leaf || mark.isBinary)
        return width;
    }
    return width + tail;
  }

  void printNode(const Node &node, bool afterBlank, unsigned indent) {
    printMark(*node.mark, afterBlank, indent);
    if (node.kind == Node::Kind::Leaf)
      return;
    if (node.kind == Node::Kind::Body) {
      out += '\n';
      mustBreak = false;
      printBody(node.phrases, node.close->before, indent + 2, node.isSpread);
      out.append(indent, ' ');
    } else
      printList(node, indent);
    out += node.close->token.text;
    printComment(node.close->comment);
  }

  /// Numbers side by side, everything else one item a line.
  void printList(const Node &list, unsigned indent) {
    bool isFilled = !list.phrases.empty() && llvm::all_of(list.phrases, [](const Phrase &item) {
      return item.before.empty() && item.comment.empty() && !item.nodes.front().holdsComments &&
             item.nodes.size() <= 2 && item.nodes.back().kind == Node::Kind::Leaf &&
             !item.nodes.back().mark->is(TokenKind::Word) && !item.nodes.back().holdsComments;
    });
    for (const Phrase &item : list.phrases) {
      for (const Comment &comment : item.before) {
        startLine(indent + 2);
        out += comment.text;
      }
      Line line;
      bool staysOnLine = isFilled && &item != &list.phrases.front() && writeNodes(item.nodes, line, maximalWidth) &&
                         column() + 1 + widthOf(line.text) + 1 <= maximalWidth;
      if (staysOnLine)
        out += ' ';
      else
        startLine(indent + 2);
      printNodes(item.nodes, indent + 2, /*tail=*/1);
      out += ',';
      if (!item.comment.empty())
        (out += ' ') += item.comment;
    }
    for (const Comment &comment : list.close->before) {
      startLine(indent + 2);
      out += comment.text;
    }
    startLine(indent);
  }

  std::string out;
  std::vector<Line> lines; ///< of the current body, not yet printed: their columns may grow
  bool mustBreak = false;  ///< a comment ends this line
};

/// What must not change.
struct Essence {
  std::string tree;
  std::vector<std::string> comments;

  bool operator==(const Essence &other) const { return tree == other.tree && comments == other.comments; }
};

Essence essence(const ast::File &file, llvm::StringRef text, llvm::ArrayRef<Token> tokens) {
  Essence result;
  llvm::raw_string_ostream os(result.tree);
  printAst(file, os);
  for (llvm::StringRef comment : commentsOf(text, tokens))
    result.comments.push_back(comment.str());
  return result;
}

/// "" or what is wrong with the formatted text.
std::string compare(const Essence &before, const std::string &text) {
  llvm::SourceMgr sources;
  Diagnostics diagnostics(sources);
  unsigned id = sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBuffer(text, "formatted text"), llvm::SMLoc());
  llvm::StringRef buffer = sources.getMemoryBuffer(id)->getBuffer();
  std::unique_ptr<ast::File> file = parse(buffer, diagnostics);
  if (diagnostics.hasErrors())
    return "the formatted text has errors";
  Essence after = essence(*file, buffer, lex(buffer, diagnostics));
  if (before.tree != after.tree)
    return "the formatted text means something else";
  return before == after ? "" : "the formatted text has other comments";
}

} // namespace

std::optional<Formatted> resnetc::dsl::format(llvm::StringRef text, Diagnostics &diagnostics) {
  std::vector<const char *> starts;
  std::unique_ptr<ast::File> file = parse(text, diagnostics, &starts);
  if (diagnostics.hasErrors())
    return std::nullopt;
  std::vector<Token> tokens = lex(text, diagnostics);
  Essence before = essence(*file, text, tokens);
  Formatted result;
  result.text = Formatter().run(Tree(text, std::move(tokens), starts));
  result.mistake = compare(before, result.text);
  return result;
}
