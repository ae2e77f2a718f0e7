//===- Resolve.h - names to what they mean ------------------------------------------------===//
//
// Everything about a file that can be said without values: is there such a layer, block
// or parameter, are the arguments those that it takes, does a block call itself. Blocks
// that nobody calls are checked, too.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_DSL_RESOLVE_H
#define RESNETC_DSL_RESOLVE_H

#include "dsl/Module.h"
#include "dsl/Value.h"

namespace resnetc::dsl {

/// Sets Call::block and Call::layer in all modules, and evaluates their constants; reports what names
/// nothing, and parameters that nothing names.
void resolve(const Modules &modules, Diagnostics &diagnostics);

/// The argument of each parameter, by position and name; null where the call leaves it out.
std::vector<const ast::Argument *> matchArguments(llvm::ArrayRef<llvm::StringRef> parameters, const ast::Call &call);

/// The parameters' names of what a resolved call calls.
std::vector<llvm::StringRef> parameterNames(const ast::Call &call);

/// `pad`, `projection` or `projection_always`
bool isShortcutName(llvm::StringRef name);

/// Lets a reference to no parameter name its constant; reports one that names nothing. `otherNames` are what it could
/// have meant besides constants.
bool resolveConstant(const Module &module, ast::Expr &reference, std::vector<llvm::StringRef> otherNames,
                     Diagnostics &diagnostics);

/// Adds "did you mean …?" if a candidate is near.
void suggestNearest(Diagnostic &error, llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> candidates);

/// Reports blocks that call themselves.
void checkRecursion(const Modules &modules, Diagnostics &diagnostics);

/// Reports the first argument of a call that `callee` does not take; true if there is none.
bool checkArguments(const ast::Call &call, llvm::StringRef callee, llvm::ArrayRef<llvm::StringRef> parameters,
                    Diagnostics &diagnostics);

} // namespace resnetc::dsl

#endif // RESNETC_DSL_RESOLVE_H
