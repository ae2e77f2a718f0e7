//===- TrainOptions.h - the options of resnetc train --------------------------------------------===//

#ifndef RESNETC_COMPILER_TOOLS_RESNETC_TRAINOPTIONS_H
#define RESNETC_COMPILER_TOOLS_RESNETC_TRAINOPTIONS_H

#include "compiler/tools/resnetc/Options.h"
#include "runtime/train/RunFiles.h"
#include "runtime/train/log/Log.h"

namespace resnetc::tool {

struct TrainCommandOptions {
  NetworkOptions network;
  CodeOptions code;
  TrainOptions training;
  TrainSettingOptions with;

  llvm::cl::opt<std::string> data{"data", llvm::cl::Required,
                                  llvm::cl::desc("folder with the data: IDX, CIFAR binary, .npy or pictures by class"),
                                  llvm::cl::value_desc("folder")};
  llvm::cl::opt<std::string> output{"o", llvm::cl::Required,
                                    llvm::cl::desc("weights to write; checkpoint, logs and results lie beside them"),
                                    llvm::cl::value_desc("file.rnw")};
  llvm::cl::opt<std::string> classes{"classes", llvm::cl::desc("class names, one a line (default: the data's)"),
                                     llvm::cl::value_desc("file.txt")};
  llvm::cl::opt<int64_t> epochs{"epochs", llvm::cl::init(0), llvm::cl::desc("short for --with epochs=n"),
                                llvm::cl::value_desc("n")};
  llvm::cl::opt<std::string> seed{"seed", llvm::cl::desc("short for --with seed=n"), llvm::cl::value_desc("n")};
  llvm::cl::opt<std::string> learningRate{"lr", llvm::cl::desc("short for --with optimizer.lr=x"),
                                          llvm::cl::value_desc("x")};
  llvm::cl::opt<std::string> init{"init",
                                  llvm::cl::desc("begin with these weights, by name; what they lack is initialised"),
                                  llvm::cl::value_desc("file.rnw")};
  llvm::cl::opt<bool> resume{"resume", llvm::cl::desc("go on from the checkpoint beside the weights")};
  llvm::cl::opt<bool> fresh{"fresh", llvm::cl::desc("begin anew, whatever lies there")};
  llvm::cl::opt<std::string> checkpointEvery{
      "checkpoint-every",
      llvm::cl::desc("checkpoints within an epoch: 90s, 5m (default), or a number of steps; 0: none"),
      llvm::cl::value_desc("5m")};
  llvm::cl::opt<std::string> greedy{
      "greedy", llvm::cl::ValueOptional,
      llvm::cl::desc("train stage by stage (or block by block), each one frozen before the next; epochs are divided"),
      llvm::cl::value_desc("stages|blocks")};
  llvm::cl::opt<std::string> plot{"plot", llvm::cl::desc("draw loss and accuracy after each epoch"),
                                  llvm::cl::value_desc("file.svg")};
  llvm::cl::opt<std::string> tensorboard{"tensorboard", llvm::cl::desc("write TensorBoard's event files"),
                                         llvm::cl::value_desc("folder")};

  TrainCommandOptions();
  /// --with and its short forms.
  std::vector<std::string> sectionSettings() const;
};

/// --with and its short forms as settings of the train section; 0 and empty: not given.
std::vector<std::string> sectionSettings(const TrainSettingOptions &with, int64_t epochs,
                                         const llvm::cl::list<int64_t> &batches, llvm::StringRef seed,
                                         llvm::StringRef learningRate);

/// False, with words on stderr, if an option's value is none.
bool areUsable(TrainCommandOptions &options);

/// Where a run's files lie: beside the weights, with their stem.
struct RunPaths {
  std::string weights, last, checkpoint, csv, jsonLines, json;
};
RunPaths runPaths(const TrainCommandOptions &options);

train::Outputs runOutputs(const TrainCommandOptions &options, const RunPaths &paths,
                          std::vector<std::string> classNames);

/// The logs that the options ask for.
void addLogs(const TrainCommandOptions &options, const RunPaths &paths, train::Logs &logs);

/// The inference programs of a training command: validation takes images by the first number, the rest one by one. The
/// maps of 16 images stay in a cache: a ResNet-20 takes 0.55 ms an image, with 32 images 0.68 ms, with 128 0.83 ms.
inline constexpr int64_t validationBatches[] = {16, 1};

} // namespace resnetc::tool

#endif // RESNETC_COMPILER_TOOLS_RESNETC_TRAINOPTIONS_H
