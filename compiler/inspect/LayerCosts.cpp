//===- LayerCosts.cpp - parameters and multiply-adds of layers --------------===//

#include "compiler/inspect/LayerCosts.h"
#include "dsl/InferShape.h"

namespace resnetc::inspect {
namespace {

// Elaboration has bounded every product that is formed here.

void add(Costs &costs, const dsl::Layer &layer, const dsl::Conv2d &conv) {
  int64_t filter = *dsl::countElements(dsl::filterShape(conv, layer.input));
  costs.weightLayers += 1;
  costs.parameters += filter + (conv.bias ? conv.channels : 0);
  costs.multiplyAdds += filter * (*dsl::countElements(layer.output) / conv.channels);
}

void add(Costs &costs, const dsl::Layer &layer, const dsl::Linear &linear) {
  int64_t matrix = linear.features * layer.input[0];
  costs.weightLayers += 1;
  costs.parameters += matrix + (linear.bias ? linear.features : 0);
  costs.multiplyAdds += matrix;
}

void add(Costs &costs, const dsl::Layer &layer, const dsl::BatchNorm &) { costs.parameters += 2 * layer.input[0]; }

void add(Costs &costs, const dsl::Layer &layer, const dsl::LayerNorm &) { costs.parameters += 2 * layer.input[0]; }

void add(Costs &costs, const dsl::Layer &layer, const dsl::LearnedScale &scale) {
  costs.parameters += scale.perChannel ? layer.input[0] : 1;
}

void add(Costs &costs, const dsl::Layer &layer, const dsl::LearnedBias &bias) {
  costs.parameters += bias.perChannel ? layer.input[0] : 1;
}

/// Every other layer has no parameters and no multiply-adds of its own; what is inside comes after.
template <typename Kind> void add(Costs &, const dsl::Layer &, const Kind &) {}

void addAll(Costs &total, const dsl::Sequence &layers) {
  for (const dsl::Layer &layer : layers) {
    Costs costs = layerCosts(layer);
    total.weightLayers += costs.weightLayers;
    total.parameters += costs.parameters;
    total.multiplyAdds += costs.multiplyAdds;
    dsl::forEachBranch(layer.kind, [&](const dsl::Sequence &branch) { addAll(total, branch); });
  }
}

} // namespace

Costs layerCosts(const dsl::Layer &layer) {
  Costs costs;
  std::visit([&](const auto &kind) { add(costs, layer, kind); }, layer.kind);
  return costs;
}

Costs networkCosts(const dsl::Network &network) {
  Costs total;
  addAll(total, network.layers);
  return total;
}

} // namespace resnetc::inspect
