//===- CheckTrain.h - the train sections --------------------------------------------------------===//

#ifndef RESNETC_DSL_CHECKTRAIN_H
#define RESNETC_DSL_CHECKTRAIN_H

#include "dsl/Network.h"
#include "dsl/Resolve.h"

namespace resnetc::dsl {

/// Checks all sections against the table of TrainTable.h and sets what they train and their values; after `resolve` has
/// given constants their values.
void checkTrainSections(const Modules &modules, Diagnostics &diagnostics);

/// The section of a network, or null; that of the file that imports it comes before its own file's.
const ast::Train *findTrainSection(const Modules &modules, const ast::Definition &network);

/// A setting from outside of the file, `epochs = 3`, or one argument of a choice, `optimizer.lr = 0.1`.
struct SettingOverride {
  ast::Name name; ///< with the dot
  ast::ExprPtr value;
};

/// Puts settings from outside into a section, checked as those of `module`, in their order; false after errors.
bool overrideSettings(const Module &module, llvm::ArrayRef<SettingOverride> overrides, TrainSection &section,
                      Diagnostics &diagnostics);

/// Reports, and returns false, if the section does not suit what the network makes. `train`: what is written in the
/// file, or null.
bool checkTrainedNetwork(const ast::Train *train, const TrainSection &section, const Network &network,
                         Diagnostics &diagnostics);

} // namespace resnetc::dsl

#endif // RESNETC_DSL_CHECKTRAIN_H
