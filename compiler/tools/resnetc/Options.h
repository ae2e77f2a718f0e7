//===- Options.h - options that several commands share ---------------------===//

#ifndef RESNETC_COMPILER_TOOLS_RESNETC_OPTIONS_H
#define RESNETC_COMPILER_TOOLS_RESNETC_OPTIONS_H

#include "llvm/Support/CommandLine.h"
#include <string>

namespace resnetc::tool {

/// Which network of which file, with which parameters.
struct NetworkOptions {
  llvm::cl::opt<std::string> input{llvm::cl::Positional, llvm::cl::Required, llvm::cl::desc("<network.rn>")};
  llvm::cl::opt<std::string> network{"network", llvm::cl::desc("the network, if the file has several"),
                                     llvm::cl::value_desc("name")};
  llvm::cl::list<std::string> settings{"set", llvm::cl::desc("value of a parameter of the network"),
                                       llvm::cl::value_desc("name=value")};
  llvm::cl::list<std::string> stdFolders{"std", llvm::cl::desc("folder where 'import std.…' looks first"),
                                         llvm::cl::value_desc("folder")};
  llvm::cl::opt<bool> json{"json", llvm::cl::desc("results on stdout and diagnostics on stderr as JSON")};
};

/// How code is made.
struct CodeOptions {
  llvm::cl::list<std::string> targets{"targets", llvm::cl::CommaSeparated,
                                      llvm::cl::desc("CPU classes, chosen from at run time: x86-64, x86-64-v3 (AVX2), "
                                                     "x86-64-v4 (AVX-512), host"),
                                      llvm::cl::value_desc("list")};
  llvm::cl::alias target{"target", llvm::cl::desc("Alias for --targets"), llvm::cl::aliasopt(targets)};
  llvm::cl::list<int64_t> batches{
      "batch", llvm::cl::CommaSeparated,
      llvm::cl::desc("batch sizes to make kernels for (default 1); any n is covered by them"),
      llvm::cl::value_desc("list")};
  llvm::cl::opt<unsigned> threads{"threads", llvm::cl::init(2),
                                  llvm::cl::desc("threads that schedules are chosen for (default 2); any number runs"),
                                  llvm::cl::value_desc("n")};
  llvm::cl::opt<unsigned> jobs{"jobs", llvm::cl::init(0), llvm::cl::desc("kernel workers at once (default: one a CPU)"),
                               llvm::cl::value_desc("n")};
  llvm::cl::opt<bool> noCache{"no-cache", llvm::cl::desc("neither read nor fill the kernel cache")};
  llvm::cl::opt<bool> quiet{"quiet", llvm::cl::desc("no progress")};
};

/// Settings of the train section in place of the file's.
struct TrainSettingOptions {
  llvm::cl::list<std::string> with{
      "with",
      llvm::cl::desc("a setting of the train section, or one argument of it (optimizer.lr=0.1), in place of the "
                     "file's; in the language's own words"),
      llvm::cl::value_desc("name=value")};
};

/// Labelled images.
struct DataOptions {
  llvm::cl::opt<std::string> folder{
      "data", llvm::cl::Required,
      llvm::cl::desc("folder of a data set: MNIST's IDX files, CIFAR's binary files, .npy, or train/<class>/*.png"),
      llvm::cl::value_desc("folder")};
  llvm::cl::opt<std::string> classes{"classes",
                                     llvm::cl::desc("text file with one class name a line (default: classes.txt in "
                                                    "the folder, or the data set's own names)"),
                                     llvm::cl::value_desc("file")};
};

/// Whether and how a training step is made.
struct TrainOptions {
  llvm::cl::opt<bool> train{"train", llvm::cl::desc("make the training step, too, as the file's train section says")};
  llvm::cl::opt<int64_t> batch{"train-batch", llvm::cl::init(0),
                               llvm::cl::desc("images of a full training step (default: the train section's batch)"),
                               llvm::cl::value_desc("n")};
  llvm::cl::opt<std::string> memory{
      "memory",
      llvm::cl::desc(
          "what state, workspace and one batch of a training step may take together; activations that do not "
          "fit are computed again"),
      llvm::cl::value_desc("2GiB")};
  llvm::cl::opt<bool> freezeBatchNorm{"freeze-batch-norm",
                                      llvm::cl::desc("train with the running statistics as they are")};
  llvm::cl::list<std::string> freeze{
      "freeze", llvm::cl::CommaSeparated,
      llvm::cl::desc("do not train parameters whose names begin so, up to a '.'; their batch norms keep "
                     "their statistics"),
      llvm::cl::value_desc("conv1,layer1")};
  llvm::cl::opt<bool> probe{"probe", llvm::cl::desc("measure each residual's branch, skip and gradient in every step")};
};

} // namespace resnetc::tool

#endif // RESNETC_COMPILER_TOOLS_RESNETC_OPTIONS_H
