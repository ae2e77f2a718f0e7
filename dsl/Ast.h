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
}

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
struct Reference {}; ///< a parameter; its name is Expr::text
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

struct Residual {
  Body body;
  std::optional<Shortcut> shortcut;
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
  std::variant<Call, Group, Residual, Repeat, If, Input> node;
};

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

struct Setting {
  Name name;
  ExprPtr value;
};

struct Train {
  Name network;
  std::vector<Setting> settings;
};

struct Import {
  Location location;
  bool isStandard;  ///< `std.resnet`, else a path in quotes
  std::string path; ///< "resnet.rn" below a std folder, or relative to the file's folder
  std::string text; ///< as written
};

using Item = std::variant<Import, Definition, Train>;

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
