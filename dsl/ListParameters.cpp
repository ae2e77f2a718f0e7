//===- ListParameters.cpp - the parameter tensors of a network ------------------------------------===//

#include "dsl/Elaborate.h"
#include "dsl/InferShape.h"

using namespace resnetc::dsl;

static void collect(const Sequence &sequence, std::vector<ParameterTensor> &tensors) {
  for (const Layer &layer : sequence) {
    auto add = [&](const char *suffix, Shape shape) {
      tensors.push_back({layer.name + suffix, std::move(shape), layer.nameIsStable});
    };
    if (const auto *conv = std::get_if<Conv2d>(&layer.kind)) {
      add(".weight", filterShape(*conv, layer.input));
      if (conv->bias)
        add(".bias", {conv->channels});
    } else if (const auto *linear = std::get_if<Linear>(&layer.kind)) {
      add(".weight", {linear->features, layer.input[0]});
      if (linear->bias)
        add(".bias", {linear->features});
    } else if (std::holds_alternative<BatchNorm>(layer.kind)) {
      for (const char *suffix : {".weight", ".bias", ".running_mean", ".running_var"})
        add(suffix, {layer.input[0]});
    } else if (std::holds_alternative<LayerNorm>(layer.kind)) {
      for (const char *suffix : {".weight", ".bias"})
        add(suffix, {layer.input[0]});
    } else if (const auto *scale = std::get_if<LearnedScale>(&layer.kind)) {
      add(".weight", {scale->perChannel ? layer.input[0] : 1});
    } else if (const auto *bias = std::get_if<LearnedBias>(&layer.kind)) {
      add(".bias", {bias->perChannel ? layer.input[0] : 1});
    } else
      forEachBranch(layer.kind, [&](const Sequence &branch) { collect(branch, tensors); });
  }
}

std::vector<ParameterTensor> resnetc::dsl::listParameters(const Network &network) {
  std::vector<ParameterTensor> tensors;
  collect(network.layers, tensors);
  return tensors;
}
