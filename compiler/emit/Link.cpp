//===- Link.cpp - several objects become one, by lld -----------------------===//

#include "compiler/emit/Link.h"
#include "lld/Common/Driver.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <mutex>

LLD_HAS_DRIVER(elf)

using namespace llvm;

namespace resnetc::emit {

static Error linkError(const Twine &words) {
  return createStringError(inconvertibleErrorCode(), "linking the model's object: " + words);
}

static Error writeFile(StringRef path, StringRef bytes) {
  std::error_code code;
  raw_fd_ostream os(path, code, sys::fs::OF_None);
  if (!code) {
    os << bytes;
    os.close();
    code = os.error();
    os.clear_error();
  }
  return code ? linkError(path + ": " + code.message()) : Error::success();
}

/// Halide gives every function a section of its own; all of them are needed, and headers of sections and relocations
/// would be a third of a small object.
constexpr StringLiteral script = "SECTIONS { .text : { *(.text .text.*) } }\n";

/// lld reads files and keeps its state in globals.
static Error runLinker(ArrayRef<std::string> inputs, StringRef scriptPath, StringRef output) {
  static std::mutex oneAtATime;
  static bool canRun = true;
  std::lock_guard<std::mutex> lock(oneAtATime);
  if (!canRun)
    return linkError("lld failed before and cannot run again in this process");
  const std::string outputName = output.str();
  const std::string scriptName = scriptPath.str();
  SmallVector<const char *> arguments{"ld.lld",           "-r", "--threads=1",     "-T",
                                      scriptName.c_str(), "-o", outputName.c_str()};
  for (const std::string &input : inputs)
    arguments.push_back(input.c_str());
  std::string words;
  raw_string_ostream os(words);
  const lld::Result result = lld::lldMain(arguments, os, os, {{lld::Gnu, &lld::elf::link}});
  canRun = result.canRunAgain;
  return result.retCode ? linkError(words) : Error::success();
}

Expected<ObjectBytes> linkRelocatable(ArrayRef<StringRef> objects) {
  SmallString<128> folder;
  if (std::error_code code = sys::fs::createUniqueDirectory("resnetc-link", folder))
    return linkError("no folder for temporary files: " + code.message());
  scope_exit removeFolder([&] { sys::fs::remove_directories(folder); });
  auto pathOf = [&](const Twine &name) {
    SmallString<128> path(folder);
    sys::path::append(path, name);
    return path.str().str();
  };
  std::vector<std::string> inputs;
  for (StringRef object : objects) {
    inputs.push_back(pathOf(Twine(inputs.size()) + ".o"));
    if (Error error = writeFile(inputs.back(), object))
      return error;
  }
  const std::string output = pathOf("linked.o"), scriptPath = pathOf("script");
  if (Error error = writeFile(scriptPath, script))
    return error;
  if (Error error = runLinker(inputs, scriptPath, output))
    return error;
  ErrorOr<std::unique_ptr<MemoryBuffer>> linked =
      MemoryBuffer::getFile(output, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!linked)
    return linkError(linked.getError().message());
  const StringRef bytes = (*linked)->getBuffer();
  return ObjectBytes(bytes.begin(), bytes.end());
}

static StringRef text(const ObjectBytes &bytes) { return {bytes.data(), bytes.size()}; }

Expected<ObjectBytes> assembleModel(const PlanTables &tables, ArrayRef<VariantSymbols> variants,
                                    ArrayRef<StringRef> kernels, StringRef flags) {
  Expected<ObjectBytes> model = buildModelObject(tables, variants, flags);
  if (!model)
    return model.takeError();
  SmallVector<StringRef> objects{text(*model)};
  objects.append(kernels.begin(), kernels.end());
  Expected<ObjectBytes> linked = linkRelocatable(objects);
  if (!linked)
    return linked.takeError();
  return finishObject(text(*linked), tables.name);
}

Expected<ObjectBytes> embedWeights(StringRef object, StringRef name, const EmbeddedWeights &weights) {
  Expected<ObjectBytes> data = buildWeightsObject(name, weights);
  if (!data)
    return data.takeError();
  Expected<ObjectBytes> linked = linkRelocatable({object, text(*data)});
  if (!linked)
    return linked.takeError();
  data->clear();
  return finishObject(text(*linked), name);
}

} // namespace resnetc::emit
