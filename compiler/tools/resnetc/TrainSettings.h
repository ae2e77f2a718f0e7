//===- TrainSettings.h - a train section as the trainer's settings ------------------------------===//

#ifndef RESNETC_COMPILER_TOOLS_RESNETC_TRAINSETTINGS_H
#define RESNETC_COMPILER_TOOLS_RESNETC_TRAINSETTINGS_H

#include "dsl/Network.h"
#include "runtime/train/Settings.h"

namespace resnetc::tool {

/// What the section says of the run; the optimiser's numbers and the batch are those that `training` was compiled with.
/// No section: the defaults of train::Settings.
train::Settings trainSettings(const std::optional<dsl::TrainSection> &section, const resnetc_training &training);

/// The setting `name` of the section; null if it is not written.
const dsl::TrainValue *findSetting(const std::optional<dsl::TrainSection> &section, llvm::StringRef name);

/// A value as the language writes it: "sgd(lr = 0.1, momentum = 0.9)".
std::string valueText(const dsl::TrainValue &value);

} // namespace resnetc::tool

#endif // RESNETC_COMPILER_TOOLS_RESNETC_TRAINSETTINGS_H
