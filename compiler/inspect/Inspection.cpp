//===- Inspection.cpp - all that inspect shows of a network ----------------===//

#include "compiler/inspect/Inspection.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

namespace resnetc::inspect {

Inspection::Inspection(const dsl::Network &network, mlir::ModuleOp plan, mlir::ModuleOp unrolled)
    : network(network), costs(networkCosts(network)), plan(planFacts(plan)), fields(receptiveFields(network)),
      calls(planFacts(unrolled).calls) {
  llvm::StringSet<> names;
  for (const auto &[layer, field] : fields)
    names.insert(layer->name);
  for (const CallFacts &call : calls) {
    // Lowering gives the network's own name to what belongs to no layer.
    if (call.layers.empty() || !names.contains(call.layers.front())) {
      entry.push_back(&call);
      continue;
    }
    codes[call.layers.front()].calls.push_back(&call);
    for (const std::string &fused : llvm::drop_begin(call.layers))
      codes[fused].within = call.layers.front();
  }
}

const LayerCode &Inspection::code(const dsl::Layer &layer) const {
  static const LayerCode none;
  auto found = codes.find(layer.name);
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
