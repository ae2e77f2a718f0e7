#include "test/unit/emit/EmitFixture.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFObjectFile.h"

using namespace llvm;
using namespace resnetc;
using namespace resnetc::emit;

namespace {

using Lines = std::vector<std::string>;

ObjectBytes good(Expected<ObjectBytes> object) {
  if (object)
    return std::move(*object);
  ADD_FAILURE() << toString(object.takeError());
  return {};
}

TEST(Link, onlyTheInterfaceIsGlobal) {
  const ObjectBytes object = good(assembleAddition("net", "k"));
  EXPECT_EQ(symbolsOf(object), (Lines{"T net_info", "T net_pack", "T net_run", "U resnetc_rt_do_par_for",
                                      "U resnetc_rt_pack", "U resnetc_rt_run"}));
}

TEST(Link, trainingAddsItsEntryPoints) {
  const Lines lines = {"T net_fold",
                       "T net_get",
                       "T net_gradient",
                       "T net_gradients",
                       "T net_import",
                       "T net_info",
                       "T net_init",
                       "T net_pack",
                       "T net_run",
                       "T net_set",
                       "T net_train_step",
                       "T net_update",
                       "U resnetc_rt_do_par_for",
                       "U resnetc_rt_fold",
                       "U resnetc_rt_get",
                       "U resnetc_rt_gradient",
                       "U resnetc_rt_gradients",
                       "U resnetc_rt_import",
                       "U resnetc_rt_init",
                       "U resnetc_rt_pack",
                       "U resnetc_rt_run",
                       "U resnetc_rt_set",
                       "U resnetc_rt_train_step",
                       "U resnetc_rt_update"};
  const ObjectBytes object = good(assembleAddition("net", "k", /*trains=*/true));
  EXPECT_EQ(symbolsOf(object), lines);
  Lines embedded = lines;
  embedded.push_back("T net_weights");
  llvm::sort(embedded);
  EXPECT_EQ(symbolsOf(good(embedWeights(text(object), "net", {std::vector<uint8_t>(64), {}}))), embedded);
}

TEST(Link, embeddedWeightsAreGlobalAndAligned) {
  const std::vector<uint8_t> packed(1000, 42);
  const ObjectBytes object = good(embedWeights(text(good(assembleAddition("net", "k"))), "net", {packed, {}}));
  EXPECT_EQ(symbolsOf(object), (Lines{"T net_info", "T net_pack", "T net_run", "T net_weights",
                                      "U resnetc_rt_do_par_for", "U resnetc_rt_pack", "U resnetc_rt_run"}));
  auto file = cantFail(object::ObjectFile::createObjectFile(MemoryBufferRef(text(object), "")));
  for (const object::SymbolRef &symbol : file->symbols())
    if (cantFail(symbol.getName()) == "net_weights") {
      EXPECT_EQ(object::ELFSymbolRef(symbol).getSize(), 1000u);
      const object::section_iterator section = cantFail(symbol.getSection());
      EXPECT_EQ(cantFail(section->getName()), ".rodata.resnetc.weights");
      EXPECT_GE(section->getAlignment().value(), 64u);
      EXPECT_EQ(cantFail(section->getContents()).take_front(1000), std::string(1000, 42));
    }
}

TEST(Link, classNamesComeWithOrWithoutWeights) {
  const ObjectBytes object = good(assembleAddition("net", "k"));
  const std::vector<std::string> names{"cat", "dog"};
  const std::vector<uint8_t> packed(64);
  const ObjectBytes alone = good(embedWeights(text(object), "net", {{}, names}));
  EXPECT_EQ(symbolsOf(alone), (Lines{"T net_class_names", "T net_info", "T net_pack", "T net_run",
                                     "U resnetc_rt_do_par_for", "U resnetc_rt_pack", "U resnetc_rt_run"}));
  const ObjectBytes both = good(embedWeights(text(object), "net", {packed, names}));
  EXPECT_TRUE(is_contained(symbolsOf(both), "T net_class_names"));
  EXPECT_TRUE(is_contained(symbolsOf(both), "T net_weights"));
}

TEST(Link, nothingOfTheMachineOrForDebuggersIsLeft) {
  const ObjectBytes object = good(assembleAddition("net", "k"));
  EXPECT_EQ(text(object).find("secret"), StringRef::npos);
  EXPECT_EQ(text(object).find("/tmp"), StringRef::npos);
  EXPECT_EQ(text(object).find("halide"), StringRef::npos);
  auto file = cantFail(object::ObjectFile::createObjectFile(MemoryBufferRef(text(object), "")));
  Lines sections;
  for (const object::SectionRef &section : file->sections()) {
    sections.push_back(cantFail(section.getName()).str());
    EXPECT_FALSE(section.isDebugSection());
    EXPECT_FALSE(StringRef(sections.back()).starts_with(".text.")) << "one section for all functions";
    if (sections.back() == ".note.GNU-stack") {
      EXPECT_EQ(object::ELFSectionRef(section).getFlags() & ELF::SHF_EXECINSTR, 0u);
    }
  }
  EXPECT_TRUE(is_contained(sections, ".note.GNU-stack"));
  for (StringRef name : {".comment", ".llvm_addrsig", ".init_array", ".ctors"})
    EXPECT_FALSE(is_contained(sections, name)) << name.str();
}

TEST(Link, sameInputSameBytes) {
  const ObjectBytes first = good(assembleAddition("net", "k")), second = good(assembleAddition("net", "k"));
  EXPECT_EQ(text(first), text(second));
  const std::vector<uint8_t> packed(100000, 1);
  EXPECT_EQ(text(good(embedWeights(text(first), "net", {packed, {}}))),
            text(good(embedWeights(text(second), "net", {packed, {}}))));
}

TEST(Link, kernelsMayNotAskForMemory) {
  const ObjectBytes kernel = compileIR("declare ptr @halide_malloc(ptr, i64)\n"
                                       "define i32 @k_argv(ptr %a) {\n"
                                       "  %p = call ptr @halide_malloc(ptr %a, i64 8)\n"
                                       "  store i8 1, ptr %p\n"
                                       "  ret i32 0\n}\n");
  VariantSymbols variant{0, "x86-64", {"k_argv"}};
  Expected<ObjectBytes> object = assembleModel(additionTables("net"), variant, text(kernel), "");
  ASSERT_FALSE(!!object);
  EXPECT_EQ(toString(object.takeError()),
            "object of network 'net': a kernel needs 'halide_malloc', which resnetc's runtime does not have");
}

TEST(Link, lackingAndDoubleKernelsGetWords) {
  const ObjectBytes kernel = compileIR(kernelIR("k"));
  VariantSymbols variant{0, "x86-64", {"other_argv"}};
  Expected<ObjectBytes> lacking = assembleModel(additionTables("net"), variant, text(kernel), "");
  ASSERT_FALSE(!!lacking);
  EXPECT_NE(toString(lacking.takeError()).find("a kernel needs 'other_argv'"), std::string::npos);

  Expected<ObjectBytes> twice = linkRelocatable({text(kernel), text(kernel)});
  ASSERT_FALSE(!!twice);
  EXPECT_NE(toString(twice.takeError()).find("duplicate symbol: k_argv"), std::string::npos);
  // A failed link does not spoil the next.
  EXPECT_TRUE(!!linkRelocatable({text(kernel)}));
}

TEST(Link, foreignBytesGetWords) {
  Expected<ObjectBytes> object = linkRelocatable({"not an object"});
  ASSERT_FALSE(!!object);
  EXPECT_NE(toString(object.takeError()).find("linking the model's object"), std::string::npos);
}

} // namespace
