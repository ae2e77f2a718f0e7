//===- NameScope.h - how layers get their names ---------------------------------------------===//
//
// A label is a name. Without one, a statement of a labelled group is numbered as PyTorch's
// nn.Sequential numbers its modules: every statement counts, from 0. Elsewhere it is named
// by its layer and ordinal, from 1 ("conv2"): such a name is not stable, because a further
// conv before it changes it, and no state_dict has it.
//
//===----------------------------------------------------------------------------------------===//

#ifndef RESNETC_DSL_NAMESCOPE_H
#define RESNETC_DSL_NAMESCOPE_H

#include "dsl/Ast.h"
#include "dsl/Value.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace resnetc::dsl {

struct GivenName {
  std::string path; ///< "layer1.0.conv1"
  bool isStable;
};

/// The names below one path. Statements of an unlabelled residual, repeat or if belong to the scope around them.
class NameScope {
public:
  enum Kind { Sequential, Module };
  static constexpr size_t maximalLength = 200;

  NameScope(GivenName own, Kind kind, const ast::Body &body);

  const GivenName &own() const { return name; }
  /// How many statements were looked at for their labels: what making a scope costs.
  size_t statementCount() const { return statements; }

  /// Names one statement: `kind` is what it is ("conv", or a block's name). Reports a label that is taken.
  std::optional<GivenName> give(const std::optional<ast::Name> &label, llvm::StringRef kind, Location where,
                                ErrorSink error);

  /// The last label named a shortcut, which is no statement: it takes no ordinal.
  void uncount() { --nextOrdinal; }

private:
  void collectLabels(const ast::Body &body);
  std::string automatic(llvm::StringRef kind);

  GivenName name;
  Kind kind;
  unsigned nextOrdinal = 0;
  size_t statements = 0;
  llvm::StringMap<unsigned> kindCounts;
  llvm::StringMap<Location> taken;
  llvm::StringSet<> labels; ///< that the body writes: automatic names avoid them
};

} // namespace resnetc::dsl

#endif // RESNETC_DSL_NAMESCOPE_H
