#include "compiler/emit/Header.h"
#include "test/unit/emit/EmitFixture.h"

using namespace llvm;
using namespace resnetc;
using namespace resnetc::emit;

namespace {

/// Programs that link models with cc, as an application's author does.
class ProgramTest : public FolderTest {
protected:
  void writeModel(StringRef name, float bias) {
    const std::vector<float> values(channels, bias);
    const ArrayRef<uint8_t> packed(reinterpret_cast<const uint8_t *>(values.data()), channels * sizeof(float));
    // Both have a kernel of the same name, as models that share a layer's shape do.
    Expected<ObjectBytes> object = assembleAddition(name, "k");
    ASSERT_TRUE(!!object) << toString(object.takeError());
    Expected<ObjectBytes> embedded = embedWeights(text(*object), name, {packed, classNames});
    ASSERT_TRUE(!!embedded) << toString(embedded.takeError());
    write((name + ".o").str(), text(*embedded));
    write((name + ".h").str(), headerText(additionTables(name), /*embedsWeights=*/true, classNames.size()));
  }
  std::vector<std::string> classNames;
};

constexpr char mainC[] = R"(#include "left.h"
#include "right.h"
#include <stdio.h>
int main(void) {
  static float image[LEFT_INPUT_ELEMENTS], left[LEFT_CLASSES], right[RIGHT_CLASSES];
  static unsigned char memory[LEFT_WORKSPACE_BYTES(1) + LEFT_WORKSPACE_ALIGN];
  void *workspace = memory + (LEFT_WORKSPACE_ALIGN - (size_t)memory % LEFT_WORKSPACE_ALIGN) % LEFT_WORKSPACE_ALIGN;
  int status = left_run(NULL, left_weights, image, 1, left, workspace);
  if (!status)
    status = right_run(NULL, right_weights, image, 1, right, workspace);
  printf("%s %s: %d, %g %g\n", left_info.name, right_info.name, status, left[15], right[15]);
  return status;
}
)";

TEST_F(ProgramTest, twoModelsInOneProgram) {
  writeModel("left", 1);
  writeModel("right", 2);
  write("main.c", mainC);
  const std::string flags = " -std=c99 -I. -I" RESNETC_RUNTIME_INCLUDE " main.c " RESNETC_LINK_OPTIONS;
  const std::string runtime = " " RESNETC_RUNTIME_LIBRARY " -lpthread -lm";
  for (StringRef pie : {"-pie -fPIE", "-no-pie -fno-PIE"})
    EXPECT_EQ(shell(("cc " + pie + flags + " left.o right.o" + runtime + " -o main && ./main").str()),
              "left right: 0, 1 2\n")
        << pie.str();
}

TEST_F(ProgramTest, modelsInSharedLibraries) {
  writeModel("left", 3);
  writeModel("right", 4);
  write("main.c", mainC);
  const std::string link = "cc -shared -Wl,-z,defs -Wl,--fatal-warnings " RESNETC_LINK_OPTIONS;
  const std::string runtime = " " RESNETC_RUNTIME_LIBRARY " -lpthread -lm";
  EXPECT_EQ(shell(link + " left.o" + runtime + " -o libleft.so && " + link + " right.o" + runtime +
                  " -o libright.so && cc -I. -I" RESNETC_RUNTIME_INCLUDE " main.c " RESNETC_LINK_OPTIONS
                  " -L. -lleft -lright -o main && LD_LIBRARY_PATH=. ./main"),
            "left right: 0, 3 4\n");
}

constexpr char namesC[] = R"(#include "net.h"
#include <stdio.h>
int main(void) {
  for (size_t i = 0; i < NET_CLASS_COUNT; i += 15)
    printf("%s\n", net_class_names[i]);
  return sizeof net_class_names / sizeof net_class_names[0] != NET_CLASS_COUNT;
}
)";

TEST_F(ProgramTest, classNames) {
  for (unsigned i = 0; i < channels; ++i)
    classNames.push_back("class \"" + std::to_string(i) + "\" */ \xc3\xa9");
  writeModel("net", 1);
  write("main.c", namesC);
  const std::string flags =
      " -std=c99 -Wall -Wextra -pedantic -Werror -I. -I" RESNETC_RUNTIME_INCLUDE " main.c " RESNETC_LINK_OPTIONS;
  const std::string runtime = " " RESNETC_RUNTIME_LIBRARY " -lpthread -lm";
  const std::string names = "class \"0\" */ \xc3\xa9\nclass \"15\" */ \xc3\xa9\n";
  for (StringRef pie : {"-pie -fPIE", "-no-pie -fno-PIE"})
    EXPECT_EQ(shell(("cc " + pie + flags + " net.o" + runtime + " -o main && ./main").str()), names) << pie.str();
  const std::string link = "cc -shared -Wl,-z,defs -Wl,--fatal-warnings " RESNETC_LINK_OPTIONS;
  EXPECT_EQ(shell(link + " net.o" + runtime + " -o libnet.so && cc" + flags +
                  " -L. -lnet -o main && LD_LIBRARY_PATH=. ./main"),
            names);
}

} // namespace
