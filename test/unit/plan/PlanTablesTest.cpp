// The tables say what the plan says: offsets, strides, packs, hashes, labels; an unfinished plan is refused.

#include "compiler/emit/PlanTables.h"
#include "compiler/ir/plan/Plan.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/xxhash.h"
#include <gtest/gtest.h>

using namespace resnetc::emit;

namespace {
// A program for two images whose layers run image by image, and one for one image.
const char *plan = R"(
!in1 = !plan.buffer<planar:u8:3x8x8, batch = 1, host>
!in2 = !plan.buffer<planar:u8:3x8x8, batch = 2, host>
!out1 = !plan.buffer<planar:f32:10x1x1, batch = 1, host>
!out2 = !plan.buffer<planar:f32:10x1x1, batch = 2, host>
!a = !plan.buffer<planar:f32:3x8x8+1, batch = 1, host>
!b = !plan.buffer<blocked16:f32:16x8x8+1, batch = 1, host>
!b2 = !plan.buffer<blocked16:f32:16x8x8+1, batch = 2, host>
!c = !plan.buffer<blocked16:f32:16x1x1, batch = 1, host>
!c2 = !plan.buffer<blocked16:f32:16x1x1, batch = 2, host>
plan.model @net from !in1 to vector !out1 packed 1856 schema [#plan.tensor<"bn.bias" : [16]>,
    #plan.tensor<"bn.running_mean" : [16]>, #plan.tensor<"bn.running_var" : [16]>, #plan.tensor<"bn.weight" : [16]>,
    #plan.tensor<"conv1.weight" : [16, 3, 3, 3] unstable>]
plan.kernel @n "normalize batch=1 in=planar:u8:3x8x8 out=planar:f32:3x8x8+1 mean=0,0,0 std=1,1,1"
plan.kernel @c "conv2d batch=1 in=planar:f32:3x8x8+1 out=blocked16:f32:16x8x8+1 window=3x3 stride=1x1 pad=1x1 tile=1 epilogue=bias"
plan.kernel @m "global_avg_pool batch=1 in=blocked16:f32:16x8x8+1 out=blocked16:f32:16x1x1"
plan.kernel @m2 "global_avg_pool batch=2 in=blocked16:f32:16x8x8+1 out=blocked16:f32:16x1x1"
plan.pack_filter @f "conv1.weight" scale("bn.weight", "bn.running_var", 1.0e-5) shape [16, 3, 3, 3] input_block 3 tile 1 offset 0
plan.pack_shift @s norm("bn.bias", "bn.running_mean") scale("bn.weight", "bn.running_var", 1.0e-5) channels 16 padded 16 offset 1728
plan.pack_scale @g scale("bn.weight", "bn.running_var", 0.25) channels 16 padded 16 offset 1792
plan.program @one of @net batch 1 workspace 8064 {
  %in = plan.input : !in1
  %a = plan.buffer offset 6400 : !a
  plan.border %a : !a
  plan.call @n ins(%in : !in1) outs(%a : !a) label "normalize"
  %b = plan.buffer offset 0 : !b
}
plan.program @two of @net batch 2 workspace 14400 {
  %in = plan.input : !in2
  %w = plan.weight @f : !plan.weight<1728>
  %s = plan.weight @s : !plan.weight<64>
  %a = plan.buffer offset 12800 : !a
  %b = plan.buffer offset 0 : !b2
  %c = plan.buffer offset 12800 : !c2
  plan.images 2 {
    %in1 = plan.image %in : !in2 -> !in1
    %b1 = plan.image %b : !b2 -> !b
    plan.border %a : !a
    plan.call @n ins(%in1 : !in1) outs(%a : !a) label "normalize"
    plan.border %b1 : !b
    plan.call @c ins(%a, %w, %s : !a, !plan.weight<1728>, !plan.weight<64>) outs(%b1 : !b) label "conv1"
  }
  plan.call @m2 ins(%b : !b2) outs(%c : !c2) label "mean"
})";

struct Context {
  mlir::MLIRContext context;
  Context() { context.loadDialect<resnetc::plan::PlanDialect>(); }
  mlir::OwningOpRef<mlir::ModuleOp> parse(llvm::StringRef text) {
    return mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  }
};

PlanTables tables() {
  Context context;
  auto module = context.parse(plan);
  EXPECT_TRUE(module);
  return llvm::cantFail(buildTables(*module));
}

TEST(PlanTables, Model) {
  PlanTables t = tables();
  EXPECT_EQ(t.name, "net");
  EXPECT_EQ(t.input.element, RESNETC_U8);
  EXPECT_EQ(t.input.rank, 3u);
  EXPECT_EQ(t.input.extents[2], 8u);
  EXPECT_EQ(t.output.rank, 1u);
  EXPECT_EQ(t.output.extents[0], 10u);
  ASSERT_EQ(t.schema.size(), 5u);
  EXPECT_EQ(t.schema[4].name, "conv1.weight");
  EXPECT_EQ(t.schema[4].shape, (std::vector<int64_t>{16, 3, 3, 3}));
  EXPECT_FALSE(t.schema[4].stable);
  EXPECT_TRUE(t.schema[0].stable);
  EXPECT_EQ(t.schemaHash, llvm::xxh3_64bits("bn.bias f32 16\nbn.running_mean f32 16\nbn.running_var f32 16\n"
                                            "bn.weight f32 16\nconv1.weight f32 16x3x3x3\n"));
  EXPECT_EQ(t.packedBytes, 1856u);
  EXPECT_EQ(t.workspaceBytes, 14400u);
  ASSERT_EQ(t.kernels.size(), 4u);
  EXPECT_EQ(t.kernels[2], "global_avg_pool batch=1 in=blocked16:f32:16x8x8+1 out=blocked16:f32:16x1x1");
}

TEST(PlanTables, Packs) {
  PlanTables t = tables();
  ASSERT_EQ(t.packSteps.size(), 3u);
  const resnetc_pack_step &filter = t.packSteps[0], &shift = t.packSteps[1], &scale = t.packSteps[2];
  EXPECT_EQ(filter.opcode, RESNETC_PACK_FILTER);
  EXPECT_EQ(filter.filter, 4u);
  EXPECT_EQ(filter.gamma, 3u);
  EXPECT_EQ(filter.variance, 2u);
  EXPECT_EQ(filter.bias, RESNETC_NO_TENSOR);
  EXPECT_EQ(filter.output_channels, 16u);
  EXPECT_EQ(filter.input_channels, 3u);
  EXPECT_EQ(filter.kernel_height, 3u);
  EXPECT_EQ(filter.input_block, 3u);
  EXPECT_EQ(filter.output_tile, 1u);
  EXPECT_EQ(filter.output_padded, 16u);
  EXPECT_EQ(filter.epsilon, 1e-5);
  EXPECT_EQ(shift.opcode, RESNETC_PACK_SHIFT);
  EXPECT_EQ(shift.beta, 0u);
  EXPECT_EQ(shift.mean, 1u);
  EXPECT_EQ(shift.filter, RESNETC_NO_TENSOR);
  EXPECT_EQ(shift.offset, 1728u);
  EXPECT_EQ(scale.opcode, RESNETC_PACK_SCALE);
  EXPECT_EQ(scale.epsilon, 0.25);
}

TEST(PlanTables, ProgramsLargestFirst) {
  PlanTables t = tables();
  ASSERT_EQ(t.programs.size(), 2u);
  EXPECT_EQ(t.programs[0].batch, 2u);
  EXPECT_EQ(t.programs[1].batch, 1u);
  EXPECT_EQ(t.programs[1].workspaceBytes, 8064u);
}

TEST(PlanTables, LoopOverImages) {
  PlanTables t = tables();
  const ProgramTable &two = t.programs[0];
  std::vector<int> opcodes;
  for (const resnetc_step &step : two.steps)
    opcodes.push_back(step.opcode);
  EXPECT_EQ(opcodes, (std::vector<int>{RESNETC_STEP_LOOP, RESNETC_STEP_BORDER, RESNETC_STEP_CALL, RESNETC_STEP_BORDER,
                                       RESNETC_STEP_CALL, RESNETC_STEP_END, RESNETC_STEP_CALL}));
  EXPECT_EQ(two.steps[0].index, RESNETC_AXIS_IMAGE);
  EXPECT_EQ(two.steps[0].count, 2u);
  const resnetc_operand *normalize = &two.operands[two.steps[2].first_operand];
  EXPECT_EQ(normalize[0].base, RESNETC_BASE_INPUT);
  EXPECT_EQ(normalize[0].stride[RESNETC_AXIS_IMAGE], 3 * 8 * 8);
  EXPECT_EQ(normalize[1].base, RESNETC_BASE_WORKSPACE);
  EXPECT_EQ(normalize[1].offset, 12800u);
  EXPECT_EQ(normalize[1].stride[RESNETC_AXIS_IMAGE], 0);
  const resnetc_operand *conv = &two.operands[two.steps[4].first_operand];
  EXPECT_EQ(two.steps[4].operand_count, 4u);
  EXPECT_EQ(conv[1].base, RESNETC_BASE_WEIGHTS);
  EXPECT_EQ(conv[2].offset, 1728u);
  EXPECT_EQ(conv[3].stride[RESNETC_AXIS_IMAGE], 16 * 10 * 10 * 4);
  EXPECT_EQ(two.steps[6].index, 3u);
  EXPECT_EQ(two.operands[two.steps[6].first_operand].stride[RESNETC_AXIS_IMAGE], 0);
}

TEST(PlanTables, BordersOfBothLayouts) {
  PlanTables t = tables();
  ASSERT_EQ(t.programs[0].borders.size(), 2u);
  const resnetc_border &planar = t.programs[0].borders[0], &blocked = t.programs[0].borders[1];
  EXPECT_EQ(planar.planes, 3u);
  EXPECT_EQ(planar.pixel_bytes, 4u);
  EXPECT_EQ(planar.border, 1u);
  EXPECT_EQ(blocked.planes, 1u);
  EXPECT_EQ(blocked.pixel_bytes, 64u);
  EXPECT_EQ(blocked.height, 8u);
}

TEST(PlanTables, Labels) {
  PlanTables t = tables();
  const StepLabel &conv = t.labels[t.programs[0].steps[4].label];
  EXPECT_EQ(conv.layer, "conv1");
  EXPECT_EQ(conv.images, 2u);
  EXPECT_EQ(conv.blocks, 1u);
  EXPECT_EQ(conv.executions(), 2u);
  EXPECT_EQ(t.labels[t.programs[0].steps[6].label].executions(), 1u); // behind the loop
  EXPECT_EQ(conv.flops, 2u * 16 * 3 * 9 * 64);
  EXPECT_EQ(conv.kernel, 1u);
  const StepLabel &border = t.labels[t.programs[0].steps[3].label];
  EXPECT_EQ(border.layer, "conv1");
  EXPECT_EQ(border.opcode, RESNETC_STEP_BORDER);
  EXPECT_EQ(border.bytes, (100u - 64) * 64);
  EXPECT_EQ(t.labels[t.programs[1].steps[0].label].program, 1u);
}

std::string refusal(llvm::StringRef text) {
  Context context;
  auto module = context.parse(text);
  if (!module)
    return "does not parse";
  auto result = buildTables(*module);
  return result ? "accepted" : llvm::toString(result.takeError());
}

TEST(PlanTables, RefusesAnUnfinishedPlan) {
  std::string model = "plan.model @net from !plan.buffer<planar:f32:16x1x1, batch = 1, host> to "
                      "!plan.buffer<planar:f32:16x1x1, batch = 1, host> packed 0 schema []\n";
  EXPECT_EQ(refusal(""), "builtin.module: one plan.model is wanted, there are 0");
  EXPECT_EQ(refusal(model), "builtin.module: there is no program for one image");
  EXPECT_EQ(refusal(model + "plan.program @p of @net batch 1 {}"), "plan.program: has no workspace; run plan-memory");
  EXPECT_EQ(refusal(model + "plan.program @p of @net batch 1 workspace 0 {}\n"
                            "plan.program @q of @net batch 1 workspace 0 {}"),
            "plan.program: two programs have the same batch size");
}
} // namespace
