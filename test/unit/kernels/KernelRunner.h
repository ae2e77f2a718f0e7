//===- KernelRunner.h - compiled kernels called on guarded memory -----------===//

#ifndef RESNETC_TEST_UNIT_KERNELS_KERNELRUNNER_H
#define RESNETC_TEST_UNIT_KERNELS_KERNELRUNNER_H

#include "Reference.h"
#include "compiler/tune/KernelLibrary.h"
#include <memory>

namespace resnetc::test {

/// Memory that ends where an unmapped page begins: reading or writing past the end is a fault. An alignment may leave a
/// few bytes between.
class GuardedBytes {
public:
  explicit GuardedBytes(size_t bytes, size_t alignment = 1);
  ~GuardedBytes();
  GuardedBytes(const GuardedBytes &) = delete;
  uint8_t *data() const { return start; }
  float *floats() const { return reinterpret_cast<float *>(start); }
  const size_t size;

private:
  uint8_t *mapping, *start;
  size_t mapped;
};

using Memory = std::unique_ptr<GuardedBytes>;

/// Index of a logical element in memory, in elements; channels may be padding lanes.
int64_t position(const kernels::TensorSpec &spec, int64_t n, int64_t c, int64_t y, int64_t x);
Memory store(const kernels::TensorSpec &spec, const Values &values);
/// Dense floats, then zeros; aligned as the runtime keeps them.
Memory storeFloats(const std::vector<double> &values, int64_t bytes);
/// Filled with a number that no kernel makes.
Memory fresh(int64_t bytes, int64_t alignment = 1);

/// What a kernel left in its outputs.
struct Outputs {
  Values first, second;
  bool borderUntouched = true; ///< nothing but interiors was written
  bool paddingZero = true;     ///< lanes that are no channels hold zero
};

/// Takes the interior out, and looks at everything else.
Values load(const kernels::TensorSpec &spec, const GuardedBytes &memory, int64_t batch, float untouched,
            Outputs &outputs);

/// Kernels of all jobs as functions of this process.
class LoadedKernels {
public:
  explicit LoadedKernels(std::vector<kernels::KernelJob> jobs);
  bool loaded() const { return library != nullptr; }
  /// With inPlace the first output is the residual's memory (same border wanted).
  Outputs run(size_t job, const Inputs &inputs, bool inPlace) const;
  /// Calls the kernel on buffers in the order of its arguments.
  void call(size_t job, const std::vector<GuardedBytes *> &operands) const;
  std::unique_ptr<tune::KernelLibrary> library;
};

/// The targets that this CPU can run, best first.
std::vector<std::string> runnableTargets();

} // namespace resnetc::test

#endif // RESNETC_TEST_UNIT_KERNELS_KERNELRUNNER_H
