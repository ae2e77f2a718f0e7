//===- ElaborateResidual.cpp - the body, the shortcut and their shapes ---------------------------===//

#include "dsl/ElaborateImpl.h"
#include "dsl/InferShape.h"
#include "dsl/Resolve.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace resnetc::dsl;

namespace {

/// The product of all strides of a sequence; of no use (but harmless) where it grows beyond any map.
Pair strideOf(const Sequence &sequence) {
  Pair product = {1, 1};
  auto multiply = [&](const Pair &stride) {
    for (int axis : {0, 1})
      product[axis] = std::min<int64_t>(product[axis] * std::min<int64_t>(stride[axis], 1 << 20), int64_t(1) << 40);
  };
  for (const Layer &layer : sequence) {
    if (const auto *conv = std::get_if<Conv2d>(&layer.kind))
      multiply(conv->stride);
    else if (const auto *max = std::get_if<MaxPool>(&layer.kind))
      multiply(max->stride);
    else if (const auto *average = std::get_if<AvgPool>(&layer.kind))
      multiply(average->stride);
    else if (const auto *residual = std::get_if<Residual>(&layer.kind))
      multiply(strideOf(residual->body));
  }
  return product;
}

/// A 1x1 convolution; for vectors a matrix.
LayerKind projectionLayer(const Shape &output, Pair stride) {
  if (output.size() == 1)
    return Linear{output[0], /*bias=*/false};
  return Conv2d{output[0], {1, 1}, stride, {0, 0}, {0, 0}, {1, 1}};
}

bool canReach(const Shape &input, const Shape &output) { return strideBetween(input, output, {1, 1}).has_value(); }

} // namespace

void Elaborator::visitResidual(const ast::Statement &statement, const ast::Residual &residual, NameScope &scope) {
  auto sink = [this](Location where, const llvm::Twine &message) -> Diagnostic & { return error(where, message); };
  if (residualDepth >= maximalResidualDepth)
    return abandon(statement.location, "residuals are nested more than " + llvm::Twine(maximalResidualDepth) + " deep");
  if (!statement.label && !scope.own().path.empty())
    return elaborateResidual(statement, residual, scope, scope.own());
  std::optional<GivenName> given = scope.give(statement.label, "residual", statement.location, sink);
  if (!given)
    return poison();
  if (!statement.label)
    return elaborateResidual(statement, residual, scope, *given);
  NameScope inner(*given, NameScope::Sequential, residual.body);
  elaborateResidual(statement, residual, inner, *given);
}

void Elaborator::elaborateResidual(const ast::Statement &statement, const ast::Residual &residual, NameScope &scope,
                                   const GivenName &own) {
  Residual result;
  result.stride = {1, 1};
  std::optional<Shape> input = shape, body;
  if (++layers > maximalLayers)
    return abandon(statement.location, "the network has more than " + llvm::Twine(maximalLayers) + " layers");
  ++residualDepth;
  {
    llvm::SaveAndRestore<Sequence *> restore(sequence, &result.body);
    visit(residual.body, scope);
    body = shape;
  }
  unsigned errorsBefore = diagnostics.errorCount();
  if (residual.shortcut && !isAbandoned)
    visitShortcut(*residual.shortcut, result, input, body, scope);
  else if (input && body && *input != *body)
    reportMismatch(statement.location, result, *input, *body, *input);
  --residualDepth;
  shape = body;
  if (isAbandoned || !input || !body || diagnostics.errorCount() != errorsBefore)
    return poison();
  sequence->push_back({own.path, own.isStable, std::move(result), *input, *body, statement.location, chain});
}

