#include "compiler/emit/LoadedModel.h"
#include "compiler/weights/Rnw.h"
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
  const ObjectBytes embedded = cantFail(embedWeights(text(object), "net", packed));
  LoadedModel model = cantFail(LoadedModel::load(text(embedded), "net"));
  const LoadedModel moved = std::move(model);
  ASSERT_TRUE(moved.embeddedWeights());
  EXPECT_EQ(reinterpret_cast<uintptr_t>(moved.embeddedWeights()) % 64, 0u);
  EXPECT_EQ(runOnce(moved, moved.embeddedWeights(), 1), std::vector<float>(channels, 2.5f));
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
