//===- KernelRunner.cpp - compiled kernels called on guarded memory ---------===//

#include "KernelRunner.h"
#include "HalideRuntime.h"
#include "compiler/kernels/CpuTarget.h"
#include "gtest/gtest.h"
#include <cstring>
#include <sys/mman.h>

using namespace resnetc::kernels;
using namespace resnetc::test;

GuardedBytes::GuardedBytes(size_t bytes, size_t alignment) : size(bytes) {
  constexpr size_t page = 4096;
  mapped = (bytes + page - 1) / page * page + 2 * page;
  mapping = static_cast<uint8_t *>(mmap(nullptr, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  mprotect(mapping + page, mapped - 2 * page, PROT_READ | PROT_WRITE);
  start = mapping + mapped - page - (bytes + alignment - 1) / alignment * alignment;
}

GuardedBytes::~GuardedBytes() { munmap(mapping, mapped); }

namespace {
constexpr float sentinel = -12345.5f;
} // namespace

int64_t resnetc::test::position(const TensorSpec &spec, int64_t n, int64_t c, int64_t y, int64_t x) {
  int64_t width = spec.width + 2 * spec.border, height = spec.height + 2 * spec.border;
  int64_t pixel = (y + spec.border) * width + x + spec.border;
  if (spec.layout == Layout::Planar)
    return n * spec.elementsPerImage() + c * width * height + pixel;
  return n * spec.elementsPerImage() + (c / channelBlock * width * height + pixel) * channelBlock + c % channelBlock;
}

Memory resnetc::test::store(const TensorSpec &spec, const Values &values) {
  auto memory = std::make_unique<GuardedBytes>(values.batch * spec.bytesPerImage());
  std::memset(memory->data(), 0, memory->size);
  for (int64_t n = 0; n < values.batch; ++n)
    for (int64_t c = 0; c < values.channels; ++c)
      for (int64_t y = 0; y < values.height; ++y)
        for (int64_t x = 0; x < values.width; ++x) {
          int64_t at = position(spec, n, c, y, x);
          if (spec.element == Element::F32)
            memory->floats()[at] = static_cast<float>(values.at(n, c, y, x));
          else
            memory->data()[at] = static_cast<uint8_t>(values.at(n, c, y, x));
        }
  return memory;
}

Memory resnetc::test::storeFloats(const std::vector<double> &values, int64_t bytes) {
  auto memory = std::make_unique<GuardedBytes>(bytes, /*alignment=*/64);
  std::memset(memory->data(), 0, memory->size);
  for (size_t i = 0; i < values.size(); ++i)
    memory->floats()[i] = static_cast<float>(values[i]);
  return memory;
}

Values resnetc::test::load(const TensorSpec &spec, const GuardedBytes &memory, int64_t batch, float untouched,
                           Outputs &outputs) {
  Values values(batch, spec);
  std::vector<bool> written(memory.size / sizeof(float));
  int64_t lanes = spec.layout == Layout::Planar ? spec.channels : spec.channelBlocks() * channelBlock;
  for (int64_t n = 0; n < batch; ++n)
    for (int64_t c = 0; c < lanes; ++c)
      for (int64_t y = 0; y < spec.height; ++y)
        for (int64_t x = 0; x < spec.width; ++x) {
          int64_t at = position(spec, n, c, y, x);
          written[at] = true;
          if (c < spec.channels)
            values.at(n, c, y, x) = memory.floats()[at];
          else
            outputs.paddingZero &= memory.floats()[at] == 0;
        }
  for (size_t i = 0; i < written.size(); ++i)
    outputs.borderUntouched &= written[i] || memory.floats()[i] == untouched;
  return values;
}

Memory resnetc::test::fresh(int64_t bytes, int64_t alignment) {
  auto memory = std::make_unique<GuardedBytes>(bytes, alignment);
  std::fill_n(memory->floats(), memory->size / sizeof(float), sentinel);
  return memory;
}

LoadedKernels::LoadedKernels(std::vector<KernelJob> jobs) {
  KernelCompilerOptions options;
  options.worker = RESNETC_KERNEL_WORKER;
  options.cacheDirectory = RESNETC_KERNEL_CACHE;
  auto loaded = tune::KernelLibrary::load(std::move(jobs), options);
  if (loaded)
    library = std::move(*loaded);
  else
    ADD_FAILURE() << llvm::toString(loaded.takeError());
}

void LoadedKernels::call(size_t job, const std::vector<GuardedBytes *> &operands) const {
  // Nothing but `host` may be read.
  std::vector<halide_buffer_t> buffers(operands.size());
  void *context = nullptr;
  std::vector<void *> arguments{&context};
  for (size_t i = 0; i < operands.size(); ++i) {
    std::memset(static_cast<void *>(&buffers[i]), 0, sizeof(halide_buffer_t));
    buffers[i].host = operands[i]->data();
    arguments.push_back(&buffers[i]);
  }
  EXPECT_EQ(library->function(job)(arguments.data()), 0);
}

Outputs LoadedKernels::run(size_t job, const Inputs &inputs, bool inPlace) const {
  const KernelSpec &spec = library->jobs()[job].spec;
  std::vector<Memory> memories;
  memories.push_back(store(spec.input, inputs.input));
  if (spec.other)
    memories.push_back(store(*spec.other, inputs.other));
  if (spec.op == KernelOp::Conv2d)
    memories.push_back(storeFloats(packFilter(spec, inputs.filter), spec.filterBytes()));
  if (spec.epilogue.bias)
    memories.push_back(storeFloats(inputs.bias, spec.vectorBytes()));
  GuardedBytes *residual = nullptr;
  if (spec.residual) {
    memories.push_back(store(*spec.residual, inputs.residual));
    residual = memories.back().get();
  }
  if (spec.epilogue.affine) {
    memories.push_back(storeFloats(inputs.scale, spec.vectorBytes()));
    memories.push_back(storeFloats(inputs.shift, spec.vectorBytes()));
  }
  std::vector<GuardedBytes *> pointers;
  for (Memory &memory : memories)
    pointers.push_back(memory.get());
  Memory output = fresh(spec.batch * spec.output.bytesPerImage()), second;
  GuardedBytes *first = inPlace ? residual : output.get();
  pointers.push_back(first);
  if (spec.second) {
    second = fresh(spec.batch * spec.second->bytesPerImage());
    pointers.push_back(second.get());
  }

  call(job, pointers);
  Outputs outputs;
  outputs.first = load(spec.output, *first, spec.batch, inPlace ? 0 : sentinel, outputs);
  if (spec.second)
    outputs.second = load(*spec.second, *second, spec.batch, sentinel, outputs);
  return outputs;
}

std::vector<std::string> resnetc::test::runnableTargets() {
  uint64_t features = 0;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    features |= RESNETC_CPU_AVX2;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq"))
    features |= RESNETC_CPU_AVX512;
  std::vector<std::string> names;
  for (const CpuTarget &target : cpuTargets())
    if ((target.cpuFeatures & ~features) == 0)
      names.push_back(target.name.str());
  return names;
}
