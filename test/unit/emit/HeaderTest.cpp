#include "compiler/emit/Header.h"
#include "compiler/emit/Manifest.h"
#include "test/unit/emit/EmitFixture.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace resnetc;
using namespace resnetc::emit;

namespace {

class HeaderTest : public FolderTest {};

TEST_F(HeaderTest, isCleanC99AndCxx17) {
  PlanTables tables = additionTables("Net_18");
  tables.input = {RESNETC_U8, 3, {3, 224, 200, 0}};
  write("Net_18.h", headerText(tables, /*embedsWeights=*/true, /*classNames=*/16));
  write("use.c", "#include \"Net_18.h\"\n"
                 "#include \"Net_18.h\"\n"
                 "size_t sizes[] = {NET_18_WORKSPACE_BYTES(4), NET_18_WORKSPACE_ALIGN, NET_18_WEIGHTS_BYTES,\n"
                 "  NET_18_CLASSES, NET_18_INPUT_CHANNELS, NET_18_INPUT_HEIGHT, NET_18_INPUT_WIDTH,\n"
                 "  NET_18_INPUT_ELEMENTS, NET_18_CLASS_COUNT};\n"
                 "const char *name(int class_index);\n"
                 "const char *name(int class_index) { return Net_18_class_names[class_index]; }\n"
                 "const unsigned char *weights(void);\n"
                 "const unsigned char *weights(void) { return Net_18_weights; }\n");
  const std::string flags = " -Wall -Wextra -pedantic -Werror -I" RESNETC_RUNTIME_INCLUDE " -c use.c -o use.o";
  EXPECT_EQ(shell("cc -std=c99" + flags), "");
  EXPECT_EQ(shell("c++ -std=c++17 -x c++" + flags), "");
}

/// A program that uses all that the header of a training object declares.
constexpr StringLiteral trainingProgram =
    "#include \"net.h\"\n"
    "unsigned char state[NET_STATE_BYTES + NET_STATE_ALIGN], workspace[NET_TRAIN_WORKSPACE_BYTES(2)];\n"
    "unsigned char packed[NET_WEIGHTS_BYTES], tensors[NET_TENSORS_BYTES];\n"
    "const char *names[NET_TENSORS_COUNT];\n"
    "const resnetc_hyper defaults = NET_HYPER;\n"
    "int train(const float *images, const int32_t labels[NET_TRAIN_BATCH], const resnetc_weights *weights);\n"
    "int train(const float *images, const int32_t labels[NET_TRAIN_BATCH], const resnetc_weights *weights) {\n"
    "  resnetc_hyper hyper = NET_HYPER;\n"
    "  float loss = 0, values[16] = {0};\n"
    "  names[0] = net_info.training->tensors[0].name;\n"
    "  hyper.learning_rate /= 2;\n"
    "  const resnetc_train_batch mixed = {images, labels, labels, NET_TRAIN_BATCH, 0.5f, 0};\n"
    "  return net_gradients(NULL, state, &mixed, &hyper, &loss, workspace) | net_update(NULL, state, &hyper, "
    "workspace) |\n"
    "         net_init(hyper.seed, state) | net_import(weights, state, NULL, 0) | net_fold(state, packed) |\n"
    "         net_get(state, names[0], values, 16) | net_set(state, names[0], values, 16) |\n"
    "         net_gradient(workspace, names[0], values, 16) |\n"
    "         net_train_step(NULL, state, images, labels, NET_TRAIN_BATCH, &hyper, &loss, workspace);\n"
    "}\n";

TEST_F(HeaderTest, trainingIsCleanC99AndCxx17) {
  PlanTables tables = additionTables("net");
  addTraining(tables);
  const std::string header = headerText(tables, /*embedsWeights=*/false);
  write("net.h", header);
  write("use.c", trainingProgram);
  const std::string flags = " -Wall -Wextra -pedantic -Werror -I" RESNETC_RUNTIME_INCLUDE " -c use.c -o use.o";
  EXPECT_EQ(shell("cc -std=c99" + flags), "");
  EXPECT_EQ(shell("c++ -std=c++17 -x c++" + flags), "");
  EXPECT_NE(header.find("#define NET_HYPER {7u, 0u, 0.1f, 0.0f, 0.0001f, 0.9f, 0.999f, 1e-08f}\n"), std::string::npos)
      << header;
  EXPECT_EQ(headerText(additionTables("net"), false).find("_train_step"), std::string::npos);
  EXPECT_EQ(header.find("CLASS_COUNT"), std::string::npos);
}

TEST_F(HeaderTest, headersOfAnotherAbiAreRefusedInWords) {
  std::string text = headerText(additionTables("net"), false);
  const std::string have = "RESNETC_ABI_VERSION != 4";
  ASSERT_NE(text.find(have), std::string::npos);
  text.replace(text.find(have), have.size(), "RESNETC_ABI_VERSION != 99");
  write("net.h", text);
  write("use.c", "#include \"net.h\"\n");
  EXPECT_NE(shell("cc -I" RESNETC_RUNTIME_INCLUDE " -c use.c").find("compile it again"), std::string::npos);
  EXPECT_EQ(text.find("net_weights["), std::string::npos);
}

TEST(Manifest, isJsonAndNamesLayers) {
  const EmittedKernel kernel{0, "x86-64", "tile=4", 1234, true};
  PlanTables tables = additionTables("net");
  tables.labels.front().blocks = 3;
  tables.labels.front().images = 2;
  Expected<json::Value> value = json::parse(manifestText(tables, kernel));
  ASSERT_TRUE(!!value) << toString(value.takeError());
  const json::Object &root = *value->getAsObject();
  EXPECT_EQ(root.getString("network"), StringRef("net"));
  EXPECT_EQ(root.getString("packed_hash"), StringRef("123456789abcdef0"));
  const json::Object &label = *root.getArray("labels")->front().getAsObject();
  EXPECT_EQ(label.getString("layer"), StringRef("add"));
  EXPECT_EQ(label.getInteger("blocks"), 3);
  EXPECT_EQ(label.getInteger("images"), 2);
  EXPECT_EQ(label.getInteger("executions"), 6);
  const json::Object &spec = *root.getArray("kernels")->front().getAsObject();
  EXPECT_EQ(spec.getArray("variants")->front().getAsObject()->getInteger("bytes"), 1234);
}

TEST(Manifest, namesTheTrainingProgram) {
  PlanTables tables = additionTables("net");
  addTraining(tables);
  json::Value value = cantFail(json::parse(manifestText(tables, {})));
  const json::Object *training = value.getAsObject()->getObject("training");
  ASSERT_TRUE(training);
  EXPECT_EQ(training->getString("optimizer"), StringRef("adamw"));
  EXPECT_EQ(training->getInteger("batch"), 2);
  EXPECT_EQ(training->getInteger("program"), 1);
  EXPECT_EQ(training->getInteger("state_bytes"), 192);
  EXPECT_EQ(training->getInteger("workspace_bytes"), 256);
  EXPECT_EQ(training->getInteger("live_peak_bytes"), 200);
  EXPECT_EQ(training->getInteger("recomputed_steps"), 3);
  value = cantFail(json::parse(manifestText(additionTables("net"), {})));
  EXPECT_FALSE(value.getAsObject()->getObject("training"));
}

} // namespace
