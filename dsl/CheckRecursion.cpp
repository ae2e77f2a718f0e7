//===- CheckRecursion.cpp - blocks that reach themselves -----------------------------------===//

#include "dsl/Resolve.h"
#include "llvm/ADT/DenseMap.h"

using namespace resnetc::dsl;
using namespace resnetc::dsl::ast;

namespace {

/// Finds blocks that reach themselves. Blocks are few and calls nest shallowly; deeper nests are refused, so that
/// neither this walk nor elaboration runs out of stack.
class RecursionCheck {
public:
  static constexpr unsigned maximalDepth = 32;

  explicit RecursionCheck(Diagnostics &diagnostics) : diagnostics(diagnostics) {}

  void visit(const Definition &definition) {
    if (isDone.lookup(&definition))
      return;
    if (stack.size() == maximalDepth) {
      diagnostics.error(definition.name.location,
                        "blocks call each other more than " + llvm::Twine(maximalDepth) + " deep");
      return;
    }
    stack.push_back(&definition);
    visit(definition.body);
    stack.pop_back();
    isDone[&definition] = true;
  }

private:
  void visit(const Body &body) {
    for (const Statement &statement : body) {
      if (const auto *call = std::get_if<Call>(&statement.node))
        visit(*call);
      else if (const auto *call = shortcutCall(statement))
        visit(*call);
      forEachBody(statement, [&](const Body &inner) { visit(inner); });
    }
  }

  void visit(const Call &call) {
    if (!call.block)
      return;
    auto begin = llvm::find(stack, call.block);
    if (begin == stack.end())
      return visit(*call.block);
    std::string path = "'" + call.block->name.text.str() + "'";
    bool isDirect = begin + 1 == stack.end();
    Diagnostic &error = diagnostics.error(call.callee.location, "block " + path + " calls itself" +
                                                                    (isDirect ? "" : " through other blocks"));
    for (auto it = begin + 1; it != stack.end(); ++it)
      path += " calls '" + (*it)->name.text.str() + "'";
    if (!isDirect)
      error.note(path + " calls '" + call.block->name.text + "'");
    error.help("to stack a block, write 'repeat n { … }'");
  }

  Diagnostics &diagnostics;
  std::vector<const Definition *> stack;
  llvm::DenseMap<const Definition *, bool> isDone;
};

} // namespace

void resnetc::dsl::checkRecursion(const Modules &modules, Diagnostics &diagnostics) {
  RecursionCheck recursion(diagnostics);
  for (const std::unique_ptr<Module> &module : modules)
    module->forEach<Definition>([&](Definition &definition) { recursion.visit(definition); });
}
