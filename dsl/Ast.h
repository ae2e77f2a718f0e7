//===- Ast.h - a .rn file as it was written ---------------------------------===//
//
// Texts are StringRefs into the buffers of the run's SourceMgr. Resolve adds to each call
// what it calls; nothing else changes a tree after parsing.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_DSL_AST_H
#define RESNETC_DSL_AST_H

#include "dsl/Source.h"
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace resnetc::dsl {
struct LayerInfo;
struct TrainSection;
struct Value;
} // namespace resnetc::dsl

namespace resnetc::dsl::ast {

struct Name {
  llvm::StringRef text;
  Location location;
};

// ---- expressions ----

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

struct Integer {
  int64_t value;
};
struct Real {
  double value;
};
struct Boolean {
  bool value;
};
struct Constant;

/// A parameter or a constant; its name is Expr::text.
struct Reference {
  const Constant *constant = nullptr; ///< set by Resolve, if it is one
};
struct List {
  std::vector<ExprPtr> items;
};

enum class Operator {
  Add,
  Subtract,
  Multiply,
  Divide,
  FloorDivide,
  Remainder,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  And,
  Or,
  Not,
  Negate
};

struct Unary {
  Operator op;
  ExprPtr operand;
};
struct Binary {
  Operator op;
  ExprPtr left, right;
  Location opLocation;
};

struct Argument {
  std::optional<Name> name;
  ExprPtr value;
};

struct Definition;

/// A layer, a block, or (in a train section) a choice such as `sgd(lr = 0.1)`.
struct Call {
  Name callee;
  std::vector<Argument> arguments;
  bool hasParens = false;
  // Set by Resolve; exactly one of them, in statements.
  const Definition *block = nullptr;
  const LayerInfo *layer = nullptr;
};

struct Expr {
  Location location;
  llvm::StringRef text; ///< literals and references: as written
  unsigned depth = 1;   ///< of the tree below, bounded by the parser
  std::variant<Integer, Real, Boolean, Reference, List, Unary, Binary, Call> node;
};

// ---- statements ----

struct Statement;
using Body = std::vector<Statement>;

struct Group {
  Body body;
};

/// What stands after `shortcut`.
struct Shortcut {
  Location location; ///< of the word
  std::optional<Name> label;
  std::variant<Call, Group> branch;
};

/// `{ … }` after `gated`, or one branch of concat.
struct Branch {
  Location location; ///< of the word, or of the brace
  Body body;
};

struct Residual {
  Body body;
  std::optional<Branch> gate;
  std::optional<Shortcut> shortcut;
};

/// x * body(x), or with `carry` x * (1 - body(x)).
struct Scale {
  bool isCarry;
  Body body;
};

struct Concat {
  std::vector<Branch> branches;
};

struct Repeat {
  ExprPtr count;
  std::optional<Name> variable;
  Body body;
};

struct If {
  ExprPtr condition;
  Body then, otherwise;
};

/// `input image: u8[3, 224, 224]`
struct Input {
  Name name, type;
  std::vector<ExprPtr> extents;
};

struct Statement {
  std::optional<Name> label;
  Location location; ///< of the word that says what it is
  std::variant<Call, Group, Residual, Scale, Concat, Repeat, If, Input> node;
};

/// Calls `visit` with each body directly inside a statement, in the order in which they are elaborated.
template <typename Node, typename F> void forEachBody(Node &statement, F visit) {
  std::visit(
      [&](auto &node) {
        using T = std::decay_t<decltype(node)>;
        if constexpr (std::is_same_v<T, If>) {
          visit(node.then);
          visit(node.otherwise);
        } else if constexpr (std::is_same_v<T, Concat>) {
          for (auto &branch : node.branches)
            visit(branch.body);
        } else if constexpr (!std::is_same_v<T, Call> && !std::is_same_v<T, Input>) {
          visit(node.body);
        }
        if constexpr (std::is_same_v<T, Residual>) {
          if (node.gate)
            visit(node.gate->body);
          if (node.shortcut)
            if (auto *group = std::get_if<Group>(&node.shortcut->branch))
              visit(group->body);
        }
      },
      statement.node);
}

/// The call that stands after `shortcut`, if one does; null for every other statement.
template <typename Node> auto *shortcutCall(Node &statement) {
  auto *residual = std::get_if<Residual>(&statement.node);
  return residual && residual->shortcut ? std::get_if<Call>(&residual->shortcut->branch) : nullptr;
}

// ---- definitions ----

struct Parameter {
  Name name;
  ExprPtr defaultValue; ///< may be null
};

/// A block or a network.
struct Definition {
  bool isNetwork;
  Name name;
  std::vector<Parameter> parameters;
  Body body;
};

/// `const width = 64`
struct Constant {
  Name name;
  ExprPtr value;
  std::shared_ptr<const Value> result; ///< set by Resolve; null after an error
};

struct Setting {
  Name name;
  ExprPtr value;
};

struct Train {
  Name network;
  const Definition *definition = nullptr; ///< of the network; set by Resolve
  std::vector<Setting> settings;
  std::shared_ptr<const TrainSection> checked; ///< set by Resolve
};

struct Import {
  Location location;
  bool isStandard;  ///< `std.resnet`, else a path in quotes
  std::string path; ///< "resnet.rn" below a std folder, or relative to the file's folder
  std::string text; ///< as written
};

using Item = std::variant<Import, Constant, Definition, Train>;

struct File {
  std::vector<Item> items; ///< in the order of the text
};

} // namespace resnetc::dsl::ast

namespace resnetc::dsl {

/// Prints a file, a statement's call or an expression as .rn in canonical form: parsing the print gives the same print.
void printAst(const ast::File &file, llvm::raw_ostream &os);
void printAst(const ast::Expr &expr, llvm::raw_ostream &os);

/// "==" for Equal.
llvm::StringRef spelling(ast::Operator op);
/// Binding strength of a binary operator: 1 (||) to 5 (*).
unsigned precedence(ast::Operator op);

} // namespace resnetc::dsl

#endif // RESNETC_DSL_AST_H
