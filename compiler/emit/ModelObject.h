//===- ModelObject.h - the tables and entry points as an object ------------===//
//
// The part of a model's object that is not kernels: resnetc_model_info and everything
// behind it (runtime/abi/resnetc/abi.h) as constants, and the entry points (EntryPoints.h),
// which hand them to the runtime. It is code for every x86-64.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_EMIT_MODELOBJECT_H
#define RESNETC_COMPILER_EMIT_MODELOBJECT_H

#include "compiler/emit/PlanTables.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

namespace resnetc::emit {

/// A relocatable ELF object in memory.
using ObjectBytes = llvm::SmallVector<char, 0>;

/// The kernels of one target by the names that their objects define; index as in PlanTables::kernels.
struct VariantSymbols {
  uint64_t cpuFeatures = 0; ///< RESNETC_CPU_*
  std::string target;
  std::vector<std::string> kernels;
};

/// Tables and entry points; the kernels' symbols stay undefined. `variants`: best first. `flags` is what
/// resnetc_model_info.flags says: it must hold nothing of the machine that compiles.
llvm::Expected<ObjectBytes> buildModelObject(const PlanTables &tables, llvm::ArrayRef<VariantSymbols> variants,
                                             llvm::StringRef flags);

/// What comes from a weights file into an object; either may be empty.
struct EmbeddedWeights {
  llvm::ArrayRef<uint8_t> packed;
  llvm::ArrayRef<std::string> classNames;
};

/// An object that defines <name>_weights: the packed bytes, 64-byte aligned, in the section .rodata.resnetc.weights;
/// and <name>_class_names, an array of pointers to zero-terminated texts. What is empty is not defined.
llvm::Expected<ObjectBytes> buildWeightsObject(llvm::StringRef name, const EmbeddedWeights &weights);

} // namespace resnetc::emit

#endif // RESNETC_COMPILER_EMIT_MODELOBJECT_H
