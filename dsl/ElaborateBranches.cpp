//===- ElaborateBranches.cpp - scale, carry, concat and gates ------------------------------------===//

#include "dsl/ElaborateImpl.h"
#include "dsl/InferShape.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace resnetc::dsl;

void Elaborator::visitBranches(const ast::Statement &statement, llvm::StringRef kind, NameScope &scope) {
  auto sink = [this](Location where, const llvm::Twine &message) -> Diagnostic & { return error(where, message); };
  auto elaborate = [&](NameScope &inner, const GivenName &own) {
    if (const auto *residual = std::get_if<ast::Residual>(&statement.node))
      elaborateResidual(statement, *residual, inner, own);
    else if (const auto *scale = std::get_if<ast::Scale>(&statement.node))
      elaborateScale(statement, *scale, inner, own);
    else
      elaborateConcat(statement, std::get<ast::Concat>(statement.node), inner, own);
  };
  if (branchDepth >= maximalBranchDepth)
    return abandon(statement.location, "branches are nested more than " + llvm::Twine(maximalBranchDepth) + " deep");
  if (++layers > maximalLayers)
    return abandon(statement.location, "the network has more than " + llvm::Twine(maximalLayers) + " layers");
  llvm::SaveAndRestore<unsigned> restore(branchDepth, branchDepth + 1);
  if (!statement.label && !scope.own().path.empty())
    return elaborate(scope, scope.own());
  std::optional<GivenName> given = scope.give(statement.label, kind, statement.location, sink);
  if (!given)
    return poison();
  if (!statement.label)
    return elaborate(scope, *given);
  NameScope inner(*given, NameScope::Sequential, {});
  elaborate(inner, *given);
}

std::optional<Shape> Elaborator::elaborateBranch(const ast::Body &body, Sequence &branch,
                                                 const std::optional<Shape> &input, NameScope &scope) {
  llvm::SaveAndRestore<Sequence *> restore(sequence, &branch);
  shape = input;
  visit(body, scope);
  return shape;
}

void Elaborator::noteChanges(Diagnostic &diagnostic, llvm::StringRef branch, const Sequence &layers) {
  constexpr unsigned shownLayers = 3;
  unsigned changes = 0;
  for (const Layer &layer : layers)
    if (layer.input != layer.output && ++changes <= shownLayers)
      diagnostic.note(branch + " changes the shape here: " + describe(layer));
  if (changes > shownLayers)
    diagnostic.note("and in " + llvm::Twine(changes - shownLayers) + " more layers");
}

bool Elaborator::checkGate(Location where, llvm::StringRef word, const Sequence &branch, const Shape &gate,
                           const Shape &value) {
  if (isGateOf(gate, value))
    return true;
  Diagnostic &diagnostic = error(where, word + " multiplies " + describe(value) + " by " + describe(gate));
  noteChanges(diagnostic, "the branch", branch);
  Shape onePixel(value.size(), 1);
  onePixel[0] = value[0];
  if (value.size() == 1)
    diagnostic.help("its branch must make " + describe(value));
  else
    diagnostic.help("its branch must make " + describe(value) +
                    ", or one value for each channel: " + llvm::Twine(value[0]) + " or " + describe(onePixel));
  return false;
}

void Elaborator::visitGate(const ast::Branch &gate, Residual &result, const std::optional<Shape> &input,
                           const std::optional<Shape> &body, NameScope &scope) {
  std::optional<Shape> made = elaborateBranch(gate.body, result.gate.emplace(), input, scope);
  if (made && body)
    checkGate(gate.location, "the gate", *result.gate, *made, *body);
}

void Elaborator::elaborateScale(const ast::Statement &statement, const ast::Scale &scale, NameScope &scope,
                                const GivenName &own) {
  Scale result;
  result.complement = scale.isCarry;
  std::optional<Shape> input = shape, gate = elaborateBranch(scale.body, result.branch, input, scope);
  bool isGood =
      input && gate && checkGate(statement.location, scale.isCarry ? "carry" : "scale", result.branch, *gate, *input);
  if (isAbandoned || !isGood)
    return poison();
  shape = input;
  sequence->push_back({own.path, own.isStable, std::move(result), *input, *input, statement.location, chain});
}

void Elaborator::elaborateConcat(const ast::Statement &statement, const ast::Concat &concat, NameScope &scope,
                                 const GivenName &own) {
  Concat result;
  std::optional<Shape> input = shape, output;
  bool isGood = true;
  for (const ast::Branch &branch : concat.branches) {
    Sequence &layers = result.branches.emplace_back();
    std::optional<Shape> made = elaborateBranch(branch.body, layers, input, scope);
    if (isAbandoned || !made) {
      isGood = false;
      continue;
    }
    if (!output) {
      output = made;
      continue;
    }
    if (made->size() == output->size() && std::equal(made->begin() + 1, made->end(), output->begin() + 1)) {
      (*output)[0] += (*made)[0];
      continue;
    }
    if (!isGood)
      continue; // perhaps the first branch is the wrong one: that is one mistake
    isGood = false;
    Diagnostic &diagnostic = error(branch.location, "concat puts " + describe(*made) + " behind " + describe(*output));
    noteChanges(diagnostic, "this branch", layers);
    diagnostic.help("the branches of concat may differ in their channels alone");
  }
  if (isGood && !countElements(*output)) {
    error(statement.location, "concat makes " + describe(*output) + ", more than 2^31 - 1 elements");
    isGood = false;
  }
  if (!isGood)
    return poison();
  shape = output;
  sequence->push_back({own.path, own.isStable, std::move(result), *input, *output, statement.location, chain});
}
