#include "test/unit/emit/EmitFixture.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include <cstdio>

using namespace llvm;

namespace resnetc::emit {

ObjectBytes compileIR(StringRef ir) {
  LLVMInitializeX86TargetInfo();
  LLVMInitializeX86Target();
  LLVMInitializeX86TargetMC();
  LLVMInitializeX86AsmPrinter();
  const Triple triple("x86_64-unknown-linux-gnu");
  std::string words;
  std::unique_ptr<TargetMachine> machine(TargetRegistry::lookupTarget(triple, words)
                                             ->createTargetMachine(triple, "x86-64", "", TargetOptions(), Reloc::PIC_));
  LLVMContext context;
  SMDiagnostic diagnostic;
  std::unique_ptr<Module> module = parseAssemblyString(ir, diagnostic, context);
  if (!module) {
    ADD_FAILURE() << diagnostic.getMessage().str() << ": " << diagnostic.getLineContents().str();
    return {};
  }
  module->setTargetTriple(triple);
  module->setDataLayout(machine->createDataLayout());
  ObjectBytes bytes;
  raw_svector_ostream os(bytes);
  legacy::PassManager passes;
  machine->addPassesToEmitFile(passes, os, nullptr, CodeGenFileType::ObjectFile);
  passes.run(*module);
  return bytes;
}

/// `host` is at byte 16 of halide_buffer_t.
std::string kernelIR(StringRef name) {
  std::string ir = R"(
source_filename = "a/secret/path/$"
declare i32 @halide_do_par_for(ptr, ptr, i32, i32, ptr)

define i32 @$_task(ptr %user, i32 %index, ptr %closure) section ".text.$_task" {
  %sources = load ptr, ptr %closure
  %biases.at = getelementptr ptr, ptr %closure, i64 1
  %biases = load ptr, ptr %biases.at
  %results.at = getelementptr ptr, ptr %closure, i64 2
  %results = load ptr, ptr %results.at
  %wide = sext i32 %index to i64
  %source.at = getelementptr <4 x float>, ptr %sources, i64 %wide
  %bias.at = getelementptr <4 x float>, ptr %biases, i64 %wide
  %result.at = getelementptr <4 x float>, ptr %results, i64 %wide
  %source = load <4 x float>, ptr %source.at, align 4
  %bias = load <4 x float>, ptr %bias.at, align 4
  %sum = fadd <4 x float> %source, %bias
  store <4 x float> %sum, ptr %result.at, align 4
  ret i32 0
}

define i32 @$_argv(ptr %args) {
  %closure = alloca [3 x ptr]
  %user.at = load ptr, ptr %args
  %user = load ptr, ptr %user.at
)";
  for (int i = 0; i < 3; ++i) {
    const std::string n = std::to_string(i);
    ir += "  %slot" + n + " = getelementptr ptr, ptr %args, i64 " + std::to_string(i + 1) + "\n";
    ir += "  %buffer" + n + " = load ptr, ptr %slot" + n + "\n";
    ir += "  %host.at" + n + " = getelementptr i8, ptr %buffer" + n + ", i64 16\n";
    ir += "  %host" + n + " = load ptr, ptr %host.at" + n + "\n";
    ir += "  %field" + n + " = getelementptr ptr, ptr %closure, i64 " + n + "\n";
    ir += "  store ptr %host" + n + ", ptr %field" + n + "\n";
  }
  ir += R"(
  %status = call i32 @halide_do_par_for(ptr %user, ptr @$_task, i32 0, i32 4, ptr %closure)
  ret i32 %status
}
)";
  std::string named;
  for (char c : ir)
    named += c == '$' ? name.str() : std::string(1, c);
  return named;
}

PlanTables additionTables(StringRef network) {
  PlanTables tables;
  tables.name = network.str();
  tables.input = {RESNETC_F32, 1, {channels, 0, 0, 0}};
  tables.output = {RESNETC_F32, 1, {channels, 0, 0, 0}};
  tables.schema = {{"bias", {channels}, true}};
  tables.schemaHash = weights::schemaHash(additionWeights(0));
  resnetc_pack_step pack = {};
  pack.count = 1;
  pack.opcode = RESNETC_PACK_SHIFT;
  pack.filter = pack.gamma = pack.beta = pack.mean = pack.variance = RESNETC_NO_TENSOR;
  pack.bias = 0;
  pack.output_channels = pack.output_padded = channels;
  pack.input_channels = pack.kernel_height = pack.kernel_width = pack.input_block = pack.output_tile = 1;
  tables.packSteps = {pack};
  tables.packedBytes = channels * sizeof(float);
  tables.packedHash = 0x123456789abcdef0;
  tables.kernels = {"an addition"};
  ProgramTable program;
  program.steps = {{RESNETC_STEP_CALL, 0, 0, 0, 3, 0, 0}};
  program.operands = {{RESNETC_BASE_INPUT, RESNETC_MEMORY_HOST, 0, 0, 0, {0, 0}},
                      {RESNETC_BASE_WEIGHTS, RESNETC_MEMORY_HOST, 0, 0, 0, {0, 0}},
                      {RESNETC_BASE_OUTPUT, RESNETC_MEMORY_HOST, 0, 0, 0, {0, 0}}};
  program.workspaceBytes = 64;
  tables.programs = {program};
  tables.labels = {{"add", 0, RESNETC_STEP_CALL, 0, 1, channels, 3 * channels * sizeof(float)}};
  tables.workspaceBytes = 64;
  return tables;
}

