// The tables of a training step say what its plan says: bases, state, results, settings, first values.

#include "compiler/emit/PlanTables.h"
#include "compiler/ir/plan/Plan.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include <gtest/gtest.h>

using namespace resnetc::emit;

namespace {
// Inference of one linear layer.
const char *inference = R"(
plan.model @net from vector !plan.buffer<planar:f32:16x1x1, batch = 1, host>
    to vector !plan.buffer<planar:f32:5x1x1, batch = 1, host> packed 1088
    schema [#plan.tensor<"fc.bias" : [5]>, #plan.tensor<"fc.weight" : [5, 16]>]
plan.program @one of @net batch 1 workspace 64 {}
)";

// A step of four images, as far as tables tell: the loss, and SGD over all parameters.
const std::string training = R"(
!state = !plan.buffer<planar:f32:544x1x1, batch = 1, host>
!labels = !plan.buffer<planar:f32:4x1x1, batch = 1, host>
!step = !plan.buffer<planar:f32:8x1x1, batch = 1, host>
!gradients = !plan.buffer<planar:f32:272x1x1, batch = 1, host>
!weights = !plan.buffer<planar:f32:256x1x1, batch = 1, host>
!biases = !plan.buffer<planar:f32:16x1x1, batch = 1, host>
!logits = !plan.buffer<blocked16:f32:5x1x1, batch = 4, host>
!losses = !plan.buffer<blocked16:f32:1x1x1, batch = 4, host>
plan.model @net from vector !plan.buffer<planar:f32:16x1x1, batch = 1, host>
    to vector !plan.buffer<planar:f32:5x1x1, batch = 1, host> packed 1088
    schema [#plan.tensor<"fc.bias" : [5]>, #plan.tensor<"fc.weight" : [5, 16]>]
plan.kernel @loss "cross_entropy batch=4 in=blocked16:f32:5x1x1 out=blocked16:f32:1x1x1 second=blocked16:f32:5x1x1"
plan.kernel @sgd_0 "sgd batch=1 out=planar:f32:256x1x1 decay=true"
plan.pack_filter @filter "fc.weight" matrix shape [5, 16, 1, 1] input_block 16 tile 1 offset 0
plan.pack_vector @vector "fc.bias" channels 5 padded 16 offset 1024
plan.program @step of @net batch 4 workspace 2112 {
  %state = plan.state : <planar:f32:544x1x1, batch = 1, host>
  %labels = plan.labels : <planar:f32:4x1x1, batch = 1, host>
  %others = plan.second_labels : <planar:f32:4x1x1, batch = 1, host>
  %counters = plan.counters : <planar:f32:8x1x1, batch = 1, host>
  %hyper = plan.hyper : <planar:f32:8x1x1, batch = 1, host>
  %gradients = plan.buffer offset 256 : <planar:f32:272x1x1, batch = 1, host>
  %logits = plan.buffer offset 1344 : <blocked16:f32:5x1x1, batch = 4, host>
  %losses = plan.buffer offset 1600 : <blocked16:f32:1x1x1, batch = 4, host>
  %dlogits = plan.buffer offset 1856 : <blocked16:f32:5x1x1, batch = 4, host>
  plan.call @loss ins(%logits, %labels, %others, %counters : !logits, !labels, !labels, !step) outs(%losses, %dlogits : !losses, !logits) label "net"
  %w = plan.view %state offset 0 : !state -> !weights
  %dw = plan.view %gradients offset 0 : !gradients -> !weights
  %v = plan.view %state offset 1088 : !state -> !weights
  plan.call @sgd_0 ins(%w, %dw, %v, %hyper : !weights, !weights, !weights, !step) outs(%w, %v : !weights, !weights) label "sgd"
  plan.step_results %losses, %gradients : <blocked16:f32:1x1x1, batch = 4, host>, <planar:f32:272x1x1, batch = 1, host>
}
plan.training @t of @net optimizer "sgd" slots 1 parameters 1088 decayed 1024 settings
  {lr = 0.25 : f64, momentum = 0.5 : f64, name = "sgd", nesterov = false, weight_decay = 0.125 : f64}
  seed 9 initial {fc.bias = 0.5 : f64}
)";

struct Context {
  mlir::MLIRContext context;
  Context() { context.loadDialect<resnetc::plan::PlanDialect>(); }

