//===- PrintStage.cpp - --emit=: what a stage of the compiler made ---------===//

#include "compiler/tools/resnetc/PrintStage.h"
#include "compiler/tools/resnetc/Build.h"
#include "compiler/tools/resnetc/Command.h"
#include "runtime/weights/AtomicFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Program.h"

using namespace llvm;

namespace resnetc::tool {
namespace {

Error writeOutput(StringRef path, StringRef text) {
  if (!path.empty() && path != "-")
    return weights::writeFileAtomically(path, [&](raw_pwrite_stream &os) { os << text; });
  outs() << text;
  return Error::success();
}

int finish(StringRef path, StringRef text) {
  if (Error error = writeOutput(path, text))
    return reportError(std::move(error));
  return exitGood;
}

/// How a kernel's text is asked of the worker, and how a comment starts in it.
struct KernelText {
  StringRef emit, comment;
};

KernelText kernelText(Stage stage) {
  if (stage == Stage::Stmt)
    return {"stmt", "//"};
  return stage == Stage::Llvm ? KernelText{"llvm", ";"} : KernelText{"asm", "#"};
}

Expected<std::string> printKernel(const std::string &worker, StringRef spec, StringRef target, unsigned threads,
                                  KernelText text) {
  SmallString<128> path;
  if (std::error_code code = sys::fs::createTemporaryFile("resnetc-kernel", text.emit, path))
    return createStringError(code, "%s: %s", path.c_str(), code.message().c_str());
  FileRemover remover(path);
  std::string emit = ("--emit=" + text.emit).str(), threadText = std::to_string(threads);
  StringRef arguments[] = {worker, "--spec", spec, "--target", target, "--threads", threadText, emit, "-o", path};
  std::string message;
  if (sys::ExecuteAndWait(worker, arguments, /*Env=*/std::nullopt, /*Redirects=*/{}, /*SecondsToWait=*/300,
                          /*MemoryLimit=*/0, &message))
    return createStringError("the kernel worker failed %s for: %s", message.c_str(), spec.str().c_str());
  auto buffer = MemoryBuffer::getFile(path);
  if (!buffer)
    return createStringError(buffer.getError(), "%s: %s", path.c_str(), buffer.getError().message().c_str());
  return (*buffer)->getBuffer().str();
}

/// Every kernel of the plan for the first of --targets.
Expected<std::string> printKernels(Stage stage, mlir::ModuleOp module, const CodeOptions &options) {
  auto targets = chosenTargets(options, {"x86-64-v4"});
  if (!targets)
    return targets.takeError();
  auto worker = kernels::findKernelWorker();
  if (!worker)
    return worker.takeError();
  KernelText text = kernelText(stage);
  std::string result;
  for (plan::KernelOp op : module.getOps<plan::KernelOp>()) {
    auto kernel = printKernel(*worker, op.getSpec(), targets->front(), options.threads, text);
    if (!kernel)
      return kernel.takeError();
    result += formatv("{0} {1}\n{2}\n", text.comment, op.getSpec(), *kernel).str();
  }
  return result;
}

std::string printModule(mlir::ModuleOp module) {
  std::string text;
  raw_string_ostream os(text);
  module->print(os);
  os << "\n";
  return text;
}

} // namespace

int printAstStage(Frontend &frontend, StringRef output) {
  std::string text;
  raw_string_ostream os(text);
  if (!frontend.printAst(os))
    return exitDiagnostics;
  return finish(output, text);
}

int printStage(Stage stage, const dsl::Network &network, const CodeOptions &options, const TrainOptions &training,
               const SourceMgr &sources, mlir::MLIRContext &context, StringRef output) {
  if (stage == Stage::Network) {
    std::string text;
    raw_string_ostream os(text);
    dsl::printNetwork(network, os);
    return finish(output, text);
  }
  mlir::OwningOpRef<mlir::ModuleOp> module = makeRn(network, sources, context);
  if (!module)
    return exitDiagnostics;
  if (stage == Stage::Rn)
    return finish(output, printModule(*module));
  if (failed(training.train ? optimiseTraining(*module, trainingOptions(training)) : optimiseRn(*module)))
    return exitDiagnostics;
  if (stage == Stage::RnOpt)
    return finish(output, printModule(*module));
  if (failed(training.train
                 ? makeTrainingPlan(*module, memoryBytes(training).value_or(0), trainingPlanOptions(training))
                 : makePlan(*module, planOptions(options))))
    return exitDiagnostics;
  if (stage == Stage::Plan)
    return finish(output, printModule(*module));
  auto text = printKernels(stage, *module, options);
  if (!text)
    return reportError(text.takeError());
  return finish(output, *text);
}

} // namespace resnetc::tool
