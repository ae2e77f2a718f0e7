//===- Command.h - the subcommands of resnetc ------------------------------===//
//
// A subcommand is one file: its options (constructed only when it is the one that
// runs, so that `--help` lists no other's) and one function. Adding one: the file,
// a line here and a line in the table in main.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_TOOLS_RESNETC_COMMAND_H
#define RESNETC_COMPILER_TOOLS_RESNETC_COMMAND_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace resnetc::tool {

/// What a process of resnetc returns.
enum ExitCode { exitGood = 0, exitDiagnostics = 1, exitUsage = 2, exitInternal = 3 };

/// argv[0] is "resnetc <command>".
int runCheck(llvm::ArrayRef<const char *> argv);
int runFmt(llvm::ArrayRef<const char *> argv);
int runInspect(llvm::ArrayRef<const char *> argv);
int runCompile(llvm::ArrayRef<const char *> argv);
int runRun(llvm::ArrayRef<const char *> argv);
int runBench(llvm::ArrayRef<const char *> argv);
int runTrain(llvm::ArrayRef<const char *> argv);
int runImport(llvm::ArrayRef<const char *> argv);
int runGradFlow(llvm::ArrayRef<const char *> argv);
int runLesion(llvm::ArrayRef<const char *> argv);
int runEval(llvm::ArrayRef<const char *> argv);
int runExport(llvm::ArrayRef<const char *> argv);
int runPlot(llvm::ArrayRef<const char *> argv);

/// Empties the registry of options. LLVM's and LLD's libraries register options of their own, which would stand in our
/// --help and collide with ours (--threads): called before a command constructs its options.
void dropRegisteredOptions();

/// Parses the options that exist now; prints what is wrong and returns false (exitUsage) if it can't.
/// Options keep their values, but are no longer registered.
bool parseOptions(llvm::ArrayRef<const char *> argv, llvm::StringRef overview);

/// Prints "resnetc: error: …" and returns exitDiagnostics.
int reportError(llvm::Error error);

/// Replaces the file atomically; "-" is stdout.
llvm::Error writeOutput(llvm::StringRef path, llvm::StringRef text);

} // namespace resnetc::tool

#endif // RESNETC_COMPILER_TOOLS_RESNETC_COMMAND_H
