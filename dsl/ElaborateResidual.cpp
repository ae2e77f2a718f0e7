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
    else if (const auto *concat = std::get_if<Concat>(&layer.kind))
      multiply(strideOf(concat->branches.front())); // the others end with the same size
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

void Elaborator::elaborateResidual(const ast::Statement &statement, const ast::Residual &residual, NameScope &scope,
                                   const GivenName &own) {
  Residual result;
  std::optional<Shape> input = shape, body;
  body = elaborateBranch(residual.body, result.body, input, scope);
  unsigned errorsBefore = diagnostics.errorCount();
  if (residual.gate && !isAbandoned)
    visitGate(*residual.gate, result, input, body, scope);
  if (residual.shortcut && !isAbandoned)
    visitShortcut(*residual.shortcut, result, input, body, scope);
  else if (input && body && *input != *body)
    reportMismatch(statement.location, result, *input, *body, *input);
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
  noteChanges(diagnostic, "the body", residual.body);
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
