//===- ModelObject.cpp - the tables and entry points as an object ----------===//

#include "compiler/emit/ModelObject.h"
#include "compiler/emit/EntryPoints.h"
#include "compiler/emit/TableConstants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"

using namespace llvm;

namespace resnetc::emit {

/// Any x86-64 runs this part; only kernels differ between targets. Position-independent, for shared libraries.
static Expected<std::unique_ptr<TargetMachine>> createMachine() {
  LLVMInitializeX86TargetInfo();
  LLVMInitializeX86Target();
  LLVMInitializeX86TargetMC();
  LLVMInitializeX86AsmPrinter();
  const Triple triple("x86_64-unknown-linux-gnu");
  std::string words;
  const Target *target = TargetRegistry::lookupTarget(triple, words);
  if (!target)
    return createStringError(inconvertibleErrorCode(), words);
  return std::unique_ptr<TargetMachine>(
      target->createTargetMachine(triple, "x86-64", "", TargetOptions(), Reloc::PIC_, CodeModel::Small));
}

static Expected<ObjectBytes> emitObject(Module &module, TargetMachine &machine) {
  ObjectBytes bytes;
  raw_svector_ostream os(bytes);
  legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, os, /*DwoOut=*/nullptr, CodeGenFileType::ObjectFile))
    return createStringError(inconvertibleErrorCode(), "the target machine cannot write objects");
  assert(!verifyModule(module, &errs()) && "the module of tables is not valid IR");
  passes.run(module);
  return bytes;
}

static GlobalVariable *addConstant(Module &module, Constant *value, const Twine &name) {
  return new GlobalVariable(module, value->getType(), /*isConstant=*/true, GlobalValue::ExternalLinkage, value, name);
}

/// int name(arguments…) { return callee(&info, arguments…); }
static void addEntry(Module &module, GlobalVariable *info, StringRef network, const EntryPoint &point) {
  LLVMContext &context = module.getContext();
  Type *result = Type::getInt32Ty(context), *pointer = PointerType::getUnqual(context);
  SmallVector<Type *> inner{pointer};
  for (char letter : point.arguments)
    inner.push_back(letter == 'p' ? pointer : Type::getInt64Ty(context));
  FunctionCallee runtime =
      module.getOrInsertFunction(point.callee, FunctionType::get(result, inner, /*isVarArg=*/false));
  Function *entry = Function::Create(FunctionType::get(result, ArrayRef(inner).drop_front(), /*isVarArg=*/false),
                                     GlobalValue::ExternalLinkage, network + point.suffix, module);
  entry->addFnAttr(Attribute::OptimizeForSize);
  IRBuilder<> builder(BasicBlock::Create(context, "", entry));
  SmallVector<Value *> values{info};
  for (Argument &argument : entry->args())
    values.push_back(&argument);
  CallInst *call = builder.CreateCall(runtime, values);
  call->setTailCall();
  builder.CreateRet(call);
}

Expected<ObjectBytes> buildModelObject(const PlanTables &tables, ArrayRef<VariantSymbols> variants, StringRef flags) {
  Expected<std::unique_ptr<TargetMachine>> machine = createMachine();
  if (!machine)
    return machine.takeError();
  LLVMContext context;
  Module module("resnetc", context);
  module.setTargetTriple((*machine)->getTargetTriple());
  module.setDataLayout((*machine)->createDataLayout());
  module.setPICLevel(PICLevel::BigPIC);

  Constant *value = modelInfo(module, tables, variants, flags);
  GlobalVariable *info = addConstant(module, value, tables.name + "_info");
  for (const EntryPoint &point : entryPoints)
    if (!point.training || tables.training)
      addEntry(module, info, tables.name, point);
  return emitObject(module, **machine);
}

Expected<ObjectBytes> buildWeightsObject(StringRef name, const EmbeddedWeights &weights) {
  Expected<std::unique_ptr<TargetMachine>> machine = createMachine();
  if (!machine)
    return machine.takeError();
  LLVMContext context;
  Module module("resnetc", context);
  module.setTargetTriple((*machine)->getTargetTriple());
  module.setDataLayout((*machine)->createDataLayout());
  module.setPICLevel(PICLevel::BigPIC);
  if (!weights.packed.empty()) {
    // Data of bytes goes through the printer as one piece: 100 MB take a fraction of a second.
    GlobalVariable *data = addConstant(module, ConstantDataArray::get(context, weights.packed), name + "_weights");
    data->setAlignment(Align(64));
    data->setSection(".rodata.resnetc.weights");
  }
  if (!weights.classNames.empty()) {
    Constants constants(module);
    SmallVector<Constant *> texts;
    for (const std::string &text : weights.classNames)
      texts.push_back(constants.text(text));
    addConstant(module, constants.arrayOf(texts), name + "_class_names");
  }
  return emitObject(module, **machine);
}

} // namespace resnetc::emit
