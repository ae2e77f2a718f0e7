//===- KernelRunner.h - compiled kernels called on guarded memory -----------===//

#ifndef RESNETC_TEST_UNIT_KERNELS_KERNELRUNNER_H
#define RESNETC_TEST_UNIT_KERNELS_KERNELRUNNER_H

#include "Reference.h"
#include "compiler/kernels/KernelCompiler.h"
#include "resnetc/abi.h"
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

/// Compiles jobs (batched, cached) and links them to one shared object, which calls halide_do_par_for of this program.
class LoadedKernels {
public:
  explicit LoadedKernels(std::vector<kernels::KernelJob> jobs);
  ~LoadedKernels();
  bool loaded() const { return handle != nullptr; }
  /// With inPlace the first output is the residual's memory (same border wanted).
  Outputs run(size_t job, const Inputs &inputs, bool inPlace) const;
  const std::vector<kernels::KernelJob> jobs;
  std::vector<kernels::CompiledKernel> kernels;

private:
  void link();
  void *handle = nullptr;
};

/// The targets that this CPU can run, best first.
std::vector<std::string> runnableTargets();

} // namespace resnetc::test

#endif // RESNETC_TEST_UNIT_KERNELS_KERNELRUNNER_H
