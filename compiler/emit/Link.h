//===- Link.h - several objects become one, with few global symbols --------===//
//
// A relocatable link by lld and an objcopy by LLVM, both as libraries: the machine that
// compiles models needs no binutils. The result depends on the objects' bytes and order
// only, not on where temporary files lie.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_EMIT_LINK_H
#define RESNETC_COMPILER_EMIT_LINK_H

#include "compiler/emit/ModelObject.h"

namespace resnetc::emit {

/// `ld -r`. The error holds what the linker said, such as symbols that are defined twice.
llvm::Expected<ObjectBytes> linkRelocatable(llvm::ArrayRef<llvm::StringRef> objects);

/// Gives a linked model its final form: only <name>_info, _weights, _class_names and the entry points (EntryPoints.h)
/// stay global, Halide's hooks get the runtime's names, and what only linkers of other objects or debuggers would read
/// goes away. An error if the object needs something that the runtime does not have (such as halide_malloc).
llvm::Expected<ObjectBytes> finishObject(llvm::StringRef object, llvm::StringRef name);

/// Tables, entry points and the objects of all kernels as one finished object: what an application links.
llvm::Expected<ObjectBytes> assembleModel(const PlanTables &tables, llvm::ArrayRef<VariantSymbols> variants,
                                          llvm::ArrayRef<llvm::StringRef> kernels, llvm::StringRef flags);

/// Adds <name>_weights and <name>_class_names to a finished object, each if it is not empty.
llvm::Expected<ObjectBytes> embedWeights(llvm::StringRef object, llvm::StringRef name, const EmbeddedWeights &weights);

} // namespace resnetc::emit

#endif // RESNETC_COMPILER_EMIT_LINK_H
