//===- PrintJson.cpp - an inspection for programs --------------------------===//

#include "compiler/inspect/Print.h"
#include "dsl/InferShape.h"

using namespace llvm;

namespace resnetc::inspect {
namespace {

json::Value fieldJson(const ReceptiveField &field) {
  return field.whole ? json::Value("all") : json::Value(json::Array(field.size));
}

json::Array callsJson(const std::vector<const CallFacts *> &calls) {
  json::Array result;
  for (const CallFacts *call : calls)
    result.push_back(json::Object{{"kernel", call->kernel.str()},
                                  {"layout", toString(call->output.layout)},
                                  {"border", call->output.border},
                                  {"output_bytes", call->outputBytes}});
  return result;
}

class JsonBuilder {
public:
  explicit JsonBuilder(const Inspection &inspection) : inspection(inspection) {}

  /// `inside` and `role`: the layer whose branch this is, and which; null at the top.
  void add(const Nodes &nodes, const dsl::Layer *inside, StringRef role) {
    for (const Node &node : nodes) {
      if (node.layer)
        layers.push_back(layerJson(*node.layer, inside, role));
      for (const Branch &branch : node.branches)
        add(branch.nodes, node.layer ? node.layer : inside, node.layer ? branch.role : role);
    }
  }

  json::Array layers;

private:
  json::Object layerJson(const dsl::Layer &layer, const dsl::Layer *inside, StringRef role) {
    Costs costs = layerCosts(layer);
    const LayerCode &code = inspection.code(layer);
    json::Object object{{"name", layer.name},
                        {"kind", dsl::layerName(layer.kind)},
                        {"text", dsl::describe(layer)},
                        {"input", json::Array(layer.input)},
                        {"output", json::Array(layer.output)},
                        {"parameters", costs.parameters},
                        {"multiply_adds", costs.multiplyAdds},
                        {"receptive_field", fieldJson(inspection.field(layer))},
                        {"calls", callsJson(code.calls)}};
    if (code.calls.empty() && !code.within.empty())
      object["fused_into"] = code.within;
    if (inside) {
      object["inside"] = inside->name;
      object["role"] = role;
    }
    return object;
  }

  const Inspection &inspection;
};

} // namespace

json::Object toJson(const Inspection &inspection) {
  JsonBuilder builder(inspection);
  builder.add(makeTree(inspection.network, /*fold=*/false), nullptr, "");
  const PlanFacts &plan = inspection.plan;
  return json::Object{{"network", inspection.network.name},
                      {"input", json::Array(inspection.network.input)},
                      {"output", json::Array(inspection.network.output)},
                      {"weight_layers", inspection.costs.weightLayers},
                      {"parameters", inspection.costs.parameters},
                      {"multiply_adds", inspection.costs.multiplyAdds},
                      {"receptive_field", fieldJson(inspection.widestField())},
                      {"batch", plan.batch},
                      {"kernels", plan.kernels},
                      {"workspace_bytes", plan.workspaceBytes},
                      {"packed_weight_bytes", plan.packedBytes},
                      {"entry_calls", callsJson(inspection.entryCalls())},
                      {"layers", std::move(builder.layers)}};
}

} // namespace resnetc::inspect
