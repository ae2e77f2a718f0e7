//===- KernelLibrary.cpp - compiled kernels as functions of this process ----===//

#include "compiler/tune/KernelLibrary.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include <dlfcn.h>

using namespace llvm;
using namespace resnetc::kernels;
using namespace resnetc::tune;

Expected<std::unique_ptr<KernelLibrary>> KernelLibrary::load(std::vector<KernelJob> jobs,
                                                             const KernelCompilerOptions &options) {
  std::unique_ptr<KernelLibrary> library(new KernelLibrary);
  library->jobList = std::move(jobs);
  auto compiled = compileKernels(library->jobList, options);
  if (!compiled)
    return compiled.takeError();
  library->compiled = std::move(*compiled);
  if (Error error = library->link())
    return error;
  return library;
}

Error KernelLibrary::link() {
  SmallString<128> folder;
  if (std::error_code error = sys::fs::createUniqueDirectory("resnetc-kernel-library", folder))
    return createStringError(error, "cannot create a temporary folder");
  scope_exit cleanUp([&] { sys::fs::remove_directories(folder); });
  std::string shared = (folder + "/kernels.so").str();
  std::vector<std::string> arguments{"cc", "-shared", "-o", shared};
  StringSet<> written;
  for (const CompiledKernel &kernel : compiled) {
    if (!written.insert(kernel.symbol).second)
      continue;
    arguments.push_back((folder + "/" + kernel.symbol + ".o").str());
    std::error_code error;
    raw_fd_ostream(arguments.back(), error) << kernel.object->getBuffer();
    if (error)
      return createStringError(error, "cannot write '%s'", arguments.back().c_str());
  }
  ErrorOr<std::string> linker = sys::findProgramByName("cc");
  if (!linker)
    return createStringError(linker.getError(), "no 'cc' in the PATH");
  std::vector<StringRef> views(arguments.begin(), arguments.end());
  std::string message;
  if (sys::ExecuteAndWait(*linker, views, std::nullopt, {}, 0, 0, &message) != 0)
    return createStringError(std::errc::io_error, "cannot link the kernels: %s", message.c_str());
  handle = dlopen(shared.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return createStringError(std::errc::io_error, "cannot load the kernels: %s", dlerror());
  for (const CompiledKernel &kernel : compiled) {
    functions.push_back(reinterpret_cast<resnetc_kernel>(dlsym(handle, kernel.symbol.c_str())));
    if (!functions.back())
      return createStringError(std::errc::io_error, "the object lacks %s", kernel.symbol.c_str());
  }
  return Error::success();
}

KernelLibrary::~KernelLibrary() {
  if (handle)
    dlclose(handle);
}
