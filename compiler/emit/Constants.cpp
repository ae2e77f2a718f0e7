//===- Constants.cpp - structs of abi.h as LLVM constants ------------------===//

#include "compiler/emit/Constants.h"
#include "llvm/IR/DataLayout.h"

using namespace llvm;

namespace resnetc::emit {

Constant *Constants::structure(ArrayRef<Constant *> fields, size_t bytes) {
  Constant *value = ConstantStruct::getAnon(context, fields);
  assert(module.getDataLayout().getTypeAllocSize(value->getType()) == bytes && "fields are not those of abi.h");
  (void)bytes;
  return value;
}

Constant *Constants::arrayOf(ArrayRef<Constant *> elements) {
  return ConstantArray::get(ArrayType::get(elements.front()->getType(), elements.size()), elements);
}

Constant *Constants::privateData(Constant *value, StringRef name) {
  auto *global =
      new GlobalVariable(module, value->getType(), /*isConstant=*/true, GlobalValue::PrivateLinkage, value, name);
  global->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
  return global;
}

Constant *Constants::table(ArrayRef<Constant *> elements, StringRef name) {
  return elements.empty() ? null() : privateData(arrayOf(elements), name);
}

Constant *Constants::text(StringRef value) {
  return privateData(ConstantDataArray::getString(context, value, /*AddNull=*/true), "text");
}

} // namespace resnetc::emit
