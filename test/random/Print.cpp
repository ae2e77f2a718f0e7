//===- Print.cpp - a random network as text, in one of many hands -----------===//

#include "test/random/Print.h"

namespace resnetc::test {
namespace {

class Printer {
public:
  explicit Printer(std::mt19937 &random) : random(random) {
    percentSemicolons = random() % 3 * 20;
    percentOdd = random() % 4 * 5;
  }

  std::string print(const Program &program) {
    oddly("# a random network\n");
    if (program.imports)
      text += oddly() ? "import std.resnet;\n" : "import std.resnet\n\n";
    for (const auto &[name, value] : program.constants) {
      text += "const " + name + " = ";
      print(value);
      text += oddly() ? ";\n" : "\n";
    }
    for (const Block &block : program.blocks) {
      if (block.isImported)
        continue;
      text += "block " + block.name;
      print(block.parameters);
      print(block.body);
      text += "\n";
    }
    text += "network " + program.name;
    print(program.parameters);
    printNetworkBody(program);
    if (!program.train.empty()) {
      text += "\n\ntrain " + program.name + " {\n";
      for (const std::string &setting : program.train)
        text += "  " + setting + (oddly() ? ";\n" : "\n");
      text += "}";
    }
    return text + "\n";
  }

private:
  /// True now and then: something is written as few people write it.
  bool oddly() { return int(random() % 100) < percentOdd; }
  void oddly(const char *what) {
    if (oddly())
      text += what;
  }

  static int strength(const std::string &op) {
    if (op == "||" || op == "&&")
      return op == "||" ? 1 : 2;
    if (op == "+" || op == "-")
      return 4;
    return op == "*" || op == "/" || op == "//" || op == "%" ? 5 : 3;
  }

  void print(const Expr &expr, int outer = 0) {
    switch (expr.kind) {
    case Expr::Integer:
      text += std::to_string(expr.value);
      break;
    case Expr::Text:
    case Expr::Name:
      text += expr.text;
      break;
    case Expr::List:
      printList(expr.items);
      break;
    case Expr::Binary: {
      int own = strength(expr.text);
      bool parens = own < outer || oddly();
      text += parens ? "(" : "";
      print(expr.items[0], own == 3 ? own + 1 : own);
      text += " " + expr.text + (oddly() ? "\n    " : " ");
      print(expr.items[1], own + 1);
      text += parens ? ")" : "";
    }
    }
  }

  void printList(const std::vector<Expr> &items) {
    text += oddly() ? "[\n    " : "[";
    for (size_t i = 0; i < items.size(); ++i) {
      text += i ? oddly() ? ",\n    " : ", " : "";
      print(items[i]);
    }
    oddly(",");
    text += "]";
  }

  void print(const std::vector<Parameter> &parameters) {
    if (parameters.empty()) {
      text += " ";
      return;
    }
    text += "(";
    for (size_t i = 0; i < parameters.size(); ++i) {
      text += (i ? ", " : "") + parameters[i].name;
      if (parameters[i].byDefault) {
        text += " = ";
        print(*parameters[i].byDefault);
      }
    }
    text += ") ";
  }

  void printNetworkBody(const Program &program) {
    text += "{\n  input " + std::string(oddly() ? "x" : "image") + ": " + (program.isBytes ? "u8" : "f32");
    printList(program.extents);
    indent = 2;
    text += "\n";
    printStatements(program.body);
    indent = 0;
    text += "}";
  }

  void print(const Body &body) {
    if (body.empty()) {
      text += oddly() ? "{\n" + std::string(indent, ' ') + "}" : oddly() ? "{ }" : "{}";
      return;
    }
    text += "{\n";
    indent += 2;
    printStatements(body);
    indent -= 2;
    text += std::string(indent, ' ') + "}";
  }

  void printStatements(const Body &body) {
    bool fresh = true;
    for (const Statement &statement : body) {
      if (fresh)
        text += std::string(indent, ' ');
      print(statement);
      fresh = int(random() % 100) >= percentSemicolons;
      text += fresh ? oddly() ? " ; # end\n" : oddly() ? "\n\n" : "\n" : "; ";
    }
    if (!fresh)
      text += "\n";
  }

  void print(const Statement &statement) {
    if (!statement.label.empty())
      text += statement.label + (oddly() ? " : " : ": ");
    switch (statement.kind) {
    case Statement::Layer:
    case Statement::Call:
      return printCall(statement);
    case Statement::Group:
      return print(statement.bodies[0]);
    case Statement::Residual:
      return printResidual(statement);
    case Statement::Scale:
    case Statement::Carry:
      text += statement.kind == Statement::Scale ? "scale " : "carry ";
      return print(statement.bodies[0]);
    case Statement::Concat:
      text += "concat";
      for (const Body &branch : statement.bodies) {
        text += " ";
        print(branch);
      }
      return;
    case Statement::Repeat:
      text += "repeat ";
      print(statement.condition);
      text += statement.name.empty() ? " " : " as " + statement.name + " ";
      return print(statement.bodies[0]);
    case Statement::If:
      text += "if ";
      print(statement.condition);
      text += " ";
      print(statement.bodies[0]);
      if (statement.bodies.size() > 1) {
        text += " else ";
        print(statement.bodies[1]);
      }
    }
  }

  void printCall(const Statement &call) {
    text += call.name;
    if (call.arguments.empty()) {
      oddly("()");
      return;
    }
    text += oddly() ? "(\n" + std::string(indent + 4, ' ') : "(";
    for (size_t i = 0; i < call.arguments.size(); ++i) {
      const Argument &argument = call.arguments[i];
      text += i ? oddly() ? ",\n" + std::string(indent + 4, ' ') : ", " : "";
      if (!argument.isPositional)
        text += argument.name + (oddly() ? "=" : " = ");
      print(argument.value);
    }
    oddly(",");
    text += oddly() ? "\n" + std::string(indent, ' ') + ")" : ")";
  }

  void printResidual(const Statement &residual) {
    text += "residual ";
    print(residual.bodies[0]);
    bool gateFirst = random() % 2;
    if (residual.gate && gateFirst)
      printGate(*residual.gate);
    if (residual.shortcut != Statement::None) {
      static const char *const names[] = {"", "pad", "projection", "projection_always"};
      next();
      text += "shortcut " + (residual.shortcutLabel.empty() ? "" : residual.shortcutLabel + ": ");
      if (residual.shortcut == Statement::Branch)
        print(residual.branch);
      else
        text += names[residual.shortcut];
    }
    if (residual.gate && !gateFirst)
      printGate(*residual.gate);
  }
  void printGate(const Body &gate) {
    next();
    text += "gated ";
    print(gate);
  }
  void next() { text += oddly() ? "\n" + std::string(indent, ' ') : " "; }

  std::mt19937 &random;
  int percentSemicolons, percentOdd, indent = 0;
  std::string text;
};

} // namespace

std::string print(const Program &program, std::mt19937 &random) { return Printer(random).print(program); }

} // namespace resnetc::test
