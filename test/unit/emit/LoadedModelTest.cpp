#include "compiler/emit/LoadedModel.h"
#include "runtime/weights/Rnw.h"
#include "test/unit/emit/EmitFixture.h"

using namespace llvm;
using namespace resnetc;
using namespace resnetc::emit;

namespace {

class LoadedModelTest : public FolderTest {
protected:
  void SetUp() override {
    FolderTest::SetUp();
    Expected<ObjectBytes> assembled = assembleAddition("net", "k");
    ASSERT_TRUE(!!assembled) << toString(assembled.takeError());
    object = std::move(*assembled);
  }

  weights::RnwFile weightsFile(const weights::NamedTensors &tensors) {
    EXPECT_EQ(toString(weights::writeNamed(path("w.rnw"), tensors, "net")), "");
    return cantFail(weights::RnwFile::open(path("w.rnw")));
  }

  ObjectBytes object;
};

std::vector<float> runOnce(const LoadedModel &model, const void *packed, size_t n) {
  std::vector<float> images(n * channels, 0.5f), logits(n * channels);
  AlignedBytes workspace(model.info().workspace_bytes);
  EXPECT_EQ(model.run(nullptr, packed, images.data(), n, logits.data(), workspace.data()), RESNETC_OK);
  return logits;
}

TEST_F(LoadedModelTest, tablesAreThoseOfThePlan) {
  const LoadedModel model = cantFail(LoadedModel::load(text(object), "net"));
  const resnetc_model_info &info = model.info();
  const PlanTables tables = additionTables("net");
  EXPECT_STREQ(info.name, "net");
  EXPECT_STREQ(info.flags, "--targets=x86-64");
  EXPECT_EQ(StringRef(info.compiler).take_front(8), "resnetc ");
  EXPECT_EQ(info.struct_bytes, sizeof info);
  EXPECT_EQ(info.schema_hash, tables.schemaHash);
  EXPECT_EQ(info.packed_hash, tables.packedHash);
  EXPECT_EQ(info.packed_bytes, tables.packedBytes);
  EXPECT_EQ(info.tensor_count, 1u);
  EXPECT_EQ(info.input.extents[0], channels);
  ASSERT_EQ(info.plan->program_count, 1u);
  const resnetc_program &program = info.plan->programs[0];
  ASSERT_EQ(program.step_count, 1u);
  EXPECT_EQ(program.steps[0].operand_count, 3u);
  EXPECT_EQ(program.operands[2].base, RESNETC_BASE_OUTPUT);
  EXPECT_EQ(program.borders, nullptr);
  ASSERT_EQ(info.plan->pack_step_count, 1u);
  EXPECT_EQ(info.plan->pack_steps[0].output_padded, channels);
  EXPECT_EQ(info.plan->pack_steps[0].mean, RESNETC_NO_TENSOR);
  ASSERT_EQ(info.plan->variant_count, 1u);
  EXPECT_STREQ(info.plan->variants[0].target, "x86-64");
}

TEST_F(LoadedModelTest, packsAndRuns) {
  const LoadedModel model = cantFail(LoadedModel::load(text(object), "net"));
  EXPECT_EQ(model.embeddedWeights(), nullptr);
  const weights::RnwFile file = weightsFile(additionWeights(100));
  Expected<AlignedBytes> packed = packWeights(model, file.handle());
  ASSERT_TRUE(!!packed) << toString(packed.takeError());
  const std::vector<float> logits = runOnce(model, packed->data(), 3);
  for (size_t i = 0; i < logits.size(); ++i)
    EXPECT_EQ(logits[i], 100.5f + i % channels);
}

TEST_F(LoadedModelTest, runsWithEmbeddedWeights) {
  std::vector<float> bias(channels, 2.0f);
  const ArrayRef<uint8_t> packed(reinterpret_cast<const uint8_t *>(bias.data()), channels * sizeof(float));
  const ObjectBytes embedded = cantFail(embedWeights(text(object), "net", {packed, {}}));
  LoadedModel model = cantFail(LoadedModel::load(text(embedded), "net"));
  const LoadedModel moved = std::move(model);
  ASSERT_TRUE(moved.embeddedWeights());
  EXPECT_EQ(reinterpret_cast<uintptr_t>(moved.embeddedWeights()) % 64, 0u);
  EXPECT_EQ(runOnce(moved, moved.embeddedWeights(), 1), std::vector<float>(channels, 2.5f));
}

TEST_F(LoadedModelTest, trainingTablesAreThoseOfThePlan) {
  EXPECT_EQ(cantFail(LoadedModel::load(text(object), "net")).info().training, nullptr);
  const ObjectBytes trains = cantFail(assembleAddition("net", "k", /*trains=*/true));
  const LoadedModel model = cantFail(LoadedModel::load(text(trains), "net"));
  ASSERT_TRUE(model.info().training);
  const resnetc_training &training = *model.info().training;
  EXPECT_EQ(training.batch, 2u);
  EXPECT_EQ(training.optimizer, uint32_t(RESNETC_ADAMW));
  EXPECT_EQ(training.slots, 2u);
  ASSERT_EQ(training.pack_step_count, 1u);
  EXPECT_EQ(training.pack_steps[0].opcode, uint32_t(RESNETC_PACK_VECTOR));
  ASSERT_EQ(training.tensor_count, 1u);
  EXPECT_STREQ(training.tensors[0].name, "bias");
  EXPECT_EQ(training.tensors[0].rank, 1u);
  EXPECT_EQ(training.tensors[0].extents[0], channels);
  EXPECT_EQ(training.tensors[0].extents[1], 0u);
  EXPECT_EQ(training.tensors[0].init, uint32_t(RESNETC_INIT_CONSTANT));
  EXPECT_EQ(training.tensors[0].init_value, 0.25);
  EXPECT_EQ(training.program->batch, 2u);
  EXPECT_EQ(training.program->operands[2].base, RESNETC_BASE_WEIGHTS);
  EXPECT_EQ(training.decay_bytes, 0u);
  EXPECT_EQ(training.parameter_bytes, 64u);
  EXPECT_EQ(training.tensor_bytes, 64u);
  EXPECT_EQ(training.state_bytes, 192u);
  EXPECT_EQ(training.workspace_bytes, 256u);
  EXPECT_EQ(training.gradients_offset, 128u);
  EXPECT_EQ(training.losses_offset, 0u);
  EXPECT_EQ(training.hyper.seed, 7u);
  EXPECT_EQ(training.hyper.learning_rate, 0.1f);
  EXPECT_EQ(training.hyper.weight_decay, 1e-4f);
  EXPECT_EQ(training.hyper.epsilon, 1e-8f);
}

/// Every entry point reaches its function of the runtime with its arguments in order.
TEST_F(LoadedModelTest, trains) {
  EXPECT_EQ(cantFail(LoadedModel::load(text(object), "net")).training(), nullptr);
  const ObjectBytes trains = cantFail(assembleAddition("net", "k", /*trains=*/true));
  LoadedModel loaded = cantFail(LoadedModel::load(text(trains), "net"));
  const LoadedModel model = std::move(loaded);
  ASSERT_TRUE(model.training());
  const TrainingEntries &entries = *model.training();
  AlignedBytes state(model.info().training->state_bytes), workspace(model.info().training->workspace_bytes),
      packed(model.info().packed_bytes);
  std::memset(workspace.data(), 0, workspace.size);
  using Values = std::vector<float>;
  Values images(2 * channels, 0.5f), values(channels);
  const int32_t labels[2] = {0, channels - 1};
  ASSERT_EQ(entries.init(1, state.data()), RESNETC_OK);
  ASSERT_EQ(entries.get(state.data(), "bias", values.data(), channels), RESNETC_OK);
  EXPECT_EQ(values, Values(channels, 0.25f));
  float loss = -1;
  reinterpret_cast<float *>(workspace.data())[16] = 3;
  ASSERT_EQ(entries.trainStep(nullptr, state.data(), images.data(), labels, 2, nullptr, &loss, workspace.data()),
            RESNETC_OK);
  EXPECT_EQ(loss, 3);
  ASSERT_EQ(entries.fold(state.data(), packed.data()), RESNETC_OK);
  EXPECT_EQ(runOnce(model, packed.data(), 1), Values(channels, 1.25f));
  reinterpret_cast<float *>(workspace.data())[32 + 5] = 6;
  ASSERT_EQ(entries.gradient(workspace.data(), "bias", values.data(), channels), RESNETC_OK);
  EXPECT_EQ(values[5], 6);
  ASSERT_EQ(entries.set(state.data(), "bias", Values(channels, 9).data(), channels), RESNETC_OK);
  ASSERT_EQ(entries.get(state.data(), "bias", values.data(), channels), RESNETC_OK);
  EXPECT_EQ(values, Values(channels, 9));
  char error[200];
  const weights::RnwFile file = weightsFile(additionWeights(100));
  ASSERT_EQ(entries.import(&file.handle(), state.data(), error, sizeof error), RESNETC_OK) << error;
  ASSERT_EQ(entries.get(state.data(), "bias", values.data(), channels), RESNETC_OK);
  EXPECT_EQ(values[3], 103);
}

TEST_F(LoadedModelTest, foreignWeightsGetWords) {
  const LoadedModel model = cantFail(LoadedModel::load(text(object), "net"));
  const weights::RnwFile file = weightsFile({{"other", {{channels}, std::vector<float>(channels)}}});
  Expected<AlignedBytes> packed = packWeights(model, file.handle());
  ASSERT_FALSE(!!packed);
  EXPECT_NE(toString(packed.takeError()).find("packing weights for network 'net': "), std::string::npos);
}

TEST_F(LoadedModelTest, wrongNamesGetWords) {
  Expected<LoadedModel> model = LoadedModel::load(text(object), "another");
  ASSERT_FALSE(!!model);
  EXPECT_NE(toString(model.takeError()).find("another_info"), std::string::npos);
  Expected<LoadedModel> none = LoadedModel::load("not an object", "net");
  ASSERT_FALSE(!!none);
  EXPECT_NE(toString(none.takeError()).find("loading network 'net'"), std::string::npos);
}

} // namespace
