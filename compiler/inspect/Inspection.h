//===- Inspection.h - all that inspect shows of a network ------------------===//

#ifndef RESNETC_COMPILER_INSPECT_INSPECTION_H
#define RESNETC_COMPILER_INSPECT_INSPECTION_H

#include "compiler/inspect/LayerCosts.h"
#include "compiler/inspect/LayerTree.h"
#include "compiler/inspect/PlanFacts.h"
#include "compiler/inspect/ReceptiveField.h"
#include "llvm/ADT/StringMap.h"

namespace resnetc::inspect {

/// What computes a layer.
struct LayerCode {
  std::vector<const CallFacts *> calls; ///< that are named after the layer
  std::string within;                   ///< the layer whose kernel does (the rest of) its arithmetic; "" if none
};

/// Everything about one network; text, JSON and drawing only lay it out.
class Inspection {
public:
  /// `plan`: what is compiled. `unrolled`: the same without roll-blocks, so that every layer has its own calls.
  Inspection(const dsl::Network &network, mlir::ModuleOp plan, mlir::ModuleOp unrolled);

  const dsl::Network &network;
  const Costs costs;
  const PlanFacts plan;

  const LayerCode &code(const dsl::Layer &layer) const;
  const ReceptiveField &field(const dsl::Layer &layer) const { return fields.find(&layer)->second; }
  /// Calls that stand for no layer: the layout change of the input.
  const std::vector<const CallFacts *> &entryCalls() const { return entry; }
  /// The widest field that is not yet the whole input.
  ReceptiveField widestField() const;

private:
  llvm::DenseMap<const dsl::Layer *, ReceptiveField> fields;
  std::vector<CallFacts> calls;
  llvm::StringMap<LayerCode> codes;
  std::vector<const CallFacts *> entry;
};

/// "64x112x112", "7", "7x3", "all".
std::string fieldText(const ReceptiveField &field);
/// The kernel as the plan names it, with what the layer's own words don't say: "conv2d tile=2 epilogue=bias,relu".
std::string kernelText(const kernels::KernelSpec &kernel);

} // namespace resnetc::inspect

#endif // RESNETC_COMPILER_INSPECT_INSPECTION_H
