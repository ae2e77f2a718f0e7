//===- main.cpp - resnetc: one program, a few commands --------------------===//

#include "compiler/Version.h"
#include "compiler/tools/resnetc/Command.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace resnetc::tool;

namespace {

struct Command {
  StringRef name;
  StringRef summary;
  int (*run)(ArrayRef<const char *>);
};

constexpr Command commands[] = {
    {"compile", "make an object and a header from a .rn file", runCompile},
    {"check", "parse a .rn file, give names and check shapes", runCheck},
    {"fmt", "lay out .rn files", runFmt},
    {"inspect", "show layers, costs and kernels as a table or drawing", runInspect},
    {"run", "run a network on a picture, .npy or raw file", runRun},
    {"eval", "loss, accuracy and confusions on a data set", runEval},
    {"bench", "measure latency and the share of this machine's peak", runBench},
    {"train", "train a network on a data set", runTrain},
    {"import", "make a .rnw weights file from safetensors", runImport},
    {"export", "make safetensors from a .rnw weights file", runExport},
    {"gradflow", "train for a while and record how far gradients reach", runGradFlow},
    {"lesion", "accuracy of a trained network without each of its blocks", runLesion},
    {"plot", "draw the logs of training runs into one picture", runPlot},
};

void printUsage(raw_ostream &os) {
  os << "resnetc " << resnetc::version << ": a compiler for residual networks\n\n"
     << "usage: resnetc <command> [options]\n\n";
  for (const Command &command : commands)
    os << "  " << left_justify(command.name, 9) << command.summary << "\n";
  os << "\n'resnetc <command> --help' lists the options of a command.\n"
     << "Exit status: 0 good, 1 diagnostics, 2 usage, 3 internal error.\n";
}

StringRef nearestCommand(StringRef name) {
  const Command *best = llvm::min_element(commands, [&](const Command &a, const Command &b) {
    return a.name.edit_distance(name) < b.name.edit_distance(name);
  });
  return best->name.edit_distance(name) <= 2 ? best->name : StringRef();
}

} // namespace

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  StringRef name = argc > 1 ? argv[1] : "";
  if (name == "--help" || name == "-h" || name == "help") {
    printUsage(outs());
    return exitGood;
  }
  if (name == "--version") {
    outs() << "resnetc " << resnetc::version << "\n";
    return exitGood;
  }
  for (const Command &command : commands) {
    if (command.name != name)
      continue;
    std::string program = ("resnetc " + name).str();
    SmallVector<const char *> arguments{program.c_str()};
    arguments.append(argv + 2, argv + argc);
    dropRegisteredOptions();
    return command.run(arguments);
  }
  if (name.empty()) {
    printUsage(errs());
    return exitUsage;
  }
  WithColor::error(errs(), "resnetc") << "no command '" << name << "'";
  if (StringRef nearest = nearestCommand(name); !nearest.empty())
    errs() << "; did you mean '" << nearest << "'?";
  errs() << "\n";
  return exitUsage;
}
