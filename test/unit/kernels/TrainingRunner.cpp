//===- TrainingRunner.cpp - kernels of a training step against references --===//

#include "TrainingRunner.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>

using namespace resnetc::kernels;
using namespace resnetc::test;

namespace {
bool isInteger(OperandRole role) {
  return role == OperandRole::Labels || role == OperandRole::SecondLabels || role == OperandRole::Counters;
}

Values toValues(const TensorSpec &tensor, int64_t batch, const std::vector<double> &numbers) {
  Values values(batch, tensor);
  EXPECT_EQ(values.data.size(), numbers.size());
  values.data = numbers;
  return values;
}

Memory storeOperand(const KernelSpec &spec, const KernelOperand &operand, const std::vector<double> &numbers) {
  if (operand.tensor)
    return store(*operand.tensor, toValues(*operand.tensor, spec.batch, numbers));
  if (!isInteger(operand.role))
    return storeFloats(numbers, operand.bytes);
  auto memory = std::make_unique<GuardedBytes>(operand.bytes);
  std::memset(memory->data(), 0, memory->size);
  for (size_t i = 0; i < numbers.size(); ++i) {
    auto word = uint32_t(int64_t(numbers[i]));
    std::memcpy(memory->data() + 4 * i, &word, 4);
  }
  return memory;
}

void compare(const OperandNumbers &want, const std::vector<double> &got) {
  ASSERT_EQ(got.size(), want.values.size());
  for (size_t i = 0; i < got.size(); ++i) {
    if (std::isnan(want.values[i])) {
      ASSERT_TRUE(std::isnan(got[i])) << "element " << i << " lost its NaN: " << got[i];
      continue;
    }
    if (want.bound.empty())
      ASSERT_EQ(got[i], double(float(want.values[i]))) << "element " << i;
    else
      ASSERT_LE(std::fabs(got[i] - want.values[i]), want.bound[i] + 1e-37) << "element " << i << ", " << want.values[i];
  }
}

std::vector<double> take(const KernelSpec &spec, const KernelOperand &operand, const GuardedBytes &memory,
                         bool overwritten) {
  if (!operand.tensor)
    return std::vector<double>(memory.floats(), memory.floats() + memory.size / 4);
  Outputs outputs;
  Values values = load(*operand.tensor, memory, spec.batch, overwritten ? 0 : -12345.5f, outputs);
  EXPECT_TRUE(outputs.borderUntouched);
  EXPECT_TRUE(outputs.paddingZero);
  return values.data;
}

void run(const LoadedKernels &kernels, size_t job, const TrainingCase &each, bool inPlace) {
  const KernelSpec &spec = each.spec;
  auto operands = operandsOf(spec);
  std::vector<Memory> memories;
  std::vector<GuardedBytes *> pointers;
  std::vector<bool> shared(operands.size(), false);
  for (size_t i = 0; i < operands.size(); ++i) {
    GuardedBytes *memory = nullptr;
    for (size_t k = 0; k < i && operands[i].isWritten() && inPlace; ++k)
      if (operands[k].overlap == operands[i].role && operands[k].tensor == operands[i].tensor)
        memory = pointers[k], shared[i] = true;
    if (!memory) {
      auto given = each.inputs.find(operands[i].role);
      ASSERT_EQ(given != each.inputs.end(), !operands[i].isWritten()) << toString(operands[i].role).str();
      memories.push_back(operands[i].isWritten() ? fresh(operands[i].bytes, operands[i].tensor ? 1 : 64)
                                                 : storeOperand(spec, operands[i], given->second.values));
      memory = memories.back().get();
    }
    pointers.push_back(memory);
  }
  kernels.call(job, pointers);
  for (size_t i = 0; i < operands.size(); ++i)
    if (operands[i].isWritten()) {
      SCOPED_TRACE(toString(operands[i].role).str() + (inPlace ? " in place" : ""));
      ASSERT_TRUE(each.expected.count(operands[i].role));
      compare(each.expected.at(operands[i].role), take(spec, operands[i], *pointers[i], shared[i]));
      if (testing::Test::HasFatalFailure())
        return;
    }
}
} // namespace

void resnetc::test::checkCases(const std::vector<TrainingCase> &cases) {
  std::vector<KernelJob> jobs;
  std::vector<size_t> caseOf;
  for (const std::string &target : runnableTargets())
    for (size_t i = 0, step = jobs.empty() ? 1 : 2; i < cases.size(); i += step) {
      const TrainingCase &each = cases[i];
      jobs.emplace_back();
      caseOf.push_back(i);
      jobs.back().spec = each.spec;
      jobs.back().target = target;
      // Small kernels would all run in one task.
      const char *const schedules[] = {"", "PX=3 YB=2 CT=2 order=rows", "PX=2 YB=9 CT=1 order=channels"};
      jobs.back().schedule = each.schedule.empty() ? schedules[i % std::size(schedules)] : each.schedule;
      llvm::Error error = each.spec.verify();
      ASSERT_FALSE(static_cast<bool>(error)) << each.spec.str() << ": " << llvm::toString(std::move(error));
    }
  LoadedKernels kernels(jobs);
  ASSERT_TRUE(kernels.loaded());
  for (size_t job = 0; job < jobs.size() && !testing::Test::HasFatalFailure(); ++job) {
    SCOPED_TRACE("--target " + jobs[job].target + " --spec '" + jobs[job].spec.str() + "' --schedule '" +
                 kernels.library->schedule(job) + "'");
    for (bool inPlace : {false, true})
      run(kernels, job, cases[caseOf[job]], inPlace);
  }
}

std::vector<double> resnetc::test::randomImages(const TensorSpec &tensor, int64_t batch, Random &random,
                                                bool integers) {
  std::vector<double> values(batch * tensor.channels * tensor.height * tensor.width);
  for (double &value : values)
    value = integers ? double(random.between(-4, 4)) : float(random.real());
  return values;
}

std::vector<double> resnetc::test::randomVec(const TensorSpec &tensor, int64_t rows, Random &random, double low,
                                             double high) {
  std::vector<double> values(rows * tensor.channelBlocks() * channelBlock);
  for (int64_t k = 0; k < rows; ++k)
    for (int64_t c = 0; c < tensor.channels; ++c)
      values[Index{tensor}.row(k, c)] = float(low + (high - low) * (random.real() + 1) / 2);
  return values;
}

std::vector<double> resnetc::test::counters(int64_t valid, uint64_t seed, int64_t step, float mix) {
  uint32_t bits;
  std::memcpy(&bits, &mix, sizeof bits);
  return {double(valid), double(seed & 0xffffffff), double(seed >> 32), double(step), double(bits), 0, 0, 0};
}

TensorSpec resnetc::test::randomMap(Random &random, int64_t maxChannels, int64_t maxExtent) {
  TensorSpec tensor;
  tensor.channels = random.between(1, maxChannels);
  tensor.height = random.between(1, maxExtent);
  tensor.width = random.between(1, maxExtent);
  tensor.border = random.between(0, 2);
  return tensor;
}

TensorSpec resnetc::test::withBorder(TensorSpec tensor, int64_t border) {
  tensor.border = border;
  return tensor;
}
