//===- ObjectCheck.cpp - what a kernel's object may ask for ----------------===//

#include "compiler/kernels/ObjectCheck.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Object/ObjectFile.h"

using namespace llvm;

static Error failure(const Twine &what) {
  return createStringError(std::errc::not_supported, "%s", what.str().c_str());
}

Error resnetc::kernels::checkObject(StringRef path, StringRef entry) {
  static const StringSet<> allowed = {"halide_do_par_for", "memcpy", "memmove", "memset", "expf", "fmaf"};
  Expected<object::OwningBinary<object::ObjectFile>> file = object::ObjectFile::createObjectFile(path);
  if (!file)
    return file.takeError();
  bool hasEntry = false;
  for (const object::SymbolRef &symbol : file->getBinary()->symbols()) {
    Expected<StringRef> name = symbol.getName();
    if (!name)
      return name.takeError();
    Expected<uint32_t> flags = symbol.getFlags();
    if (!flags)
      return flags.takeError();
    if (*flags & object::SymbolRef::SF_Undefined) {
      if (!name->empty() && !allowed.contains(*name))
        return failure("the kernel needs '" + *name + "', which the runtime does not have");
    } else {
      hasEntry |= *name == entry;
    }
  }
  return hasEntry ? Error::success() : failure("the object does not define " + entry);
}
