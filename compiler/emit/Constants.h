//===- Constants.h - structs of abi.h as LLVM constants --------------------===//
//
// Field by field, so that the padding of a struct is always zero and the compiler may
// run on another machine than the object.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_EMIT_CONSTANTS_H
#define RESNETC_COMPILER_EMIT_CONSTANTS_H

#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/Module.h"

namespace resnetc::emit {

/// Makes constants in a module that has its target's data layout.
class Constants {
public:
  explicit Constants(llvm::Module &module) : module(module), context(module.getContext()) {}

  llvm::Constant *u8(uint64_t value) { return integer(8, value); }
  llvm::Constant *u16(uint64_t value) { return integer(16, value); }
  llvm::Constant *u32(uint64_t value) { return integer(32, value); }
  llvm::Constant *u64(uint64_t value) { return integer(64, value); }
  llvm::Constant *f32(float value) { return llvm::ConstantFP::get(llvm::Type::getFloatTy(context), value); }
  llvm::Constant *f64(double value) { return llvm::ConstantFP::get(llvm::Type::getDoubleTy(context), value); }
  llvm::Constant *null() { return llvm::ConstantPointerNull::get(llvm::PointerType::getUnqual(context)); }

  /// A struct with C's layout. `bytes` is sizeof of the struct that it stands for.
  llvm::Constant *structure(llvm::ArrayRef<llvm::Constant *> fields, size_t bytes);
  llvm::Constant *arrayOf(llvm::ArrayRef<llvm::Constant *> elements);

  /// Pointers to private data: elements of one type (null if there are none), a zero-terminated text.
  llvm::Constant *table(llvm::ArrayRef<llvm::Constant *> elements, llvm::StringRef name);
  llvm::Constant *text(llvm::StringRef value);

  /// Maps every element of a range and makes a table of the results.
  template <typename Range, typename Function>
  llvm::Constant *tableOf(const Range &range, llvm::StringRef name, Function make) {
    llvm::SmallVector<llvm::Constant *> elements;
    for (const auto &element : range)
      elements.push_back(make(element));
    return table(elements, name);
  }

private:
  llvm::Constant *integer(unsigned bits, uint64_t value) {
    return llvm::ConstantInt::get(llvm::IntegerType::get(context, bits), value);
  }
  llvm::Constant *privateData(llvm::Constant *value, llvm::StringRef name);

  llvm::Module &module;
  llvm::LLVMContext &context;
};

} // namespace resnetc::emit

#endif // RESNETC_COMPILER_EMIT_CONSTANTS_H
