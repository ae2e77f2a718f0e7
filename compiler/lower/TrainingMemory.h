//===- TrainingMemory.h - where a training step keeps things --------------===//

#ifndef RESNETC_COMPILER_LOWER_TRAININGMEMORY_H
#define RESNETC_COMPILER_LOWER_TRAININGMEMORY_H

#include "compiler/ir/plan/Plan.h"
#include "compiler/ir/rn/Rn.h"
#include "compiler/lower/WeightPacker.h"
#include "llvm/ADT/StringMap.h"

namespace resnetc::lower {

/// The state's layout: each named tensor of a training network as a pack of its own. Trained tensors come first, those
/// of rank two and more (which weight decay is for) before the vectors; then running statistics and constants.
class StateLayout {
public:
  StateLayout(rn::NetworkOp network, WeightPacker &weights) : network(network), weights(weights) {}
  /// Makes all packs. Errors are emitted at what cannot be packed.
  mlir::LogicalResult build(int64_t batch);

  int64_t parameterBytes() const { return parameters; }
  /// Of the trained tensors of rank two and more.
  int64_t matrixBytes() const { return matrices; }
  /// Null for a tensor that the network has not.
  plan::PackOp find(llvm::StringRef tensor) const { return packs.lookup(tensor); }

private:
  mlir::LogicalResult addFilters(int64_t batch, bool trained);
  mlir::LogicalResult addVectors(bool trained);
  bool isTrained(mlir::Value parameter) const;

  rn::NetworkOp network;
  WeightPacker &weights;
  llvm::StringMap<plan::PackOp> packs;
  llvm::StringMap<bool> trainedNames;
  int64_t parameters = 0, matrices = 0;
};

/// The buffers of one training program that are not activations.
struct TrainingMemory {
  mlir::Value state, gradients, labels, secondLabels, counters, hyper;
  mlir::Value probes; ///< null if the step has none
  const StateLayout *layout = nullptr;
  /// A row of probes for each probe: in the order in which their residuals come.
  llvm::DenseMap<mlir::Operation *, int64_t> probeRows;
  mlir::Value losses; ///< set by the builder
};

} // namespace resnetc::lower

#endif // RESNETC_COMPILER_LOWER_TRAININGMEMORY_H
