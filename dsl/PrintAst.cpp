//===- PrintAst.cpp - a tree as .rn text --------------------------------------===//

#include "dsl/Ast.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace resnetc::dsl;
using namespace resnetc::dsl::ast;

llvm::StringRef resnetc::dsl::spelling(Operator op) {
  static constexpr llvm::StringLiteral spellings[] = {
      "+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "!", "-"};
  return spellings[static_cast<unsigned>(op)];
}

unsigned resnetc::dsl::precedence(Operator op) {
  switch (op) {
  case Operator::Or:
    return 1;
  case Operator::And:
    return 2;
  case Operator::Add:
  case Operator::Subtract:
    return 4;
  case Operator::Multiply:
  case Operator::Divide:
  case Operator::FloorDivide:
  case Operator::Remainder:
    return 5;
  default:
    return 3; // comparisons
  }
}

namespace {

class Printer {
public:
  explicit Printer(llvm::raw_ostream &os) : os(os) {}

  void print(const File &file) {
    const Item *last = nullptr;
    for (const Item &item : file.items) {
      bool isLine = std::holds_alternative<Import>(item) || std::holds_alternative<Constant>(item);
      if (last && !(isLine && last->index() == item.index()))
        os << '\n';
      std::visit([&](const auto &value) { print(value); }, item);
      last = &item;
    }
  }

  void print(const Expr &expr, unsigned outer = 0) {
    if (const auto *list = std::get_if<List>(&expr.node)) {
      os << '[';
      llvm::interleaveComma(list->items, os, [&](const ExprPtr &item) { print(*item); });
      os << ']';
    } else if (const auto *unary = std::get_if<Unary>(&expr.node)) {
      os << spelling(unary->op);
      print(*unary->operand, 6);
    } else if (const auto *binary = std::get_if<Binary>(&expr.node)) {
      unsigned own = precedence(binary->op);
      if (own < outer)
        os << '(';
      // Operators of one strength group from the left; comparisons do not group at all.
      print(*binary->left, own == 3 ? own + 1 : own);
      os << ' ' << spelling(binary->op) << ' ';
      print(*binary->right, own + 1);
      if (own < outer)
        os << ')';
    } else if (const auto *call = std::get_if<Call>(&expr.node))
      print(*call);
    else
      os << expr.text;
  }

private:
  void print(const Import &import) { os << "import " << import.text << '\n'; }

  void print(const Constant &constant) {
    os << "const " << constant.name.text << " = ";
    print(*constant.value);
    os << '\n';
  }

  void print(const Train &train) {
    os << "train " << train.network.text << " {\n";
    for (const Setting &setting : train.settings) {
      os << "  " << setting.name.text << " = ";
      print(*setting.value);
      os << '\n';
    }
    os << "}\n";
  }

  void print(const Definition &definition) {
    os << (definition.isNetwork ? "network " : "block ") << definition.name.text;
    if (!definition.parameters.empty())
      print(definition.parameters);
    os << ' ';
    printBraces(definition.body);
    os << '\n';
  }

  void print(const std::vector<Parameter> &parameters) {
    os << '(';
    llvm::interleaveComma(parameters, os, [&](const Parameter &parameter) {
      os << parameter.name.text;
      if (parameter.defaultValue) {
        os << " = ";
        print(*parameter.defaultValue);
      }
    });
    os << ')';
  }

  void printBraces(const Body &body) {
    os << "{\n";
    indent += 2;
    for (const Statement &statement : body) {
      os.indent(indent);
      if (statement.label)
        os << statement.label->text << ": ";
      std::visit([&](const auto &node) { print(node); }, statement.node);
      os << '\n';
    }
    indent -= 2;
    os.indent(indent) << '}';
  }

  void print(const Call &call) {
    os << call.callee.text;
    if (call.arguments.empty())
      return;
    os << '(';
    llvm::interleaveComma(call.arguments, os, [&](const Argument &argument) {
      if (argument.name)
        os << argument.name->text << " = ";
      print(*argument.value);
    });
    os << ')';
  }

  void print(const Group &group) { printBraces(group.body); }

  void print(const Residual &residual) {
    os << "residual ";
    printBraces(residual.body);
    if (residual.gate) {
      os << " gated ";
      printBraces(residual.gate->body);
    }
    if (!residual.shortcut)
      return;
    os << " shortcut ";
    if (residual.shortcut->label)
      os << residual.shortcut->label->text << ": ";
    std::visit([&](const auto &branch) { print(branch); }, residual.shortcut->branch);
  }

  void print(const Scale &scale) {
    os << (scale.isCarry ? "carry " : "scale ");
    printBraces(scale.body);
  }

  void print(const Concat &concat) {
    os << "concat";
    for (const Branch &branch : concat.branches) {
      os << ' ';
      printBraces(branch.body);
    }
  }

  void print(const Repeat &repeat) {
    os << "repeat ";
    print(*repeat.count);
    if (repeat.variable)
      os << " as " << repeat.variable->text;
    os << ' ';
    printBraces(repeat.body);
  }

  void print(const If &condition) {
    os << "if ";
    print(*condition.condition);
    os << ' ';
    printBraces(condition.then);
    if (condition.otherwise.empty())
      return;
    os << " else ";
    const auto *next = condition.otherwise.size() == 1 ? std::get_if<If>(&condition.otherwise.front().node) : nullptr;
    if (next && !condition.otherwise.front().label)
      print(*next);
    else
      printBraces(condition.otherwise);
  }

  void print(const Input &input) {
    os << "input " << input.name.text << ": " << input.type.text << '[';
    llvm::interleaveComma(input.extents, os, [&](const ExprPtr &extent) { print(*extent); });
    os << ']';
  }

  llvm::raw_ostream &os;
  unsigned indent = 0;
};

} // namespace

void resnetc::dsl::printAst(const File &file, llvm::raw_ostream &os) { Printer(os).print(file); }

void resnetc::dsl::printAst(const Expr &expr, llvm::raw_ostream &os) { Printer(os).print(expr); }
