//===- NetworkCosts.cpp - parameters and multiply-adds of a network --------===//

#include "compiler/tools/resnetc/NetworkCosts.h"
#include "dsl/InferShape.h"

namespace resnetc::tool {
namespace {

// Elaboration has bounded every product that is formed here.

void add(NetworkCosts &costs, const dsl::Layer &layer, const dsl::Conv2d &conv) {
  int64_t filter = *dsl::countElements(dsl::filterShape(conv, layer.input));
  costs.weightLayers += 1;
  costs.parameters += filter + (conv.bias ? conv.channels : 0);
  costs.multiplyAdds += filter * (*dsl::countElements(layer.output) / conv.channels);
}

void add(NetworkCosts &costs, const dsl::Layer &layer, const dsl::Linear &linear) {
  int64_t matrix = linear.features * layer.input[0];
  costs.weightLayers += 1;
  costs.parameters += matrix + (linear.bias ? linear.features : 0);
  costs.multiplyAdds += matrix;
}

void add(NetworkCosts &costs, const dsl::Layer &layer, const dsl::BatchNorm &) {
  costs.parameters += 2 * layer.input[0];
}

void add(NetworkCosts &costs, const dsl::Layer &layer, const dsl::LayerNorm &) {
  costs.parameters += 2 * layer.input[0];
}

void add(NetworkCosts &costs, const dsl::Layer &layer, const dsl::LearnedScale &scale) {
  costs.parameters += scale.perChannel ? layer.input[0] : 1;
}

void add(NetworkCosts &costs, const dsl::Layer &layer, const dsl::LearnedBias &bias) {
  costs.parameters += bias.perChannel ? layer.input[0] : 1;
}

/// Every other layer has no parameters and no multiply-adds of its own; what is inside comes after.
template <typename Kind> void add(NetworkCosts &, const dsl::Layer &, const Kind &) {}

void addAll(NetworkCosts &costs, const dsl::Sequence &layers) {
  for (const dsl::Layer &layer : layers) {
    std::visit([&](const auto &kind) { add(costs, layer, kind); }, layer.kind);
    dsl::forEachBranch(layer.kind, [&](const dsl::Sequence &branch) { addAll(costs, branch); });
  }
}

} // namespace

NetworkCosts networkCosts(const dsl::Network &network) {
  NetworkCosts costs;
  addAll(costs, network.layers);
  return costs;
}

} // namespace resnetc::tool
