//===- CheckTrain.cpp - the names in train sections -----------------------------------------===//

#include "dsl/Resolve.h"

using namespace resnetc::dsl;
using namespace resnetc::dsl::ast;

namespace {

constexpr llvm::StringRef settingNames[] = {"loss", "optimizer", "schedule", "augment", "batch", "epochs", "seed"};

const Definition *findNetwork(const Module &module, llvm::StringRef name) {
  const Definition *found = module.find(name);
  for (const Module *import : module.imports)
    found = found ? found : import->find(name);
  return found && found->isNetwork ? found : nullptr;
}

void checkSettings(const Train &train, Diagnostics &diagnostics) {
  for (size_t i = 0; i < train.settings.size(); ++i) {
    const Name &name = train.settings[i].name;
    if (!llvm::is_contained(settingNames, name.text)) {
      Diagnostic &error = diagnostics.error(name.location, "train has no setting '" + name.text + "'");
      llvm::StringRef near = nearestName(name.text, settingNames);
      if (!near.empty())
        error.help("did you mean '" + near + "'?");
    }
    for (size_t j = 0; j < i; ++j)
      if (train.settings[j].name.text == name.text)
        diagnostics.error(name.location, "'" + name.text + "' is set twice")
            .note("the first is here", train.settings[j].name.location);
  }
}

} // namespace

void resnetc::dsl::checkTrainSections(const Modules &modules, Diagnostics &diagnostics) {
  for (const std::unique_ptr<Module> &module : modules) {
    std::vector<const Train *> seen;
    module->forEach<Train>([&](Train &train) {
      if (!findNetwork(*module, train.network.text))
        diagnostics.error(train.network.location, "there is no network '" + train.network.text + "' to train");
      for (const Train *other : seen)
        if (other->network.text == train.network.text)
          diagnostics.error(train.network.location, "'" + train.network.text + "' has two train sections")
              .note("the first is here", other->network.location);
      seen.push_back(&train);
      checkSettings(train, diagnostics);
    });
  }
}
