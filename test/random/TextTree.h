//===- TextTree.h - a text as a tree of statements ---------------------------===//
//
// Made of the printed text, one statement a line, so that it needs to know no more of the
// language than braces.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_TEST_RANDOM_TEXTTREE_H
#define RESNETC_TEST_RANDOM_TEXTTREE_H

#include <string>
#include <vector>

namespace resnetc::test {

/// A line; if it opens a brace, the lines inside, and what stands at the closing one ("} shortcut {" opens the next).
struct Node {
  std::string head;
  struct Part {
    std::vector<Node> children;
    std::string closer;
  };
  std::vector<Part> parts;
};
using Nodes = std::vector<Node>;

/// The text as the compiler prints it; as it is if it does not parse.
std::string canonical(const std::string &text);

Nodes parseNodes(const std::string &text);
std::string printNodes(const Nodes &nodes);

bool isWordPart(char c);

/// Replaces a name wherever it stands as a value.
std::string substitute(const std::string &text, const std::string &name, const std::string &value);
void substitute(Nodes &nodes, const std::string &name, const std::string &value);

/// The text with every repeat of a constant count written out by hand; empty if it has none.
std::string unrolled(const std::string &text);

} // namespace resnetc::test

#endif // RESNETC_TEST_RANDOM_TEXTTREE_H