  /// The tables of both modules, or why not.
  llvm::Expected<PlanTables> build(llvm::StringRef trainingText) {
    auto plan = mlir::parseSourceString<mlir::ModuleOp>(inference, &context);
    auto step = mlir::parseSourceString<mlir::ModuleOp>(trainingText, &context);
    if (!plan || !step)
      return llvm::createStringError("does not parse");
    auto tables = buildTables(*plan);
    if (!tables)
      return tables;
    EXPECT_FALSE(tables->training);
    if (llvm::Error error = addTraining(*step, *tables))
      return error;
    return tables;
  }
};

PlanTables tablesOf(llvm::StringRef text) {
  auto tables = Context().build(text);
  if (tables)
    return std::move(*tables);
  ADD_FAILURE() << llvm::toString(tables.takeError());
  PlanTables none;
  none.training.emplace();
  return none;
}

TEST(TrainingTables, StateAndSettings) {
  const PlanTables tables = tablesOf(training);
  ASSERT_TRUE(tables.training);
  const TrainingTables &t = *tables.training;
  EXPECT_EQ(t.optimizer, RESNETC_SGD);
  EXPECT_EQ(t.slots, 1u);
  EXPECT_EQ(t.decayBytes, 1024u);
  EXPECT_EQ(t.parameterBytes, 1088u);
  EXPECT_EQ(t.tensorBytes, 1088u);
  EXPECT_EQ(t.stateBytes, 2176u);
  EXPECT_EQ(t.gradientsOffset, 256u);
  EXPECT_EQ(t.lossesOffset, 1600u);
  EXPECT_EQ(t.hyper.seed, 9u);
  EXPECT_EQ(t.hyper.step, 0u);
  EXPECT_EQ(t.hyper.learning_rate, 0.25f);
  EXPECT_EQ(t.hyper.momentum, 0.5f);
  EXPECT_EQ(t.hyper.weight_decay, 0.125f);
  EXPECT_EQ(t.hyper.beta1, 0.9f);
  EXPECT_EQ(t.hyper.beta2, 0.999f);
  EXPECT_EQ(t.hyper.epsilon, 1e-8f);
  ASSERT_EQ(t.inits.size(), 2u);
  EXPECT_EQ(t.inits[0], 0.5);
  EXPECT_EQ(t.inits[1], std::nullopt);
  ASSERT_EQ(t.packSteps.size(), 2u);
  EXPECT_EQ(t.packSteps[0].opcode, uint32_t(RESNETC_PACK_FILTER));
  EXPECT_EQ(t.packSteps[0].filter, 1u);
  EXPECT_EQ(t.packSteps[0].gamma, RESNETC_NO_TENSOR);
  EXPECT_EQ(t.packSteps[1].opcode, uint32_t(RESNETC_PACK_VECTOR));
  EXPECT_EQ(t.packSteps[1].bias, 0u);
  EXPECT_EQ(t.packSteps[1].offset, 1024u);
}

TEST(TrainingTables, BasesOfTheStep) {
  const PlanTables tables = tablesOf(training);
  const ProgramTable &program = tables.training->program;
  EXPECT_EQ(program.batch, 4u);
  EXPECT_EQ(program.workspaceBytes, 2112u);
  EXPECT_EQ(tables.programs.size(), 1u) << "programs for inference stay apart";
  EXPECT_EQ(tables.workspaceBytes, 64u);
  EXPECT_EQ(tables.kernels.back(), "sgd batch=1 out=planar:f32:256x1x1 decay=true");
  ASSERT_EQ(program.steps.size(), 2u);
  std::vector<std::pair<int, uint64_t>> places;
  for (const resnetc_operand &operand : program.operands)
    places.emplace_back(operand.base, operand.offset);
  const std::vector<std::pair<int, uint64_t>> expected = {
      {RESNETC_BASE_WORKSPACE, 1344}, {RESNETC_BASE_LABELS, 0},       {RESNETC_BASE_SECOND_LABELS, 0},
      {RESNETC_BASE_STEP, 0},         {RESNETC_BASE_WORKSPACE, 1600}, {RESNETC_BASE_WORKSPACE, 1856},
      {RESNETC_BASE_WEIGHTS, 0},      {RESNETC_BASE_WORKSPACE, 256},  {RESNETC_BASE_WEIGHTS, 1088},
      {RESNETC_BASE_STEP, 32},        {RESNETC_BASE_WEIGHTS, 0},      {RESNETC_BASE_WEIGHTS, 1088}};
  EXPECT_EQ(places, expected);
  const StepLabel &label = tables.labels[program.steps[1].label];
  EXPECT_EQ(label.layer, "sgd");
  EXPECT_EQ(label.program, 1u) << "behind those for inference";
  EXPECT_EQ(program.steps[1].index, label.kernel);
}

std::string refusal(const std::string &text) {
  auto tables = Context().build(text);
  return tables ? "accepted" : llvm::toString(tables.takeError());
}

/// `text` with its first `old` replaced.
std::string with(std::string text, const std::string &old, const std::string &replacement) {
  const size_t at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return at == std::string::npos ? text : text.replace(at, old.size(), replacement);
}

TEST(TrainingTables, TheUpdateIsTheEndOfTheStep) {
  EXPECT_EQ(tablesOf(training).training->updateStep, 1u);
  const std::string loss = "  plan.call @loss", sgd = "  plan.call @sgd_0";
  const std::string sgdLine =
      training.substr(training.find(sgd), training.find("  plan.step_results") - training.find(sgd));
  const std::string twice = with(training, "  plan.step_results", sgdLine + "  plan.step_results");
  EXPECT_EQ(tablesOf(twice).training->updateStep, 1u) << "with and without weight decay";
  const std::string lossLine = training.substr(training.find(loss), training.find("  %w = ") - training.find(loss));
  EXPECT_EQ(refusal(with(training, "  plan.step_results", lossLine + "  plan.step_results")),
            "plan.program: has other steps behind the optimizer's, or a loop around these");
}

TEST(TrainingTables, Probes) {
  EXPECT_TRUE(tablesOf(training).training->probes.empty());
  const std::string type = "<planar:f32:32x1x1, batch = 1, host>";
  std::string probing =
      with(training, "  %losses = ", "  %probes = plan.buffer offset 64 : " + type + "\n  %losses = ");
  probing =
      with(probing, "plan.step_results %losses, %gradients : ", "plan.step_results %losses, %gradients, %probes : ");
  probing = with(probing, "<planar:f32:272x1x1, batch = 1, host>\n}",
                 "<planar:f32:272x1x1, batch = 1, host>, !plan.buffer" + type + "\n}");
  const std::string rows =
      R"( {probes = [{kind = "skip", name = "layer1.0"}, {kind = "gradient", name = "layer1.0"}]})";
  const PlanTables tables = tablesOf(probing + rows);
  ASSERT_EQ(tables.training->probes.size(), 2u);
  EXPECT_EQ(tables.training->probes[0].name, "layer1.0");
  EXPECT_EQ(tables.training->probes[0].kind, RESNETC_PROBE_SKIP);
  EXPECT_EQ(tables.training->probes[1].kind, RESNETC_PROBE_GRADIENT);
  EXPECT_EQ(tables.training->probesOffset, 64u);
  const std::string other = "plan.training: has another number of probes than its program";
  EXPECT_EQ(refusal(probing), other);
  EXPECT_EQ(refusal(training + rows), other);
  EXPECT_EQ(refusal(with(probing + rows, "skip", "skipp")),
            "plan.training: has a probe without a name, or of an unknown kind");
  EXPECT_EQ(refusal(with(probing + rows, "{kind = \"skip\", name = \"layer1.0\"}", "3")),
            "plan.training: has a probe without a name, or of an unknown kind");
}

TEST(TrainingTables, RefusesWhatIsNotTheSameNetwork) {
  EXPECT_EQ(refusal(""), "builtin.module: one plan.model, plan.program and plan.training are wanted");
  std::string renamed = training;
  for (size_t at = 0; (at = renamed.find("fc.", at)) != std::string::npos;)
    renamed.replace(at, 3, "fd.");
  EXPECT_EQ(refusal(renamed), "plan.model: has other tensors in training than in inference");
  EXPECT_EQ(refusal(training), "accepted");
}
} // namespace
