//===- TestModel.h - a model written by hand ------------------------------===//
//
// What the emitter would put into an object, as vectors that a test fills.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_TEST_UNIT_RUNTIME_TESTMODEL_H
#define RESNETC_TEST_UNIT_RUNTIME_TESTMODEL_H

#include "resnetc/runtime.h"
#include "runtime/core/HalideBuffer.h"
#include <cstdlib>
#include <vector>

namespace resnetc::test {

inline resnetc_operand operand(resnetc_base base, uint64_t offset, int64_t imageStride = 0, int64_t blockStride = 0) {
  return {uint8_t(base), RESNETC_MEMORY_HOST, 0, 0, offset, {imageStride, blockStride}};
}
inline resnetc_step call(uint16_t kernel, uint32_t first, uint32_t count, uint32_t label = 0) {
  return {RESNETC_STEP_CALL, kernel, 0, first, count, label, 0};
}
inline resnetc_step loop(resnetc_axis axis, uint32_t trips) {
  return {RESNETC_STEP_LOOP, uint16_t(axis), trips, 0, 0, 0, 0};
}
inline resnetc_step end() { return {RESNETC_STEP_END, 0, 0, 0, 0, 0, 0}; }
inline resnetc_step border(uint16_t index, uint32_t operand, uint32_t label = 0) {
  return {RESNETC_STEP_BORDER, index, 0, operand, 1, label, 0};
}

/// Argument `i` of a fake kernel, counted from 0.
template <typename T> T *argument(void **args, int i) {
  return reinterpret_cast<T *>(static_cast<rt::HalideBuffer *>(args[i + 1])->host);
}
inline void *userContext(void **args) { return *static_cast<void **>(args[0]); }

/// 64-byte aligned memory that starts as 0xff bytes.
struct Memory {
  explicit Memory(size_t bytes) : data(aligned_alloc(64, (bytes + 63) / 64 * 64 + 64)), bytes(bytes) {
    __builtin_memset(data, 0xff, (bytes + 63) / 64 * 64 + 64);
  }
  ~Memory() { free(data); }
  Memory(const Memory &) = delete;
  float *floats() { return static_cast<float *>(data); }
  uint8_t *u8() { return static_cast<uint8_t *>(data); }
  void *data;
  size_t bytes;
};

struct TestProgram {
  uint32_t batch = 1;
  std::vector<resnetc_step> steps;
  std::vector<resnetc_operand> operands;
  std::vector<resnetc_border> borders;
};

/// A model: fill the vectors, then link().
struct TestModel {
  std::vector<resnetc_kernel> kernels;
  std::vector<TestProgram> programs;
  std::vector<resnetc_pack_step> packSteps;
  std::vector<resnetc_variant> variants; ///< empty: one for every CPU
  resnetc_model_info info = {};

  TestModel(uint64_t inputExtent, uint64_t outputExtent) {
    info.abi_version = RESNETC_ABI_VERSION;
    info.struct_bytes = sizeof info;
    info.name = "net";
    info.input = {RESNETC_F32, 1, {inputExtent}};
    info.output = {RESNETC_F32, 1, {outputExtent}};
  }

  const resnetc_model_info *link() {
    linked.clear();
    for (const TestProgram &p : programs)
      linked.push_back({p.batch, uint32_t(p.steps.size()), uint32_t(p.operands.size()), uint32_t(p.borders.size()),
                        p.steps.data(), p.operands.data(), p.borders.data(), info.workspace_bytes});
    if (variants.empty())
      variants.push_back({0, "any", nullptr});
    for (resnetc_variant &variant : variants)
      if (!variant.kernels)
        variant.kernels = kernels.data();
    plan = {uint32_t(kernels.size()), uint32_t(variants.size()),
            uint32_t(linked.size()),  uint32_t(packSteps.size()),
            variants.data(),          linked.data(),
            packSteps.data()};
    info.plan = &plan;
    return &info;
  }

private:
  std::vector<resnetc_program> linked;
  resnetc_plan plan = {};
};

} // namespace resnetc::test

#endif // RESNETC_TEST_UNIT_RUNTIME_TESTMODEL_H
