#include "compiler/emit/Emit.h"
#include "compiler/emit/LoadedModel.h"
#include "compiler/kernels/KernelSpec.h"
#include "test/unit/emit/EmitFixture.h"

using namespace llvm;
using namespace resnetc;
using namespace resnetc::emit;

namespace {

/// Two kernels by Halide: 16 channels of a 1x1 map, doubled (a convolution), then relu.
PlanTables twoKernels() {
  PlanTables tables = additionTables("net");
  tables.input = tables.output = {RESNETC_F32, 3, {channels, 1, 1, 0}};
  const char *const convolution = "conv2d batch=1 in=blocked16:f32:16x1x1 out=blocked16:f32:16x1x1 window=1x1 "
                                  "stride=1x1 pad=0x0 tile=1";
  tables.kernels = {convolution, "elementwise batch=1 in=blocked16:f32:16x1x1 out=blocked16:f32:16x1x1 epilogue=relu"};
  ProgramTable &program = tables.programs.front();
  program.steps = {{RESNETC_STEP_CALL, 0, 0, 0, 3, 0, 0}, {RESNETC_STEP_CALL, 1, 0, 3, 2, 0, 0}};
  program.operands = {{RESNETC_BASE_INPUT, RESNETC_MEMORY_HOST, 0, 0, 0, {0, 0}},
                      {RESNETC_BASE_WEIGHTS, RESNETC_MEMORY_HOST, 0, 0, 0, {0, 0}},
                      {RESNETC_BASE_WORKSPACE, RESNETC_MEMORY_HOST, 0, 0, 0, {0, 0}},
                      {RESNETC_BASE_WORKSPACE, RESNETC_MEMORY_HOST, 0, 0, 0, {0, 0}},
                      {RESNETC_BASE_OUTPUT, RESNETC_MEMORY_HOST, 0, 0, 0, {0, 0}}};
  tables.packedBytes = 16 * 16 * sizeof(float);
  return tables;
}

class EmitTest : public FolderTest {
protected:
  EmitOptions options(StringRef cache, unsigned workers) {
    EmitOptions options;
    options.targets = {"x86-64", "x86-64-v3"};
    options.flags = "--targets=x86-64,x86-64-v3";
    options.kernels.worker = RESNETC_KERNEL_WORKER;
    options.kernels.workers = workers;
    options.kernels.cacheDirectory = path(cache);
    return options;
  }
};

TEST_F(EmitTest, runsWithHalidesKernels) {
  Expected<EmittedModel> emitted = emitModel(twoKernels(), options("cache", 2));
  ASSERT_TRUE(!!emitted) << toString(emitted.takeError());
  EXPECT_EQ(symbolsOf(emitted->object), (std::vector<std::string>{"T net_info", "T net_pack", "T net_run",
                                                                  "U resnetc_rt_pack", "U resnetc_rt_run"}));
  ASSERT_EQ(emitted->kernels.size(), 4u);
  EXPECT_EQ(emitted->kernels[0].target, "x86-64-v3");
  EXPECT_EQ(emitted->kernels[2].target, "x86-64");

  const LoadedModel model = cantFail(LoadedModel::load(text(emitted->object), "net"));
  const resnetc_plan &plan = *model.info().plan;
  ASSERT_EQ(plan.variant_count, 2u);
  EXPECT_EQ(plan.variants[0].cpu_features, uint64_t(RESNETC_CPU_AVX2));
  EXPECT_STREQ(plan.variants[1].target, "x86-64");
  AlignedBytes weights(model.info().packed_bytes), workspace(model.info().workspace_bytes);
  float *filter = reinterpret_cast<float *>(weights.data());
  for (int in = 0; in < 16; ++in)
    for (int out = 0; out < 16; ++out)
      filter[in * 16 + out] = in == out ? 2 : 0;
  alignas(64) float image[16], logits[16];
  for (int i = 0; i < 16; ++i)
    image[i] = float(i - 8);
  resnetc_context context;
  ASSERT_EQ(resnetc_context_init(&context, nullptr), RESNETC_OK);
  for (uint64_t features : {~uint64_t(0), uint64_t(0)}) { // the best variant, and the one for any CPU
    context.cpu_features = features;
    ASSERT_EQ(model.run(&context, weights.data(), image, 1, logits, workspace.data()), RESNETC_OK);
    for (int i = 0; i < 16; ++i)
      EXPECT_EQ(logits[i], i < 8 ? 0.0f : 2.0f * (i - 8));
  }
}

TEST_F(EmitTest, sameBytesWithAnyWorkersAndCache) {
  PlanTables tables = twoKernels();
  tables.kernels.push_back(tables.kernels[0]); // named twice, linked once
  Expected<EmittedModel> cold = emitModel(tables, options("cache1", 1));
  ASSERT_TRUE(!!cold) << toString(cold.takeError());
  EXPECT_FALSE(cold->kernels[0].cached);
  Expected<EmittedModel> cached = emitModel(tables, options("cache1", 3));
  ASSERT_TRUE(!!cached) << toString(cached.takeError());
  EXPECT_TRUE(cached->kernels[0].cached);
  EmitOptions reversed = options("cache2", 2);
  std::swap(reversed.targets[0], reversed.targets[1]);
  Expected<EmittedModel> other = emitModel(tables, reversed);
  ASSERT_TRUE(!!other) << toString(other.takeError());
  EXPECT_EQ(text(cold->object), text(cached->object));
  EXPECT_EQ(text(cold->object), text(other->object));
  EXPECT_EQ(manifestText(tables, cold->kernels), manifestText(tables, cached->kernels));
}

TEST_F(EmitTest, wrongTargetsAndKernelsGetWords) {
  EmitOptions wrong = options("cache", 1);
  wrong.targets = {"x86-64-v9"};
  Expected<EmittedModel> model = emitModel(twoKernels(), wrong);
  ASSERT_FALSE(!!model);
  EXPECT_NE(toString(model.takeError()).find("x86-64-v9"), std::string::npos);
  wrong.targets = {};
  model = emitModel(twoKernels(), wrong);
  ASSERT_FALSE(!!model);
  EXPECT_EQ(toString(model.takeError()), "no target to compile for");
  PlanTables tables = twoKernels();
  tables.kernels[1] = "no such kernel";
  model = emitModel(tables, options("cache", 1));
  ASSERT_FALSE(!!model);
  EXPECT_NE(toString(model.takeError()).find("no"), std::string::npos);
}

} // namespace