void Elaborator::visitShortcut(const ast::Shortcut &shortcut, Residual &result, const std::optional<Shape> &input,
                               const std::optional<Shape> &output, NameScope &scope) {
  auto sink = [this](Location where, const llvm::Twine &message) -> Diagnostic & { return error(where, message); };
  const auto *call = std::get_if<ast::Call>(&shortcut.branch);
  if (call && !call->block && !call->layer) { // pad, projection, projection_always
    if (!input || !output)
      return;
    bool agree = *input == *output;
    if (agree && call->callee.text != "projection_always")
      return;
    if (call->callee.text == "pad")
      return makePad(shortcut, result, *input, *output);
    return makeProjection(shortcut, result, *input, *output, scope);
  }
  result.kind = ShortcutKind::Branch;
  llvm::SaveAndRestore<Sequence *> restore(sequence, &result.shortcut);
  shape = input;
  if (call) {
    visit(*call, shortcut.label, scope);
    if (shortcut.label)
      scope.uncount();
  } else {
    const ast::Body &body = std::get<ast::Group>(shortcut.branch).body;
    if (shortcut.label) {
      std::optional<GivenName> given = scope.give(shortcut.label, "shortcut", shortcut.location, sink);
      scope.uncount();
      NameScope inner(given.value_or(GivenName{"", false}), NameScope::Sequential, body);
      if (given)
        visit(body, inner);
    } else
      visit(body, scope);
  }
  if (input && output && shape && *shape != *output)
    reportMismatch(shortcut.location, result, *input, *output, *shape);
  if (result.shortcut.empty())
    result.kind = ShortcutKind::Identity;
}

void Elaborator::makePad(const ast::Shortcut &shortcut, Residual &result, const Shape &input, const Shape &output) {
  Location where = std::get<ast::Call>(shortcut.branch).callee.location;
  std::optional<Pair> stride = strideBetween(input, output, strideOf(result.body));
  if (!stride)
    return reportMismatch(where, result, input, output, input);
  if (output[0] < input[0]) {
    error(where, "pad adds channels, but the body makes " + describe(output) + " from " + describe(input))
        .help("write 'shortcut projection'");
    return;
  }
  result.kind = ShortcutKind::Pad;
  result.stride = *stride;
}

void Elaborator::makeProjection(const ast::Shortcut &shortcut, Residual &result, const Shape &input,
                                const Shape &output, NameScope &scope) {
  auto sink = [this](Location where, const llvm::Twine &message) -> Diagnostic & { return error(where, message); };
  Location where = std::get<ast::Call>(shortcut.branch).callee.location;
  std::optional<Pair> stride = strideBetween(input, output, strideOf(result.body));
  if (!stride)
    return reportMismatch(where, result, input, output, input);
  ast::Name name = shortcut.label ? *shortcut.label : ast::Name{"downsample", where};
  std::optional<GivenName> given = scope.give(name, "", where, sink);
  scope.uncount();
  if (!given)
    return;
  result.kind = ShortcutKind::Branch;
  llvm::SaveAndRestore<Sequence *> restoreSequence(sequence, &result.shortcut);
  shape = input;
  append(projectionLayer(output, *stride), {given->path + ".0", given->isStable}, where);
  append(BatchNorm{}, {given->path + ".1", given->isStable}, where);
}

void Elaborator::reportMismatch(Location where, const Residual &residual, const Shape &input, const Shape &body,
                                const Shape &shortcut) {
  Diagnostic &diagnostic = error(where, "residual adds " + describe(body) + " to " + describe(shortcut));
  constexpr unsigned shownLayers = 3;
  unsigned changes = 0;
  for (const Layer &layer : residual.body)
    if (layer.input != layer.output && ++changes <= shownLayers)
      diagnostic.note("the body changes the shape here: " + describe(layer));
  if (changes > shownLayers)
    diagnostic.note("and in " + llvm::Twine(changes - shownLayers) + " more layers");
  if (residual.kind == ShortcutKind::Branch) {
    diagnostic.help("the shortcut must make " + describe(body) + " from " + describe(input));
    return;
  }
  if (canReach(input, body))
    diagnostic.help(body[0] >= input[0] ? "write '} shortcut projection', or 'shortcut pad'"
                                        : "write '} shortcut projection'");
  else if (body.size() == input.size())
    diagnostic.help("no stride of a shortcut makes " + describe(body) + " from " + describe(input) +
                    ": let the body keep the size (pad) or divide it (stride)");
  else
    diagnostic.help("let the body end with the shape that it began with");
}
