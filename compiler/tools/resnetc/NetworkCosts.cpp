//===- NetworkCosts.cpp - parameters and multiply-adds of a network --------===//

#include "compiler/tools/resnetc/NetworkCosts.h"

namespace resnetc::tool {
namespace {

// Elaboration has bounded every product that is formed here.

void add(NetworkCosts &costs, const dsl::Layer &layer, const dsl::Conv2d &conv) {
  int64_t filter = conv.channels * (layer.input[0] / conv.groups) * conv.kernel[0] * conv.kernel[1];
  costs.weightLayers += 1;
  costs.parameters += filter + (conv.bias ? conv.channels : 0);
  costs.multiplyAdds += filter * layer.output[1] * layer.output[2];
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

void addAll(NetworkCosts &costs, const dsl::Sequence &layers);

void add(NetworkCosts &costs, const dsl::Layer &, const dsl::Residual &residual) {
  addAll(costs, residual.body);
  addAll(costs, residual.shortcut);
}

/// Every other layer has no parameters and no multiply-adds.
template <typename Kind> void add(NetworkCosts &, const dsl::Layer &, const Kind &) {}

void addAll(NetworkCosts &costs, const dsl::Sequence &layers) {
  for (const dsl::Layer &layer : layers)
    std::visit([&](const auto &kind) { add(costs, layer, kind); }, layer.kind);
}

} // namespace

NetworkCosts networkCosts(const dsl::Network &network) {
  NetworkCosts costs;
  addAll(costs, network.layers);
  return costs;
}

} // namespace resnetc::tool
