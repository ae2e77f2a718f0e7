//===- ListParameters.cpp - the parameter tensors of a network ------------------------------------===//

#include "dsl/Elaborate.h"

using namespace resnetc::dsl;

static void collect(const Sequence &sequence, std::vector<ParameterTensor> &tensors) {
  for (const Layer &layer : sequence) {
    auto add = [&](const char *suffix, Shape shape) {
      tensors.push_back({layer.name + suffix, std::move(shape), layer.nameIsStable});
    };
    if (const auto *conv = std::get_if<Conv2d>(&layer.kind)) {
      add(".weight", {conv->channels, layer.input[0] / conv->groups, conv->kernel[0], conv->kernel[1]});
      if (conv->bias)
        add(".bias", {conv->channels});
    } else if (const auto *linear = std::get_if<Linear>(&layer.kind)) {
      add(".weight", {linear->features, layer.input[0]});
      if (linear->bias)
        add(".bias", {linear->features});
    } else if (std::holds_alternative<BatchNorm>(layer.kind)) {
      for (const char *suffix : {".weight", ".bias", ".running_mean", ".running_var"})
        add(suffix, {layer.input[0]});
    } else if (const auto *residual = std::get_if<Residual>(&layer.kind)) {
      collect(residual->body, tensors);
      collect(residual->shortcut, tensors);
    }
  }
}

std::vector<ParameterTensor> resnetc::dsl::listParameters(const Network &network) {
  std::vector<ParameterTensor> tensors;
  collect(network.layers, tensors);
  return tensors;
}
