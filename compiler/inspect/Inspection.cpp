//===- Inspection.cpp - all that inspect shows of a network ----------------===//

#include "compiler/inspect/Inspection.h"
#include "llvm/ADT/StringExtras.h"

namespace resnetc::inspect {

static LayerKey keyOf(const dsl::Layer &layer, const llvm::SourceMgr &sources) {
  auto [line, column] = sources.getLineAndColumn(layer.location.begin);
  return {layer.name, line, column};
}

Inspection::Inspection(const dsl::Network &network, const llvm::SourceMgr &sources, mlir::ModuleOp plan,
                       mlir::ModuleOp unrolled)
    : network(network), costs(networkCosts(network)), plan(planFacts(plan)), fields(receptiveFields(network)),
      calls(planFacts(unrolled).calls) {
  std::map<LayerKey, const dsl::Layer *> layers;
  for (const auto &[layer, field] : fields)
    layers[keyOf(*layer, sources)] = layer;
  auto find = [&](const LayerKey &key) {
    auto found = layers.find(key);
    return found == layers.end() ? nullptr : found->second;
  };
  for (const CallFacts &call : calls) {
    // Lowering gives the network's own place to what belongs to no layer.
    const dsl::Layer *leader = call.layers.empty() ? nullptr : find(call.layers.front());
    if (!leader) {
      entry.push_back(&call);
      continue;
    }
    codes[leader].calls.push_back(&call);
    for (const LayerKey &fused : llvm::drop_begin(call.layers))
      if (const dsl::Layer *layer = find(fused))
        codes[layer].within = leader->name;
  }
}

const LayerCode &Inspection::code(const dsl::Layer &layer) const {
  static const LayerCode none;
  auto found = codes.find(&layer);
  return found == codes.end() ? none : found->second;
}

ReceptiveField Inspection::widestField() const {
  ReceptiveField widest;
  for (const auto &[layer, field] : fields)
    for (int axis : {0, 1})
      widest.size[axis] = std::max(widest.size[axis], field.size[axis]);
  return widest;
}

std::string fieldText(const ReceptiveField &field) {
  if (field.whole)
    return "all";
  auto [height, width] = field.size;
  return height == width || height == 1 ? std::to_string(width) : std::to_string(height) + "x" + std::to_string(width);
}

std::string kernelText(const kernels::KernelSpec &kernel) {
  std::string spec = kernel.str();
  llvm::SmallVector<llvm::StringRef> fields, shown;
  llvm::StringRef(spec).split(fields, ' ');
  shown.push_back(fields.front());
  for (llvm::StringRef field : fields)
    if (field.starts_with("tile=") || field.starts_with("epilogue="))
      shown.push_back(field);
  return llvm::join(shown, " ");
}

} // namespace resnetc::inspect
