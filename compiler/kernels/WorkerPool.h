//===- WorkerPool.h - commands in parallel processes -----------------------===//

#ifndef RESNETC_COMPILER_KERNELS_WORKERPOOL_H
#define RESNETC_COMPILER_KERNELS_WORKERPOOL_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <functional>
#include <string>
#include <vector>

namespace resnetc::kernels {

/// A program with its arguments; its standard output and errors go to `log`.
struct WorkerCommand {
  std::vector<std::string> arguments; ///< the first is the program's path
  std::string log;
};

/// How a worker ended: empty when it exited with 0, else in words ("exit status 3", "killed by signal 11
/// (Segmentation fault)", "no end after 300 s").
using WorkerEnd = std::string;

/// Runs all commands, at most `workers` at once, and calls `finished` in this thread as each one ends. An error from
/// `finished`, or a process that cannot be started, ends all that run and is returned.
llvm::Error runWorkers(llvm::ArrayRef<WorkerCommand> commands, unsigned workers, unsigned timeoutSeconds,
                       const std::function<llvm::Error(size_t index, const WorkerEnd &end)> &finished);

} // namespace resnetc::kernels

#endif // RESNETC_COMPILER_KERNELS_WORKERPOOL_H
