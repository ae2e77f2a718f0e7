//===- Body.cpp - the first blocks of a network, with its head -------------===//

#include "dsl/InferShape.h"
#include "dsl/Parts.h"
#include "llvm/ADT/ArrayRef.h"

namespace resnetc::dsl {
namespace {

/// A block call or a residual outside of blocks, as a range of network.layers.
struct Block {
  size_t begin, end;
  std::string name;
};

std::vector<Block> blocksOf(const Network &network) {
  std::vector<Block> blocks;
  const Sequence &layers = network.layers;
  for (size_t i = 0; i < layers.size();) {
    size_t end = i + 1;
    if (!layers[i].chain.empty()) {
      const std::string &path = layers[i].chain.front().path;
      while (end < layers.size() && !layers[end].chain.empty() && layers[end].chain.front().path == path)
        ++end;
      blocks.push_back({i, end, path});
    } else if (std::holds_alternative<Residual>(layers[i].kind)) {
      blocks.push_back({i, end, layers[i].name});
    }
    i = end;
  }
  return blocks;
}

/// "layer1" of layer1.0 and layer1.2: the dotted words that all names of a step have in common.
std::string commonName(llvm::StringRef first, llvm::StringRef last) {
  if (first == last)
    return first.str();
  size_t common = 0;
  for (size_t i = 0; i < std::min(first.size(), last.size()) && first[i] == last[i]; ++i)
    if (first[i] == '.')
      common = i;
  return common ? first.take_front(common).str() : (first + " to " + last).str();
}

llvm::Error inferAnew(Sequence &sequence, Shape &shape);

llvm::Error inferBranches(Layer &layer, Shape &shape) {
  std::vector<Shape> outputs;
  llvm::Error error = llvm::Error::success();
  forEachBranch(layer.kind, [&](Sequence &branch) {
    Shape output = layer.input;
    if (!error)
      error = inferAnew(branch, output);
    outputs.push_back(std::move(output));
  });
  if (error)
    return error;
  auto fail = [&] {
    return llvm::createStringError("the head's " + layerName(layer.kind) + " '" + layer.name +
                                   "' does not fit on the shape " + describe(layer.input));
  };
  if (std::holds_alternative<Scale>(layer.kind)) {
    if (!isGateOf(outputs[0], layer.input))
      return fail();
    layer.output = layer.input;
  } else if (std::holds_alternative<Concat>(layer.kind)) {
    layer.output = outputs[0];
    for (const Shape &output : llvm::ArrayRef(outputs).drop_front()) {
      if (llvm::ArrayRef(output).drop_front() != llvm::ArrayRef(outputs[0]).drop_front())
        return fail();
      layer.output[0] += output[0];
    }
  } else {
    const auto &residual = std::get<Residual>(layer.kind);
    layer.output = outputs[0];
    const Shape &shortcut = residual.kind == ShortcutKind::Branch ? outputs[1] : layer.input;
    // What `pad` and `projection` have become was decided for other shapes.
    if (residual.kind == ShortcutKind::Pad || shortcut != layer.output ||
        (residual.gate && !isGateOf(outputs[2], layer.output)))
      return fail();
  }
  shape = layer.output;
  return llvm::Error::success();
}

llvm::Error inferAnew(Sequence &sequence, Shape &shape) {
  for (Layer &layer : sequence) {
    layer.input = shape;
    bool hasBranches = false;
    forEachBranch(layer.kind, [&](Sequence &) { hasBranches = true; });
    if (hasBranches) {
      if (llvm::Error error = inferBranches(layer, shape))
        return error;
      continue;
    }
    ShapeProblem problem;
    std::optional<Shape> output = inferShape(layer.kind, shape, problem);
    if (!output)
      return llvm::createStringError("the head's layer '" + layer.name + "': " + problem.message);
    layer.output = shape = std::move(*output);
  }
  return llvm::Error::success();
}

void collectParameterLayers(llvm::ArrayRef<Layer> layers, std::vector<std::string> &names) {
  for (const Layer &layer : layers) {
    bool has = std::holds_alternative<Conv2d>(layer.kind) || std::holds_alternative<Linear>(layer.kind) ||
               std::holds_alternative<BatchNorm>(layer.kind) || std::holds_alternative<LayerNorm>(layer.kind) ||
               std::holds_alternative<LearnedScale>(layer.kind) || std::holds_alternative<LearnedBias>(layer.kind);
    if (has)
      names.push_back(layer.name);
    forEachBranch(layer.kind, [&](const Sequence &branch) { collectParameterLayers(branch, names); });
  }
}

} // namespace

llvm::Expected<Body> bodyOf(const Network &network, Granularity granularity) {
  std::vector<Block> blocks = blocksOf(network);
  if (blocks.empty())
    return llvm::createStringError("network '" + network.name +
                                   "' has neither blocks nor residuals: there is nothing to train step by step");
  Body body;
  std::string first;
  for (size_t i = 0; i < blocks.size(); ++i) {
    auto keepsShape = [&](const Block &block) {
      return network.layers[block.begin].input == network.layers[block.end - 1].output;
    };
    bool joins =
        i > 0 && granularity == Granularity::Stages && keepsShape(blocks[i]) && blocks[i - 1].end == blocks[i].begin;
    if (!joins) {
      body.ends.push_back(0);
      body.names.emplace_back();
      first = blocks[i].name;
    }
    body.ends.back() = blocks[i].end;
    body.names.back() = commonName(first, blocks[i].name);
  }
  return body;
}

llvm::Expected<Network> firstPart(const Network &network, const Body &body, size_t step) {
  Network result = network;
  size_t end = body.ends[step], head = body.ends.back();
  result.layers.erase(result.layers.begin() + end, result.layers.begin() + head);
  Sequence headLayers(std::make_move_iterator(result.layers.begin() + end),
                      std::make_move_iterator(result.layers.end()));
  result.layers.resize(end);
  Shape shape = result.layers.back().output;
  if (llvm::Error error = inferAnew(headLayers, shape))
    return error;
  result.layers.insert(result.layers.end(), std::make_move_iterator(headLayers.begin()),
                       std::make_move_iterator(headLayers.end()));
  result.output = std::move(shape);
  if (result.output != network.output)
    return llvm::createStringError("the head of network '" + network.name + "' makes " + describe(result.output) +
                                   " after '" + body.names[step] + "', and " + describe(network.output) +
                                   " after the whole body");
  return result;
}

std::vector<std::string> parameterLayers(const Network &network, size_t end) {
  std::vector<std::string> names;
  collectParameterLayers(llvm::ArrayRef(network.layers).take_front(end), names);
  return names;
}

} // namespace resnetc::dsl
