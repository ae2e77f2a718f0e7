//===- Export.cpp - resnetc export: weights for other systems --------------===//

#include "compiler/tools/resnetc/Command.h"
#include "runtime/weights/Rnw.h"
#include "runtime/weights/Safetensors.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace resnetc::tool {
namespace {

struct ExportOptions {
  cl::opt<std::string> input{cl::Positional, cl::Required, cl::desc("<weights.rnw>")};
  cl::opt<bool> safetensors{
      "safetensors", cl::desc("write safetensors, with the names of a PyTorch state_dict (the only format so far)")};
  cl::opt<std::string> output{"o", cl::desc("file to write (default: the input's stem with .safetensors)"),
                              cl::value_desc("file.safetensors")};
};

Error exportWeights(const ExportOptions &options) {
  SmallString<128> output(options.output.empty() ? options.input : options.output);
  if (options.output.empty())
    sys::path::replace_extension(output, "safetensors");
  if (sys::fs::equivalent(output, options.input))
    return createStringError("%s would be replaced by its export; give another name with -o", options.input.c_str());
  auto file = weights::RnwFile::open(options.input);
  if (!file)
    return file.takeError();
  auto tensors = file->namedTensors();
  if (!tensors)
    return tensors.takeError();
  if (Error error = weights::writeSafetensors(output, *tensors))
    return error;
  size_t numbers = 0;
  for (const auto &[name, tensor] : *tensors)
    numbers += tensor.data.size();
  outs() << formatv("{0}: {1} tensors, {2} numbers", output, tensors->size(), numbers);
  if (const size_t counters = weights::batchCounters(*tensors).size())
    outs() << formatv(", and {0} num_batches_tracked of batch norms, which are 0", counters);
  outs() << "\n";
  return Error::success();
}

} // namespace

int runExport(ArrayRef<const char *> argv) {
  ExportOptions options;
  if (!parseOptions(argv, "resnetc export: makes files of weights that other systems read\n"))
    return exitUsage;
  if (Error error = exportWeights(options))
    return reportError(std::move(error));
  return exitGood;
}

} // namespace resnetc::tool
