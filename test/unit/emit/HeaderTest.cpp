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
  write("Net_18.h", headerText(tables, /*embedsWeights=*/true));
  write("use.c", "#include \"Net_18.h\"\n"
                 "#include \"Net_18.h\"\n"
                 "size_t sizes[] = {NET_18_WORKSPACE_BYTES(4), NET_18_WORKSPACE_ALIGN, NET_18_WEIGHTS_BYTES,\n"
                 "  NET_18_CLASSES, NET_18_INPUT_CHANNELS, NET_18_INPUT_HEIGHT, NET_18_INPUT_WIDTH,\n"
                 "  NET_18_INPUT_ELEMENTS};\n"
                 "const unsigned char *weights(void);\n"
                 "const unsigned char *weights(void) { return Net_18_weights; }\n");
  const std::string flags = " -Wall -Wextra -pedantic -Werror -I" RESNETC_RUNTIME_INCLUDE " -c use.c -o use.o";
  EXPECT_EQ(shell("cc -std=c99" + flags), "");
  EXPECT_EQ(shell("c++ -std=c++17 -x c++" + flags), "");
}

TEST_F(HeaderTest, headersOfAnotherAbiAreRefusedInWords) {
  std::string text = headerText(additionTables("net"), false);
  const std::string have = "RESNETC_ABI_VERSION != 3";
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

} // namespace
