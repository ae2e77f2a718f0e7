//===- TrainingNetwork.h - any random network as one that can be trained ---===//

#ifndef RESNETC_TEST_RANDOM_TRAININGNETWORK_H
#define RESNETC_TEST_RANDOM_TRAININGNETWORK_H

#include "compiler/interpreter/Training.h"
#include "compiler/passes/rn/Passes.h"
#include "mlir/IR/OwningOpRef.h"
#include "test/random/Values.h"

namespace resnetc::test {

/// The network with a vector of scores at its end: a map is flattened. If `smooth`, every function with a kink is
/// another one without, maxima are means, and norms have a large eps: then losses are smooth in the parameters.
mlir::OwningOpRef<mlir::ModuleOp> trainable(mlir::ModuleOp module, bool smooth);

/// Forward, losses and backward, not yet fused; null if a pass objects.
mlir::OwningOpRef<mlir::ModuleOp> differentiated(mlir::ModuleOp module, const rn::TrainingOptions &options);

/// Numbers for a training step.
struct TrainingValues {
  TrainingValues(rn::NetworkOp network, uint64_t seed, int64_t batch, int64_t valid);

  template <typename T> llvm::Expected<TrainingResult<T>> run(rn::NetworkOp network) const;
  /// The loss of parameters that are `distance` along `direction` away.
  double loss(rn::NetworkOp network, const llvm::StringMap<std::vector<double>> &direction, double distance) const;

  Values values;
  std::vector<int32_t> labels, secondLabels; ///< the latter are none in half of all cases
  TrainingCounters counters;                 ///< without second labels

private:
  TrainingCounters withLabels() const;
};

} // namespace resnetc::test

#endif // RESNETC_TEST_RANDOM_TRAININGNETWORK_H
