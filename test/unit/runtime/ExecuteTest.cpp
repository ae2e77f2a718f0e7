//===- ExecuteTest.cpp - walking hand-written tables ----------------------===//

#include "TestModel.h"
#include "runtime/core/Hooks.h"
#include <atomic>
#include <gtest/gtest.h>
#include <string>
#include <thread>

using namespace resnetc::test;

namespace {

std::vector<std::vector<float *>> seen; ///< host pointers of each call of `record`

int record(void **args) {
  seen.push_back({argument<float>(args, 0), argument<float>(args, 1)});
  return 0;
}
/// out[0..3] = in[0..3] + weight
int addWeight(void **args) {
  for (int i = 0; i < 4; ++i)
    argument<float>(args, 2)[i] = argument<float>(args, 0)[i] + argument<float>(args, 1)[0];
  return 0;
}
/// out[0..1] = (sum, 0) of in[0..3]
int sum(void **args) {
  const float *in = argument<float>(args, 0);
  argument<float>(args, 1)[0] = in[0] + in[1] + in[2] + in[3];
  argument<float>(args, 1)[1] = 0;
  return 0;
}
/// As `sum`, for a batch of two.
int sumOfTwo(void **args) {
  const float *in = argument<float>(args, 0);
  float *out = argument<float>(args, 1);
  out[0] = in[0] + in[1] + in[2] + in[3];
  out[2] = in[4] + in[5] + in[6] + in[7];
  out[1] = out[3] = 2; // says which program ran
  return 0;
}
int failing(void **) { return -7; }
int failingAloud(void **args) {
  resnetc_rt_error(userContext(args), "words");
  return 0;
}

/// 4 floats in, 2 out: sum(in + weights[0] + weights[16]), the two additions a loop over blocks.
struct SmallModel : TestModel {
  SmallModel() : TestModel(4, 2) {
    kernels = {addWeight, sum, sumOfTwo};
    info.packed_bytes = 128;
    info.workspace_bytes = 128;
    programs.resize(1);
    programs[0].steps = {call(0, 0, 3, 10), loop(RESNETC_AXIS_BLOCK, 2), call(0, 3, 3, 11), end(), call(1, 6, 2, 12)};
    programs[0].operands = {operand(RESNETC_BASE_INPUT, 0),          operand(RESNETC_BASE_WEIGHTS, 0),
                            operand(RESNETC_BASE_WORKSPACE, 64),     operand(RESNETC_BASE_WORKSPACE, 64),
                            operand(RESNETC_BASE_WEIGHTS, 0, 0, 64), operand(RESNETC_BASE_WORKSPACE, 64),
                            operand(RESNETC_BASE_WORKSPACE, 64),     operand(RESNETC_BASE_OUTPUT, 0)};
    weights.floats()[0] = 1;
    weights.floats()[16] = 10;
  }
  int run(size_t n, const float *in, float *out, const resnetc_context *context = nullptr) {
    return resnetc_rt_run(link(), context, weights.data, in, n, out, workspace.data);
  }
  Memory weights{128}, workspace{128};
};

TEST(Execute, WalksStepsAndBlocks) {
  SmallModel model;
  const float in[4] = {1, 2, 3, 4};
  float out[2];
  ASSERT_EQ(model.run(1, in, out), RESNETC_OK);
  EXPECT_EQ(out[0], 10 + 4 * (1 + 1 + 10));
}

TEST(Execute, ImagesLoopAdvancesEveryOperandByItsStride) {
  TestModel model(4, 2);
  model.kernels = {record};
  model.programs.resize(1);
  model.programs[0].batch = 3;
  model.programs[0].steps = {
      loop(RESNETC_AXIS_IMAGE, 3), loop(RESNETC_AXIS_BLOCK, 2), call(0, 0, 2), end(), end(), call(0, 2, 2)};
  model.programs[0].operands = {operand(RESNETC_BASE_INPUT, 0, 16, 0), operand(RESNETC_BASE_WORKSPACE, 256, -64, 8),
                                operand(RESNETC_BASE_INPUT, 4, 16, 16), operand(RESNETC_BASE_OUTPUT, 0)};
  model.info.workspace_bytes = 512;
  Memory workspace(512);
  float in[12] = {}, out[6] = {};
  seen.clear();
  ASSERT_EQ(resnetc_rt_run(model.link(), nullptr, nullptr, in, 3, out, workspace.data), RESNETC_OK);
  ASSERT_EQ(seen.size(), 7u);
  for (int image = 0; image < 3; ++image)
    for (int block = 0; block < 2; ++block) {
      EXPECT_EQ(seen[image * 2 + block][0], in + 4 * image);
      EXPECT_EQ(seen[image * 2 + block][1], workspace.floats() + 64 - 16 * image + 2 * block);
    }
  EXPECT_EQ(seen[6][0], in + 1) << "outside of loops no index is left over";
}

TEST(Execute, ALoopWithoutTripsIsSkipped) {
  SmallModel model;
  model.programs[0].steps[1].count = 0;
  const float in[4] = {1, 2, 3, 4};
  float out[2];
  ASSERT_EQ(model.run(1, in, out), RESNETC_OK);
  EXPECT_EQ(out[0], 10 + 4 * 1);
}

TEST(Execute, CoversAnyNumberOfImagesLargestBatchFirst) {
  SmallModel model;
  model.programs[0].steps = {call(1, 6, 2)};
  model.programs[0].operands[6] = operand(RESNETC_BASE_INPUT, 0);
  TestProgram two;
  two.batch = 2;
  two.steps = {call(2, 0, 2)};
  two.operands = {operand(RESNETC_BASE_INPUT, 0), operand(RESNETC_BASE_OUTPUT, 0)};
  model.programs.insert(model.programs.begin(), two);
  for (size_t n : {1, 2, 3, 7, 8}) {
    std::vector<float> in(4 * n), out(2 * n, -1);
    for (size_t i = 0; i < in.size(); ++i)
      in[i] = float(i);
    ASSERT_EQ(model.run(n, in.data(), out.data()), RESNETC_OK);
    for (size_t i = 0; i < n; ++i) {
      EXPECT_EQ(out[2 * i], 16 * float(i) + 6);
      EXPECT_EQ(out[2 * i + 1], i < n / 2 * 2 ? 2 : 0);
    }
  }
}

namespace {
/// Runs a program that writes one border, and looks at every byte.
void checkBorder(const resnetc_border &border, const resnetc_context *context) {
  const uint32_t side = border.border;
  const size_t row = (border.width + 2 * size_t(side)) * border.pixel_bytes, plane = row * (border.height + 2 * side);
  TestModel model(1, 1);
  model.info.workspace_bytes = 64 + border.planes * plane;
  model.programs.resize(1);
  model.programs[0].steps = {resnetc::test::border(0, 0)};
  model.programs[0].operands = {operand(RESNETC_BASE_WORKSPACE, 64)};
  model.programs[0].borders = {border};
  Memory memory(model.info.workspace_bytes);
  float in = 0, out = 0;
  ASSERT_EQ(resnetc_rt_run(model.link(), context, nullptr, &in, 1, &out, memory.data), RESNETC_OK);
  for (size_t i = 0; i < memory.bytes + 64; ++i) {
    bool zero = false;
    if (i >= 64 && i < memory.bytes) {
      const size_t y = (i - 64) % plane / row, x = (i - 64) % row / border.pixel_bytes;
      zero = y < side || y >= border.height + side || x < side || x >= border.width + side;
    }
    const uint8_t expected = zero ? 0 : 0xff;
    if (memory.u8()[i] != expected) // an assertion a byte takes seconds
      FAIL() << "byte " << i << " of " << border.planes << " planes";
  }
}
} // namespace

TEST(Execute, BordersAreZeroAndInsidesUntouched) {
  for (uint32_t planes : {1u, 3u})
    for (uint32_t height : {1u, 2u, 5u})
      for (uint32_t width : {1u, 4u})
        for (uint32_t side : {0u, 1u, 3u})
          for (uint32_t pixel : {4u, 64u})
            checkBorder({planes, height, width, side, pixel, 0}, nullptr);
}

TEST(Execute, LargeBordersAreSharedOut) {
  resnetc_pool *pool = resnetc_pool_create(3);
  resnetc_context context;
  ASSERT_EQ(resnetc_context_init(&context, pool), RESNETC_OK);
  for (uint32_t planes : {5u, 131u}) { // fewer than pieces, and more
    checkBorder({planes, 40, 40, planes == 5 ? 8u : 1u, 64, 0}, &context);
    checkBorder({planes, 40, 40, planes == 5 ? 8u : 1u, 64, 0}, nullptr);
  }
  resnetc_pool_destroy(pool);
}

TEST(Execute, ProfileNamesEveryCall) {
  SmallModel model;
  resnetc_context context;
  ASSERT_EQ(resnetc_context_init(&context, nullptr), RESNETC_OK);
  std::vector<resnetc_profile_event> events;
  context.profile_context = &events;
  context.profile = [](void *events, const resnetc_profile_event *event) {
    static_cast<std::vector<resnetc_profile_event> *>(events)->push_back(*event);
  };
  const float in[4] = {};
  float out[2];
  ASSERT_EQ(model.run(1, in, out, &context), RESNETC_OK);
  std::vector<uint32_t> labels;
  for (const resnetc_profile_event &event : events) {
    labels.push_back(event.label);
    EXPECT_EQ(event.opcode, uint32_t(RESNETC_STEP_CALL));
    EXPECT_GE(event.seconds, 0);
    EXPECT_LT(event.seconds, 1);
  }
  EXPECT_EQ(labels, (std::vector<uint32_t>{10, 11, 11, 12}));
}

TEST(Execute, BadArgumentsAreRefused) {
  SmallModel model;
  const resnetc_model_info *info = model.link();
  alignas(64) float in[8] = {}, out[8];
  void *w = model.weights.data, *m = model.workspace.data;
  EXPECT_EQ(resnetc_rt_run(nullptr, nullptr, w, in, 1, out, m), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_run(info, nullptr, nullptr, in, 1, out, m), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_run(info, nullptr, w, nullptr, 1, out, m), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_run(info, nullptr, w, in, 0, out, m), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_run(info, nullptr, w, in, SIZE_MAX / 8, out, m), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_run(info, nullptr, w, in, 1, nullptr, m), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_run(info, nullptr, w, in, 1, out, nullptr), RESNETC_ERROR_ARGUMENT);
  const auto shift = [](void *p, int bytes) { return static_cast<void *>(static_cast<char *>(p) + bytes); };
  EXPECT_EQ(resnetc_rt_run(info, nullptr, shift(w, 32), in, 1, out, m), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_run(info, nullptr, w, in, 1, out, shift(m, 16)), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_run(info, nullptr, w, shift(in, 2), 1, out, m), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_run(info, nullptr, w, in, 1, shift(out, 1), m), RESNETC_ERROR_ARGUMENT);
  EXPECT_EQ(resnetc_rt_run(info, nullptr, w, shift(in, 4), 1, shift(out, 4), m), RESNETC_OK) << "as C aligns floats";
}

TEST(Execute, OtherAbiVersionsAreRefusedInWords) {
  SmallModel model;
  float in[4] = {}, out[2];
  resnetc_context context;
  EXPECT_EQ(resnetc_context_init_abi(&context, nullptr, RESNETC_ABI_VERSION + 1), RESNETC_ERROR_ABI);
  ASSERT_EQ(resnetc_context_init(&context, nullptr), RESNETC_OK);
  context.abi_version += 1;
  EXPECT_EQ(model.run(1, in, out, &context), RESNETC_ERROR_ABI);
  model.info.abi_version += 1;
  EXPECT_EQ(model.run(1, in, out), RESNETC_ERROR_ABI);
  model.info.abi_version -= 1;
  model.info.struct_bytes -= 8;
  EXPECT_EQ(model.run(1, in, out), RESNETC_ERROR_ABI);
  EXPECT_NE(std::string(resnetc_status_string(RESNETC_ERROR_ABI)).find("different ABI versions"), std::string::npos);
  char error[200];
  model.info.abi_version = 99;
  EXPECT_EQ(resnetc_rt_pack(&model.info, nullptr, nullptr, error, sizeof error), RESNETC_ERROR_ABI);
  EXPECT_NE(std::string(error).find("different ABI versions"), std::string::npos) << error;
  EXPECT_EQ(resnetc_runtime_abi_version(), RESNETC_ABI_VERSION);
}

TEST(Execute, MemoryThatIsNotTheHostsIsRefused) {
  float in[4] = {}, out[2];
  for (uint32_t resnetc_model_info::*space :
       {&resnetc_model_info::weights_memory, &resnetc_model_info::workspace_memory, &resnetc_model_info::input_memory,
        &resnetc_model_info::output_memory}) {
    SmallModel model;
    model.info.*space = RESNETC_MEMORY_DEVICE;
    EXPECT_EQ(model.run(1, in, out), RESNETC_ERROR_MEMORY);
  }
  SmallModel model;
  model.programs[0].operands[2].memory_space = RESNETC_MEMORY_DEVICE;
  EXPECT_EQ(model.run(1, in, out), RESNETC_ERROR_MEMORY);
}

TEST(Execute, TakesTheFirstVariantThatTheCpuCanRun) {
  SmallModel model;
  model.programs[0].steps = {call(0, 0, 0)};
  const resnetc_kernel best[] = {failing}, good[] = {failingAloud};
  const auto fine = [](void **) { return 0; };
  const resnetc_kernel base[] = {fine};
  model.variants = {{uint64_t(1) << 40, "none", best}, {RESNETC_CPU_AVX2, "avx2", good}, {0, "base", base}};
  float in[4] = {}, out[2];
  resnetc_context context;
  ASSERT_EQ(resnetc_context_init(&context, nullptr), RESNETC_OK);
  const bool hasAvx2 = resnetc_cpu_features() & RESNETC_CPU_AVX2;
  EXPECT_EQ(model.run(1, in, out, &context), hasAvx2 ? RESNETC_ERROR_KERNEL : RESNETC_OK);
  context.cpu_features = 0;
  EXPECT_EQ(model.run(1, in, out, &context), RESNETC_OK) << "a context takes features away";
  context.cpu_features = ~uint64_t(0);
  EXPECT_EQ(model.run(1, in, out, &context), hasAvx2 ? RESNETC_ERROR_KERNEL : RESNETC_OK) << "but lends none";
  model.variants.pop_back();
  context.cpu_features = 0;
  EXPECT_EQ(model.run(1, in, out, &context), RESNETC_ERROR_CPU);
}

TEST(Execute, KernelErrorsEndTheRun) {
  SmallModel model;
  float in[4] = {}, out[2] = {5, 5};
  model.kernels[0] = failing;
  EXPECT_EQ(model.run(1, in, out), RESNETC_ERROR_KERNEL);
  EXPECT_EQ(out[0], 5) << "no later step ran";
  model.kernels[0] = failingAloud;
  EXPECT_EQ(model.run(1, in, out), RESNETC_ERROR_KERNEL);
}

TEST(Execute, TablesOfAnotherVersionAreRefused) {
  float in[4] = {}, out[2];
  const auto run = [&](std::vector<resnetc_step> steps) {
    SmallModel model;
    model.programs[0].steps = steps;
    return model.run(1, in, out);
  };
  EXPECT_EQ(run({{99, 0, 0, 0, 0, 0, 0}}), RESNETC_ERROR_ABI);
  EXPECT_EQ(run({end()}), RESNETC_ERROR_ABI);
  EXPECT_EQ(run({loop(RESNETC_AXIS_BLOCK, 2)}), RESNETC_ERROR_ABI);
  EXPECT_EQ(run({loop(resnetc_axis(5), 2), end()}), RESNETC_ERROR_ABI);
  EXPECT_EQ(run({call(0, 0, 17)}), RESNETC_ERROR_ABI);
  SmallModel withoutBatchOne;
  withoutBatchOne.programs[0].batch = 2;
  EXPECT_EQ(withoutBatchOne.run(1, in, out), RESNETC_ERROR_ABI);
}

//===----------------------------------------------------------------------===//
// Parallel kernels: the hooks.
//===----------------------------------------------------------------------===//

int hookTask(void *user, int i, uint8_t *closure) {
  reinterpret_cast<std::atomic<int> *>(closure)[i - 3] += 1;
  return 0;
}
int parallelKernel(void **args) {
  std::atomic<int> counts[9] = {};
  const int error = resnetc_rt_do_par_for(userContext(args), hookTask, 3, 9, reinterpret_cast<uint8_t *>(counts));
  for (const std::atomic<int> &count : counts)
    if (count != 1)
      return -1;
  return error;
}
int taskThatFails(void *, int i, uint8_t *) { return i == 1 ? -5 : 0; }
int failingParallelKernel(void **args) {
  return resnetc_rt_do_par_for(userContext(args), taskThatFails, 0, 4, nullptr);
}

struct ParallelModel : TestModel {
  explicit ParallelModel(resnetc_kernel kernel) : TestModel(1, 1) {
    kernels = {kernel};
    programs.resize(1);
    programs[0].steps = {call(0, 0, 0)};
  }
  int run(const resnetc_context *context) {
    float in = 0, out = 0;
    return resnetc_rt_run(link(), context, nullptr, &in, 1, &out, nullptr);
  }
};

TEST(Hooks, ParForRunsOnNoPoolOursAndTheApplications) {
  ParallelModel model(parallelKernel);
  EXPECT_EQ(model.run(nullptr), RESNETC_OK);
  resnetc_pool *pool = resnetc_pool_create(3);
  resnetc_context context;
  resnetc_context_init(&context, pool);
  EXPECT_EQ(context.threads, 3u);
  EXPECT_EQ(model.run(&context), RESNETC_OK);
  resnetc_pool_destroy(pool);

  resnetc_context_init(&context, nullptr);
  EXPECT_EQ(model.run(&context), RESNETC_OK);
  context.parallel_for = [](void *, resnetc_task task, void *taskContext, int count) {
    for (int i = count; i--;)
      if (const int error = task(taskContext, i))
        return error;
    return 0;
  };
  EXPECT_EQ(model.run(&context), RESNETC_OK);
}

TEST(Hooks, ErrorsOfTasksAndOfParallelForAreToldApart) {
  resnetc_pool *pool = resnetc_pool_create(2);
  resnetc_context context;
  resnetc_context_init(&context, pool);
  ParallelModel failing(failingParallelKernel);
  EXPECT_EQ(failing.run(&context), RESNETC_ERROR_KERNEL);
  EXPECT_EQ(failing.run(nullptr), RESNETC_ERROR_KERNEL);
  resnetc_pool_destroy(pool);
  context.parallel_for = [](void *, resnetc_task, void *, int) { return 3; };
  EXPECT_EQ(failing.run(&context), RESNETC_ERROR_TASK) << "the application refuses";
}

TEST(Hooks, SixteenThreadsRunOneModelAtOnce) {
  resnetc_pool *pool = resnetc_pool_create(4);
  resnetc_context context;
  resnetc_context_init(&context, pool);
  SmallModel model;
  const resnetc_model_info *info = model.link();
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t)
    threads.emplace_back([&, t] {
      Memory workspace(128);
      for (int i = 0; i < 200; ++i) {
        const float in[4] = {float(t), float(i), 0, 0};
        float out[2];
        wrong += resnetc_rt_run(info, &context, model.weights.data, in, 1, out, workspace.data) != RESNETC_OK;
        wrong += out[0] != float(t + i + 48);
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(wrong, 0);
  resnetc_pool_destroy(pool);
}

} // namespace
