//===- KernelRunner.h - compiled kernels called on guarded memory -----------===//

#ifndef RESNETC_TEST_UNIT_KERNELS_KERNELRUNNER_H
#define RESNETC_TEST_UNIT_KERNELS_KERNELRUNNER_H

#include "Reference.h"
#include "compiler/tune/KernelLibrary.h"
#include <memory>

namespace resnetc::test {

/// Memory that ends where an unmapped page begins: reading or writing past the end is a fault.
class GuardedBytes {
public:
  explicit GuardedBytes(size_t bytes);
  ~GuardedBytes();
  GuardedBytes(const GuardedBytes &) = delete;
  uint8_t *data() const { return start; }
  float *floats() const { return reinterpret_cast<float *>(start); }
  const size_t size;

private:
  uint8_t *mapping, *start;
  size_t mapped;
};

/// What a kernel left in its outputs.
struct Outputs {
  Values first, second;
  bool borderUntouched = true; ///< nothing but interiors was written
  bool paddingZero = true;     ///< lanes that are no channels hold zero
};

/// Kernels of all jobs as functions of this process.
class LoadedKernels {
public:
  explicit LoadedKernels(std::vector<kernels::KernelJob> jobs);
  bool loaded() const { return library != nullptr; }
  /// With inPlace the first output is the residual's memory (same border wanted).
  Outputs run(size_t job, const Inputs &inputs, bool inPlace) const;
  std::unique_ptr<tune::KernelLibrary> library;
};

/// The targets that this CPU can run, best first.
std::vector<std::string> runnableTargets();

} // namespace resnetc::test

#endif // RESNETC_TEST_UNIT_KERNELS_KERNELRUNNER_H
