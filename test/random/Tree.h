//===- Tree.h - a random network before it is text -------------------------===//
//
// The generator's own notion of the language: it shares no code with dsl/, so that both
// must agree about every shape.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_TEST_RANDOM_TREE_H
#define RESNETC_TEST_RANDOM_TREE_H

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace resnetc::test {

using Shape = std::vector<int64_t>;

/// A text that stays as it is (a real, true, a list of reals), or integers with what is computed of them.
struct Expr {
  enum Kind { Text, Integer, Name, Binary, List } kind = Text;
  std::string text;  ///< as written; of a Name the name, of a Binary the operator
  int64_t value = 0; ///< of an Integer
  std::vector<Expr> items;

  static Expr literal(std::string text) { return {Text, std::move(text), 0, {}}; }
  static Expr integer(int64_t value) { return {Integer, "", value, {}}; }
  static Expr name(std::string name) { return {Name, std::move(name), 0, {}}; }
  static Expr binary(Expr left, std::string op, Expr right) {
    return {Binary, std::move(op), 0, {std::move(left), std::move(right)}};
  }
  static Expr list(std::vector<Expr> items) { return {List, "", 0, std::move(items)}; }
};

/// Names with their values; the last of a name counts.
using Environment = std::vector<std::pair<std::string, int64_t>>;

struct Argument {
  std::string name;
  Expr value;
  bool isPositional = false; ///< written without its name
};

struct Statement;
using Body = std::vector<Statement>;

struct Statement {
  enum Kind { Layer, Call, Group, Residual, Repeat, If, Scale, Carry, Concat };
  enum ShortcutKind { None, Pad, Projection, ProjectionAlways, Branch };

  Kind kind = Layer;
  std::string label;
  std::string name; ///< of the layer or block; of a Repeat the counter, or empty
  std::vector<Argument> arguments;
  Expr condition;           ///< Repeat: how often; If: a comparison
  std::vector<Body> bodies; ///< Residual, Scale, Carry, Group, Repeat: one; If: one or two; Concat: two or more
  // Residual
  ShortcutKind shortcut = None;
  std::string shortcutLabel;
  Body branch;
  std::optional<Body> gate;
};

struct Parameter {
  std::string name;
  std::optional<Expr> byDefault;
};

struct Block {
  std::string name;
  std::vector<Parameter> parameters;
  Body body;
  bool isImported = false; ///< from std.resnet: its body says only what shape it makes
};

struct Program {
  bool imports = false; ///< std.resnet
  std::vector<std::pair<std::string, Expr>> constants;
  std::vector<Block> blocks; ///< a block calls those before it
  std::string name;
  std::vector<Parameter> parameters; ///< of the network, all with defaults
  bool isBytes = false;
  std::vector<Expr> extents;
  Body body;
  std::vector<std::string> train; ///< settings as text; empty: no section

  const Block *find(const std::string &name) const {
    for (const Block &block : blocks)
      if (block.name == name)
        return &block;
    return nullptr;
  }
};

} // namespace resnetc::test

#endif // RESNETC_TEST_RANDOM_TREE_H
