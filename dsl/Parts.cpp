//===- Parts.cpp - a network without one of its blocks ---------------------===//

#include "dsl/Parts.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace resnetc::dsl {
namespace {

bool hasResidual(const Sequence &sequence) {
  for (const Layer &layer : sequence) {
    bool inside = std::holds_alternative<Residual>(layer.kind);
    forEachBranch(layer.kind, [&](const Sequence &branch) { inside |= hasResidual(branch); });
    if (inside)
      return true;
  }
  return false;
}

/// Calls `visit` for each residual before those inside of it; until it returns true.
bool visitResiduals(Sequence &sequence, llvm::function_ref<bool(Sequence &, size_t)> visit) {
  for (size_t i = 0; i < sequence.size(); ++i) {
    if (std::holds_alternative<Residual>(sequence[i].kind) && visit(sequence, i))
      return true;
    bool done = false;
    forEachBranch(sequence[i].kind, [&](Sequence &branch) { done = done || visitResiduals(branch, visit); });
    if (done)
      return true;
  }
  return false;
}

/// How many layers the call at `depth` made that the first layer comes from; 0 if it comes from none.
size_t callLength(llvm::ArrayRef<Layer> layers, size_t depth) {
  if (layers.front().chain.size() <= depth)
    return 0;
  const std::string &path = layers.front().chain[depth].path;
  return layers
      .take_while([&](const Layer &layer) { return layer.chain.size() > depth && layer.chain[depth].path == path; })
      .size();
}

/// Calls `visit` with begin and length of each call that keeps the shape.
void visitCalls(llvm::ArrayRef<Layer> layers, size_t first, size_t depth,
                llvm::function_ref<void(size_t begin, size_t length, const Frame &)> visit) {
  while (!layers.empty()) {
    size_t length = callLength(layers, depth);
    if (length && layers.front().input == layers[length - 1].output)
      visit(first, length, layers.front().chain[depth]);
    else if (length)
      visitCalls(layers.take_front(length), first, depth + 1, visit);
    length = std::max<size_t>(length, 1);
    layers = layers.drop_front(length);
    first += length;
  }
}

/// A layer that makes zeros of the residual's shape, if its weight is zero, and otherwise as little as possible.
Layer zeroBody(const Layer &layer, const Residual &residual) {
  Layer zero;
  zero.name = layer.name + ".removed";
  zero.input = layer.input;
  zero.output = layer.output;
  zero.location = layer.location;
  zero.chain = layer.chain;
  if (layer.output.size() == 1) {
    zero.kind = Linear{layer.output[0], /*bias=*/false};
  } else {
    Conv2d conv{};
    conv.channels = layer.output[0];
    conv.kernel = conv.dilation = {1, 1};
    conv.stride = residual.stride;
    zero.kind = conv;
  }
  return zero;
}

void removeResidual(Sequence &sequence, size_t index) {
  Layer layer = std::move(sequence[index]);
  auto &residual = std::get<Residual>(layer.kind);
  if (residual.kind == ShortcutKind::Pad) {
    residual.body.assign(1, zeroBody(layer, residual));
    residual.gate.reset();
    sequence[index] = std::move(layer);
    return;
  }
  Sequence shortcut = std::move(residual.shortcut); // empty: the identity
  if (shortcut.empty() && sequence.size() == 1) {
    layer.kind = Multiply{1}; // a sequence must not be empty
    shortcut.push_back(std::move(layer));
  }
  sequence.erase(sequence.begin() + index);
  sequence.insert(sequence.begin() + index, std::make_move_iterator(shortcut.begin()),
                  std::make_move_iterator(shortcut.end()));
}

} // namespace

std::vector<RemovablePart> removableParts(const Network &network) {
  std::vector<RemovablePart> parts;
  if (!hasResidual(network.layers)) {
    visitCalls(network.layers, 0, 0,
               [&](size_t, size_t, const Frame &frame) { parts.push_back({frame.path, frame.callee, parts.size()}); });
    return parts;
  }
  Network copy = network; // visitResiduals hands out what may be changed
  visitResiduals(copy.layers, [&](Sequence &sequence, size_t index) {
    const Layer &layer = sequence[index];
    parts.push_back({layer.name, layer.chain.empty() ? "residual" : layer.chain.back().callee, parts.size()});
    return false;
  });
  return parts;
}

Network withoutPart(const Network &network, const RemovablePart &part) {
  Network result = network;
  size_t number = 0;
  if (hasResidual(network.layers)) {
    visitResiduals(result.layers, [&](Sequence &sequence, size_t index) {
      if (number++ != part.index)
        return false;
      removeResidual(sequence, index);
      return true;
    });
    return result;
  }
  visitCalls(network.layers, 0, 0, [&](size_t begin, size_t length, const Frame &) {
    if (number++ == part.index)
      result.layers.erase(result.layers.begin() + begin, result.layers.begin() + begin + length);
  });
  return result;
}

} // namespace resnetc::dsl
