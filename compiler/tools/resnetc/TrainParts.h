//===- TrainParts.h - a training run, alone or as a part of a longer one --------------------------===//

#ifndef RESNETC_COMPILER_TOOLS_RESNETC_TRAINPARTS_H
#define RESNETC_COMPILER_TOOLS_RESNETC_TRAINPARTS_H

#include "compiler/tools/resnetc/TrainOptions.h"
#include "dsl/Network.h"
#include "llvm/Support/SourceMgr.h"

namespace resnetc::tool {

struct TrainPart {
  RunPaths paths;
  std::string init; ///< weights to begin with, by name; empty: none
  bool resume = false;
  uint64_t epochsBefore = 0;
  uint64_t allEpochs = 0; ///< of the longer run; 0: this is no part
};

/// Compiles a network, trains it and saves. Returns the process's exit status; errors are printed.
int trainNetwork(const dsl::Network &network, const TrainCommandOptions &options, const TrainPart &part,
                 const llvm::SourceMgr &sources);

/// --greedy: trains the first stage (or block) of the body with the head, freezes it, adds the next, and so on; the
/// epochs are divided among them. Bengio, Lamblin, Popovici, Larochelle 2007, "Greedy Layer-Wise Training of Deep
/// Networks", section 5.2 (supervised). FILE.step1.rnw … lie beside FILE.rnw; the logs are those of one run.
int trainGreedily(const dsl::Network &network, TrainCommandOptions &options, const llvm::SourceMgr &sources);

} // namespace resnetc::tool

#endif // RESNETC_COMPILER_TOOLS_RESNETC_TRAINPARTS_H
