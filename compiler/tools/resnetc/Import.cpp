//===- Import.cpp - resnetc import: safetensors become a .rnw file ---------===//

#include "compiler/tools/resnetc/Command.h"
#include "runtime/weights/Rnw.h"
#include "runtime/weights/Safetensors.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace resnetc::tool {
namespace {

/// One class name a line.
Expected<std::vector<std::string>> readClassNames(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer)
    return createStringError(buffer.getError(), "%s: %s", path.str().c_str(), buffer.getError().message().c_str());
  SmallVector<StringRef> lines;
  (*buffer)->getBuffer().split(lines, '\n', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  std::vector<std::string> names;
  for (StringRef line : lines)
    if (StringRef name = line.trim(); !name.empty())
      names.push_back(name.str());
  return names;
}

struct ImportOptions {
  cl::opt<std::string> input{cl::Positional, cl::Required, cl::desc("<weights.safetensors>")};
  cl::opt<std::string> output{"o", cl::desc("weights file to write (default: the input's stem with .rnw)"),
                              cl::value_desc("file.rnw")};
  cl::opt<std::string> classes{"classes", cl::desc("text file with one class name a line, kept in the weights file"),
                               cl::value_desc("file")};
  cl::opt<std::string> network{"network",
                               cl::desc("name of the network, kept in the file (default: the output's stem)"),
                               cl::value_desc("name")};
};

Error importWeights(const ImportOptions &options) {
  SmallString<128> output(options.output.empty() ? options.input : options.output);
  if (options.output.empty())
    sys::path::replace_extension(output, "rnw");
  auto read = weights::readSafetensors(options.input);
  if (!read)
    return read.takeError();
  if (!read->dropped.empty())
    WithColor::note(errs(), "resnetc") << read->dropped.size() << " integer tensors are not kept, such as "
                                       << read->dropped.front() << "\n";
  std::vector<std::string> classNames;
  if (!options.classes.empty()) {
    auto names = readClassNames(options.classes);
    if (!names)
      return names.takeError();
    classNames = std::move(*names);
  }
  std::string network = options.network.empty() ? sys::path::stem(output).str() : std::string(options.network);
  if (Error error = weights::writeNamed(output, read->tensors, network, classNames))
    return error;
  size_t parameters = 0;
  for (const auto &[name, tensor] : read->tensors)
    parameters += tensor.data.size();
  outs() << formatv("{0}: {1} tensors, {2} numbers", output, read->tensors.size(), parameters);
  if (!classNames.empty())
    outs() << ", " << classNames.size() << " class names";
  outs() << "\n";
  return Error::success();
}

} // namespace

int runImport(ArrayRef<const char *> argv) {
  ImportOptions options;
  if (!parseOptions(argv, "resnetc import: makes a .rnw weights file from safetensors\n"))
    return exitUsage;
  if (Error error = importWeights(options))
    return reportError(std::move(error));
  return exitGood;
}

} // namespace resnetc::tool
