//===- LayerTree.cpp - a network as a person would tell it ----------------===//

#include "compiler/inspect/LayerTree.h"
#include "dsl/InferShape.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"

namespace resnetc::inspect {
namespace {

/// Longer runs are not looked for: a unit of more layers than this is a block in any text.
constexpr size_t longestRun = 24;

class TreeBuilder {
public:
  explicit TreeBuilder(bool fold) : fold(fold) {}

  /// Layers that were made by the first `depth` calls of their chain together.
  Nodes build(llvm::ArrayRef<dsl::Layer> layers, size_t depth) {
    Nodes nodes;
    while (!layers.empty()) {
      size_t count = callLength(layers, depth);
      nodes.push_back(count ? makeCall(layers.take_front(count), depth) : makeLayer(layers.front()));
      layers = layers.drop_front(std::max<size_t>(count, 1));
    }
    return fold ? foldRuns(std::move(nodes)) : std::move(nodes);
  }

private:
  /// How many layers the block call at `depth` made that the first one comes from; 0 if it comes from none.
  static size_t callLength(llvm::ArrayRef<dsl::Layer> layers, size_t depth) {
    if (layers.front().chain.size() <= depth)
      return 0;
    const std::string &path = layers.front().chain[depth].path;
    return layers
        .take_while(
            [&](const dsl::Layer &layer) { return layer.chain.size() > depth && layer.chain[depth].path == path; })
        .size();
  }

  Node makeCall(llvm::ArrayRef<dsl::Layer> layers, size_t depth) {
    const dsl::Frame &frame = layers.front().chain[depth];
    Node node;
    node.block = frame.callee;
    node.name = node.last = frame.path;
    node.input = layers.front().input;
    node.output = layers.back().output;
    node.branches.push_back({"", build(layers, depth + 1)});
    node.structure = number("block " + node.block + keyOf(node.branches));
    return node;
  }

  Node makeLayer(const dsl::Layer &layer) {
    Node node;
    node.layer = &layer;
    node.name = node.last = layer.name;
    node.input = layer.input;
    node.output = layer.output;
    size_t depth = layer.chain.size();
    auto add = [&](llvm::StringRef role, const dsl::Sequence &branch) {
      node.branches.push_back({role, build(branch, depth)});
    };
    std::string own = describeStructure(layer);
    if (const auto *residual = std::get_if<dsl::Residual>(&layer.kind)) {
      own += " " + std::to_string(int(residual->kind));
      add("body", residual->body);
      if (residual->kind == dsl::ShortcutKind::Branch)
        add("shortcut", residual->shortcut);
      if (residual->gate)
        add("gate", *residual->gate);
    } else
      dsl::forEachBranch(layer.kind, [&](const dsl::Sequence &branch) { add("branch", branch); });
    node.structure =
        number(own + " " + dsl::describe(layer.input) + dsl::describe(layer.output) + keyOf(node.branches));
    return node;
  }

  /// Blocks that differ in how often they drop out are equal: stochastic depth gives every block a rate of its own.
  static std::string describeStructure(const dsl::Layer &layer) {
    bool isDropping =
        std::holds_alternative<dsl::Dropout>(layer.kind) || std::holds_alternative<dsl::DropPath>(layer.kind);
    return isDropping ? dsl::layerName(layer.kind).str() : dsl::describe(layer);
  }

  static std::string keyOf(const std::vector<Branch> &branches) {
    std::string key;
    for (const Branch &branch : branches) {
      key += (" " + branch.role + "{").str();
      for (const Node &node : branch.nodes)
        key += std::to_string(node.structure) + "x" + std::to_string(node.count) + " ";
      key += "}";
    }
    return key;
  }

  size_t number(const std::string &key) { return numbers.try_emplace(key, numbers.size()).first->second; }

  /// How often the first `length` nodes stand behind each other at the beginning.
  static size_t repetitions(llvm::ArrayRef<Node> nodes, size_t length) {
    size_t same = length;
    while (same < nodes.size() && nodes[same].structure == nodes[same - length].structure)
      ++same;
    return same / length;
  }

  /// Greedy from the front: the run that saves the most nodes, the shortest of those.
  Nodes foldRuns(Nodes nodes) {
    Nodes result;
    for (size_t at = 0; at < nodes.size();) {
      llvm::ArrayRef<Node> rest = llvm::ArrayRef(nodes).drop_front(at);
      size_t best = 1, count = 1;
      for (size_t length = 1; length <= std::min(longestRun, rest.size() / 2); ++length)
        if (size_t times = repetitions(rest, length); (times - 1) * length > (count - 1) * best) {
          best = length;
          count = times;
        }
      result.push_back(best == 1 ? std::move(nodes[at]) : makeRun(rest.take_front(best)));
      result.back().count = static_cast<int64_t>(count);
      result.back().last = rest[(count - 1) * best].last;
      at += best * count;
    }
    return result;
  }

  Node makeRun(llvm::ArrayRef<Node> run) {
    Node node;
    node.name = run.front().name;
    node.input = run.front().input;
    node.output = run.back().output;
    node.branches.push_back({"", run.vec()});
    node.structure = number("run" + keyOf(node.branches));
    return node;
  }

  bool fold;
  llvm::StringMap<size_t> numbers;
};

} // namespace

Nodes makeTree(const dsl::Network &network, bool fold) { return TreeBuilder(fold).build(network.layers, 0); }

} // namespace resnetc::inspect
