//===- ElaborateImpl.h - the elaborator's state, shared by its files --------------------------===//

#ifndef RESNETC_DSL_ELABORATEIMPL_H
#define RESNETC_DSL_ELABORATEIMPL_H

#include "dsl/Elaborate.h"
#include "dsl/Layers.h"
#include "dsl/NameScope.h"

namespace resnetc::dsl {

class Elaborator {
public:
  Elaborator(const ast::Definition &definition, Diagnostics &diagnostics)
      : definition(definition), diagnostics(diagnostics) {}

  std::optional<Network> run(llvm::ArrayRef<Override> overrides);

private:
  // ---- Elaborate.cpp: the network and its statements ----
  bool bindNetworkParameters(llvm::ArrayRef<Override> overrides);
  bool readInput();
  void visit(const ast::Body &body, NameScope &scope);
  void visit(const ast::Statement &statement, NameScope &scope);
  void visit(const ast::Call &call, const std::optional<ast::Name> &label, NameScope &scope);
  /// One more statement, or turn of a repeat; false, and abandoned, if there are too many.
  bool countStep(Location where);
  void visitRepeat(const ast::Repeat &repeat, NameScope &scope);
  void visitIf(const ast::If &condition, NameScope &scope);
  void visitLayer(const ast::Call &call, const std::optional<ast::Name> &label, NameScope &scope);
  InputKind inputKind() const;
  std::optional<LayerKind> buildLayer(const ast::Call &call);
  void visitBlock(const ast::Call &call, const std::optional<ast::Name> &label, NameScope &scope);
  /// Adds a layer to the sequence, if the shape is known and suits it.
  void append(LayerKind kind, const GivenName &given, Location where);

  // ---- ElaborateBranches.cpp: residual, scale, carry and concat ----
  /// Names a statement with branches; then elaborates it in the scope around it, or in one of its own if it has a
  /// label.
  void visitBranches(const ast::Statement &statement, llvm::StringRef kind, NameScope &scope);
  void elaborateScale(const ast::Statement &statement, const ast::Scale &scale, NameScope &scope, const GivenName &own);
  void elaborateConcat(const ast::Statement &statement, const ast::Concat &concat, NameScope &scope,
                       const GivenName &own);
  void visitGate(const ast::Branch &gate, Residual &result, const std::optional<Shape> &input,
                 const std::optional<Shape> &body, NameScope &scope);
  /// Fills `branch` with what a body makes of `input`; the result is its shape.
  std::optional<Shape> elaborateBranch(const ast::Body &body, Sequence &branch, const std::optional<Shape> &input,
                                       NameScope &scope);
  /// Reports, and returns false, if a gate of shape `gate` can't be multiplied to `value`.
  bool checkGate(Location where, llvm::StringRef word, const Sequence &branch, const Shape &gate, const Shape &value);
  static void noteChanges(Diagnostic &diagnostic, llvm::StringRef branch, const Sequence &layers);

  // ---- ElaborateResidual.cpp ----
  void elaborateResidual(const ast::Statement &statement, const ast::Residual &residual, NameScope &scope,
                         const GivenName &own);
  void visitShortcut(const ast::Shortcut &shortcut, Residual &result, const std::optional<Shape> &input,
                     const std::optional<Shape> &output, NameScope &scope);
  void makeProjection(const ast::Shortcut &shortcut, Residual &result, const Shape &input, const Shape &output,
                      NameScope &scope);
  void makePad(const ast::Shortcut &shortcut, Residual &result, const Shape &input, const Shape &output);
  void reportMismatch(Location where, const Residual &residual, const Shape &input, const Shape &body,
                      const Shape &shortcut);

  /// An error with the call chain beside its caret and below it.
  Diagnostic &error(Location where, const llvm::Twine &message);
  std::optional<Value> evaluate(const ast::Expr &expr);
  /// Work beside expressions and statements that a text can make large; false, and abandoned, if it is too much.
  bool spend(Location where, size_t amount);
  void poison() { shape.reset(); }
  /// Ends elaboration after a bound is passed.
  void abandon(Location where, const llvm::Twine &message);

  const ast::Definition &definition;
  Diagnostics &diagnostics;
  Network network;
  Environment *environment = nullptr;
  std::vector<Frame> chain;
  Sequence *sequence = nullptr; ///< where layers are added
  std::optional<Shape> shape;   ///< of the value so far; empty after an error
  unsigned steps = 0, layers = 0, branchDepth = 0;
  EvaluationSteps evaluation;
  size_t work = 0;
  bool isAbandoned = false;
};

/// Gives the residuals, scales and concats of one block different names.
void numberBranches(Network &network);

} // namespace resnetc::dsl

#endif // RESNETC_DSL_ELABORATEIMPL_H