void addTraining(PlanTables &tables) {
  TrainingTables training;
  training.program.batch = 2;
  training.program.steps = {{RESNETC_STEP_CALL, 0, 0, 0, 3, 1, 0}};
  training.program.operands = {{RESNETC_BASE_INPUT, RESNETC_MEMORY_HOST, 0, 0, 0, {0, 0}},
                               {RESNETC_BASE_WEIGHTS, RESNETC_MEMORY_HOST, 0, 0, 0, {0, 0}},
                               {RESNETC_BASE_WEIGHTS, RESNETC_MEMORY_HOST, 0, 0, 0, {0, 0}}};
  training.program.workspaceBytes = 256;
  resnetc_pack_step place = tables.packSteps.front();
  place.opcode = RESNETC_PACK_VECTOR;
  place.input_channels = channels;
  training.packSteps = {place};
  training.inits = {0.25};
  training.optimizer = RESNETC_ADAMW;
  training.slots = 2;
  training.decayBytes = 0;
  training.parameterBytes = training.tensorBytes = channels * sizeof(float);
  training.stateBytes = 3 * training.tensorBytes;
  training.gradientsOffset = 128;
  training.lossesOffset = 0;
  training.livePeak = 200;
  training.recomputed = 3;
  training.hyper = {7, 0, 0.1f, 0, 1e-4f, 0.9f, 0.999f, 1e-8f};
  tables.labels.push_back({"add", uint32_t(tables.programs.size()), RESNETC_STEP_CALL, 0, 1, 1, 0, 0});
  tables.training = std::move(training);
}

weights::NamedTensors additionWeights(float first) {
  weights::NamedTensor bias{{channels}, {}};
  for (unsigned i = 0; i < channels; ++i)
    bias.data.push_back(first + i);
  return {{"bias", bias}};
}

Expected<ObjectBytes> assembleAddition(StringRef network, StringRef kernel, bool trains) {
  const ObjectBytes object = compileIR(kernelIR(kernel));
  PlanTables tables = additionTables(network);
  if (trains)
    addTraining(tables);
  VariantSymbols variant{0, "x86-64", {(kernel + "_argv").str()}};
  return assembleModel(tables, variant, text(object), "--targets=x86-64");
}

std::vector<std::string> symbolsOf(const ObjectBytes &object, bool withLocals) {
  auto file = object::ObjectFile::createObjectFile(MemoryBufferRef(text(object), "test.o"));
  std::vector<std::string> lines;
  if (!file) {
    ADD_FAILURE() << toString(file.takeError());
    return lines;
  }
  for (const object::SymbolRef &symbol : (*file)->symbols()) {
    const uint32_t flags = cantFail(symbol.getFlags());
    const std::string name = cantFail(symbol.getName()).str();
    if (flags & object::SymbolRef::SF_Undefined) {
      if (!name.empty())
        lines.push_back("U " + name);
    } else if (flags & object::SymbolRef::SF_Global) {
      lines.push_back("T " + name);
    } else if (withLocals) {
      lines.push_back("t " + name);
    }
  }
  llvm::sort(lines);
  return lines;
}

void FolderTest::SetUp() { ASSERT_FALSE(sys::fs::createUniqueDirectory("emit", folder)); }
void FolderTest::TearDown() { sys::fs::remove_directories(folder); }

std::string FolderTest::path(StringRef name) const {
  SmallString<128> result(folder);
  sys::path::append(result, name);
  return result.str().str();
}

void FolderTest::write(StringRef name, StringRef bytes) const {
  std::error_code code;
  raw_fd_ostream os(path(name), code);
  ASSERT_FALSE(code) << code.message();
  os << bytes;
}

std::string FolderTest::shell(StringRef command) const {
  const std::string line = ("cd '" + folder + "' && (" + command + ") 2>&1").str();
  FILE *pipe = popen(line.c_str(), "r");
  if (!pipe)
    return "no shell";
  std::string output;
  char buffer[4096];
  while (const size_t count = fread(buffer, 1, sizeof buffer, pipe))
    output.append(buffer, count);
  const int status = pclose(pipe);
  return status ? output + "status " + std::to_string(status) : output;
}

} // namespace resnetc::emit
