//===- TableConstants.h - a model's tables as constants --------------------===//

#ifndef RESNETC_COMPILER_EMIT_TABLECONSTANTS_H
#define RESNETC_COMPILER_EMIT_TABLECONSTANTS_H

#include "compiler/emit/Constants.h"
#include "compiler/emit/ModelObject.h"

namespace resnetc::emit {

/// The initialiser of <name>_info; what it points at becomes private data of the module. The kernels' symbols are
/// declared.
llvm::Constant *modelInfo(llvm::Module &module, const PlanTables &tables, llvm::ArrayRef<VariantSymbols> variants,
                          llvm::StringRef flags);

} // namespace resnetc::emit

#endif // RESNETC_COMPILER_EMIT_TABLECONSTANTS_H
