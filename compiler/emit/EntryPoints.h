//===- EntryPoints.h - the functions of a model's header ------------------===//
//
// One table for those who write them (ModelObject), keep them global (FinishObject) and call them (LoadedModel).
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_EMIT_ENTRYPOINTS_H
#define RESNETC_COMPILER_EMIT_ENTRYPOINTS_H

#include "llvm/ADT/StringRef.h"

namespace resnetc::emit {

/// int <name>_<suffix>(arguments…) { return resnetc_rt_<suffix>(&<name>_info, arguments…); }
struct EntryPoint {
  llvm::StringLiteral suffix; ///< "_run"
  llvm::StringLiteral callee; ///< "resnetc_rt_run"
  /// One letter an argument: p a pointer, n 64 bits.
  llvm::StringLiteral arguments;
  bool training; ///< only in objects of `compile --train`, which have all of these
};

inline constexpr EntryPoint entryPoints[] = {
    {"_run", "resnetc_rt_run", "pppnpp", false},
    {"_pack", "resnetc_rt_pack", "pppn", false},
    {"_init", "resnetc_rt_init", "np", true},
    {"_train_step", "resnetc_rt_train_step", "ppppnppp", true},
    {"_gradients", "resnetc_rt_gradients", "pppppp", true},
    {"_update", "resnetc_rt_update", "pppp", true},
    {"_get", "resnetc_rt_get", "pppn", true},
    {"_set", "resnetc_rt_set", "pppn", true},
    {"_gradient", "resnetc_rt_gradient", "pppn", true},
    {"_import", "resnetc_rt_import", "pppn", true},
    {"_fold", "resnetc_rt_fold", "pp", true},
};

} // namespace resnetc::emit

#endif // RESNETC_COMPILER_EMIT_ENTRYPOINTS_H
