//===- LayerFigures.cpp - how each layer and block looks -------------------===//

#include "compiler/inspect/drawing/LayerFigures.h"
#include "compiler/inspect/LayerCosts.h"
#include "compiler/inspect/Numbers.h"
#include "dsl/InferShape.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using llvm::StringRef;

namespace resnetc::inspect {
namespace {

constexpr double gap = 13;

// ---- the words in a box ----

std::string extent(dsl::Pair pair, bool isSignal) {
  return isSignal || pair[0] == pair[1] ? std::to_string(pair[1])
                                        : std::to_string(pair[0]) + "×" + std::to_string(pair[1]);
}
std::string window(dsl::Pair kernel, dsl::Pair stride, bool isSignal) {
  std::string text = isSignal ? std::to_string(kernel[1]) : std::to_string(kernel[0]) + "×" + std::to_string(kernel[1]);
  return stride[0] * stride[1] == 1 ? text : text + " /" + extent(stride, isSignal);
}

struct Words {
  StringRef style; ///< see boxKinds
  std::string title;
  std::vector<std::string> details;
};

struct Describe {
  const dsl::Layer &layer;
  bool isSignal = layer.input.size() == 2;

  Words operator()(const dsl::Conv2d &conv) const {
    Words words{
        "conv", "conv " + window(conv.kernel, conv.stride, isSignal) + ", " + std::to_string(conv.channels), {}};
    if (conv.groups > 1)
      words.details.push_back(std::to_string(conv.groups) + " groups");
    if (conv.dilation[0] * conv.dilation[1] > 1)
      words.details.push_back("dilation " + extent(conv.dilation, isSignal));
    return words;
  }
  Words operator()(const dsl::Linear &linear) const {
    return {"linear", "linear " + std::to_string(linear.features), {}};
  }
  Words operator()(const dsl::MaxPool &pool) const {
    return {"pool", "max_pool " + window(pool.kernel, pool.stride, isSignal), {}};
  }
  Words operator()(const dsl::AvgPool &pool) const {
    return {"pool", "avg_pool " + window(pool.kernel, pool.stride, isSignal), {}};
  }
  Words operator()(const dsl::GlobalAvgPool &) const { return {"pool", "global_avg_pool", {}}; }
  Words operator()(const dsl::GlobalMaxPool &) const { return {"pool", "global_max_pool", {}}; }
  Words operator()(const dsl::Multiply &) const { return {"function", dsl::describe(layer), {}}; }
  template <typename Kind> Words operator()(const Kind &) const {
    return {"function", dsl::layerName(layer.kind).str(), {}};
  }
};

std::string tooltip(const dsl::Layer &layer) {
  Costs costs = layerCosts(layer);
  std::string text = layer.name + ": " + dsl::describe(layer) + "\n" + dsl::describe(layer.input) + " to " +
                     dsl::describe(layer.output);
  if (costs.parameters)
    text += "\n" + withCommas(costs.parameters) + " parameters";
  if (costs.multiplyAdds)
    text += ", " + withUnit(costs.multiplyAdds) + " MACs";
  return text;
}

// ---- plain layers: boxes ----

bool isPlain(const Node &node) { return node.layer && node.branches.empty() && node.count == 1; }

Words wordsOf(const Node &node) { return std::visit(Describe{*node.layer}, node.layer->kind); }

/// Takes the plain layers at the front that share one box: one of any kind and the functions behind it.
Piece takeBox(llvm::ArrayRef<Node> &nodes) {
  const Node *first = &nodes.front(), *last = first;
  Words words = wordsOf(*first);
  std::string tip = tooltip(*first->layer);
  nodes = nodes.drop_front();
  for (; !nodes.empty() && isPlain(nodes.front()); nodes = nodes.drop_front()) {
    Words next = wordsOf(nodes.front());
    if (next.style != "function")
      break;
    last = &nodes.front();
    tip += "\n" + tooltip(*last->layer);
    if (words.style == "function")
      words.title += ", " + next.title;
    else
      words.details.push_back(next.title);
  }
  return {box(words.style, words.title, llvm::join(words.details, ", "), tip), first, last};
}

// ---- layers with branches ----

Figure branchFigure(const Nodes &nodes) {
  std::vector<Figure> figures;
  for (Piece &piece : makePieces(nodes, /*cards=*/false))
    figures.push_back(std::move(piece.figure));
  return figures.empty() ? wire(0) : stack(std::move(figures), gap);
}

Figure residualFigure(const Node &node, const dsl::Residual &residual) {
  Figure body;
  std::vector<Lane> lanes;
  Lane skip{wire(0), "skip", residual.kind == dsl::ShortcutKind::Pad ? "pad" : "", false};
  for (const Branch &branch : node.branches) {
    if (branch.role == "body")
      body = branchFigure(branch.nodes);
    else if (branch.role == "shortcut")
      skip.figure = branchFigure(branch.nodes);
    else
      lanes.push_back({branchFigure(branch.nodes), "gate", "gate", /*onLeft=*/true});
  }
  lanes.push_back(std::move(skip));
  return forkAndJoin(std::move(body), std::move(lanes), "skip", "+", tooltip(*node.layer));
}

Figure scaleFigure(const Node &node, const dsl::Scale &scale) {
  std::vector<Lane> lanes = {
      {branchFigure(node.branches.front().nodes), "gate", scale.complement ? "1 − …" : "", false}};
  return forkAndJoin(wire(0), std::move(lanes), "gate", "×", tooltip(*node.layer));
}

Figure concatFigure(const Node &node) {
  std::vector<Lane> lanes;
  for (const Branch &branch : llvm::drop_begin(node.branches))
    lanes.push_back({branchFigure(branch.nodes), "wire", "", false});
  return forkAndJoin(branchFigure(node.branches.front().nodes), std::move(lanes), "wire", "cat", tooltip(*node.layer));
}

/// One of a node's `count`.
Figure single(const Node &node) {
  if (!node.layer)
    return branchFigure(node.branches.front().nodes);
  if (const auto *residual = std::get_if<dsl::Residual>(&node.layer->kind))
    return residualFigure(node, *residual);
  if (const auto *scale = std::get_if<dsl::Scale>(&node.layer->kind))
    return scaleFigure(node, *scale);
  if (std::holds_alternative<dsl::Concat>(node.layer->kind))
    return concatFigure(node);
  llvm::ArrayRef<Node> nodes(node);
  return takeBox(nodes).figure;
}

} // namespace

std::vector<Piece> makePieces(const Nodes &nodes, bool cards) {
  std::vector<Piece> pieces;
  for (llvm::ArrayRef<Node> rest(nodes); !rest.empty();) {
    if (isPlain(rest.front())) {
      pieces.push_back(takeBox(rest));
      continue;
    }
    const Node &node = rest.front();
    Figure figure = single(node);
    if (node.count > 1 || (cards && !node.layer)) {
      std::string names = node.count > 1 ? node.name + " … " + node.last : node.name;
      figure = card(std::move(figure), node.block.empty() ? "repeated" : node.block, names, node.count);
    }
    pieces.push_back({std::move(figure), &node, &node});
    rest = rest.drop_front();
  }
  return pieces;
}

llvm::ArrayRef<BoxKind> boxKinds() {
  static constexpr BoxKind kinds[] = {
      {"conv", "convolution"}, {"linear", "linear"}, {"pool", "pool"}, {"function", "norm, activation, …"}};
  return kinds;
}

} // namespace resnetc::inspect
