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

  // ---- ElaborateResidual.cpp ----
  void visitResidual(const ast::Statement &statement, const ast::Residual &residual, NameScope &scope);
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
  unsigned steps = 0, layers = 0, residualDepth = 0;
  bool isAbandoned = false;
};

} // namespace resnetc::dsl

#endif // RESNETC_DSL_ELABORATEIMPL_H
