//===- ResolveConstant.cpp - names of constants ---------------------------------------------===//

#include "dsl/Layers.h"
#include "dsl/Resolve.h"

using namespace resnetc::dsl;
using namespace resnetc::dsl::ast;

namespace {

/// A constant is seen below its definition.
bool isBefore(const Constant &constant, const Expr &use) {
  return constant.value->location.end.getPointer() <= use.location.begin.getPointer();
}

bool reportAmbiguity(const Expr &reference, const Constant &first, const Constant &second, Diagnostics &diagnostics) {
  diagnostics.error(reference.location, "'" + reference.text + "' is defined in two imported files")
      .note("here", first.name.location)
      .note("and here", second.name.location);
  return false;
}

void addConstants(const Module &module, std::vector<llvm::StringRef> &names) {
  module.forEach<Constant>([&](Constant &constant) { names.push_back(constant.name.text); });
}

} // namespace

bool resnetc::dsl::resolveConstant(const Module &module, Expr &reference, std::vector<llvm::StringRef> otherNames,
                                   Diagnostics &diagnostics) {
  const Constant *&result = std::get<Reference>(reference.node).constant;
  const Constant *own = module.findConstant(reference.text);
  if (own && isBefore(*own, reference)) {
    result = own;
    return true;
  }
  for (const Module *import : module.imports) {
    const Constant *imported = import->findConstant(reference.text);
    if (imported && result)
      return reportAmbiguity(reference, *result, *imported, diagnostics);
    result = imported ? imported : result;
  }
  if (result)
    return true;
  Diagnostic &error = diagnostics.error(reference.location, "unknown parameter '" + reference.text + "'");
  if (own) {
    error.help("the constant '" + reference.text + "' is seen below its definition");
    return false;
  }
  if (findLayer(reference.text)) {
    error.help("'" + reference.text + "' is a layer; a layer is no value");
    return false;
  }
  if (diagnostics.isFull())
    return false; // it is only counted: no time is spent on what it is near to
  addConstants(module, otherNames);
  for (const Module *import : module.imports)
    addConstants(*import, otherNames);
  suggestNearest(error, reference.text, otherNames);
  return false;
}
