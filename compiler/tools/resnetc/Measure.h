//===- Measure.h - many runs of a model, and what their times say ----------===//

#ifndef RESNETC_COMPILER_TOOLS_RESNETC_MEASURE_H
#define RESNETC_COMPILER_TOOLS_RESNETC_MEASURE_H

#include "compiler/emit/LoadedModel.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <map>
#include <vector>

namespace resnetc::tool {

/// Seconds.
struct Latency {
  double minimum = 0, median = 0, p99 = 0;
  size_t runs = 0;
};

/// Least, middle and 99th percentile (nearest rank) of at least one time.
Latency summarise(std::vector<double> seconds);

/// A context on its own pool.
class PoolContext {
public:
  /// The error says that the system refused threads.
  static llvm::Expected<std::unique_ptr<PoolContext>> create(uint32_t threads);
  ~PoolContext();
  PoolContext(const PoolContext &) = delete;
  PoolContext &operator=(const PoolContext &) = delete;
  const resnetc_context &get() const { return context; }
  /// The least time of each step, by label, of the runs that follow.
  void profileInto(std::map<uint32_t, double> &seconds);

private:
  PoolContext() = default;
  resnetc_pool *pool = nullptr;
  resnetc_context context = {};
};

/// A loaded model with everything that a run needs.
struct ReadyModel {
  emit::LoadedModel model;
  emit::AlignedBytes ownWeights; ///< empty if they lie in a mapped file
  const void *weights = nullptr;
  emit::AlignedBytes workspace;

  llvm::Error run(const resnetc_context &context, const void *images, size_t n, float *logits) const;
};

uint64_t elementsPerImage(const resnetc_tensor_shape &shape);
uint64_t bytesPerImage(const resnetc_tensor_shape &shape);

} // namespace resnetc::tool

#endif // RESNETC_COMPILER_TOOLS_RESNETC_MEASURE_H
