//===- FinishObject.cpp - which symbols a model's object shows -------------===//

#include "compiler/emit/EntryPoints.h"
#include "compiler/emit/Link.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace resnetc::emit {

namespace {

/// What kernels may need beside the runtime's hooks: functions of libc and libm that code generators and Halide call.
/// They neither allocate nor keep state.
constexpr StringLiteral librarySymbols[] = {"memcpy", "memmove", "memset", "expf",   "exp",   "logf",   "log",
                                            "powf",   "pow",     "sqrtf",  "floorf", "ceilf", "roundf", "truncf"};

/// Halide's hooks and the runtime's (runtime/core/Hooks.h).
struct Rename {
  StringLiteral from, to;
};
constexpr Rename hooks[] = {{"halide_do_par_for", "resnetc_rt_do_par_for"}, {"halide_error", "resnetc_rt_error"}};

Error failed(StringRef name, const Twine &words) {
  return createStringError(inconvertibleErrorCode(), "object of network '" + name + "': " + words);
}

Error addNames(objcopy::NameMatcher &matcher, ArrayRef<std::string> names, objcopy::MatchStyle style) {
  for (const std::string &name : names)
    if (Error error =
            matcher.addMatcher(objcopy::NameOrPattern::create(name, style, [](Error error) { return error; })))
      return error;
  return Error::success();
}

Error configure(objcopy::ConfigManager &config, ArrayRef<std::string> globals) {
  objcopy::CommonConfig &common = config.Common;
  if (Error error = addNames(common.SymbolsToKeepGlobal, globals, objcopy::MatchStyle::Literal))
    return error;
  // Code generators' names and versions, address-significance tables (they index symbols that change here).
  if (Error error =
          addNames(common.ToRemove, {".comment", ".llvm_addrsig", ".note.gnu.property"}, objcopy::MatchStyle::Literal))
    return error;
  for (const Rename &hook : hooks)
    common.SymbolsToRename[hook.from] = hook.to;
  common.StripDebug = true;
  common.StripUnneeded = true; // local symbols that no relocation names, file names
  common.DiscardMode = objcopy::DiscardType::All;
  return Error::success();
}

/// May an object need it? Entry points need the runtime's functions.
bool isKnown(StringRef symbol) {
  return is_contained(librarySymbols, symbol) || any_of(hooks, [&](const Rename &hook) { return hook.to == symbol; }) ||
         any_of(entryPoints, [&](const EntryPoint &point) { return point.callee == symbol; });
}

/// An object has its info and the entry points; those for training all, or none.
Error checkDefined(const StringSet<> &defined, StringRef name) {
  SmallVector<StringRef> wanted{"_info"};
  const bool trains =
      any_of(entryPoints, [&](const EntryPoint &p) { return p.training && defined.contains((name + p.suffix).str()); });
  for (const EntryPoint &point : entryPoints)
    if (!point.training || trains)
      wanted.push_back(point.suffix);
  for (StringRef suffix : wanted)
    if (!defined.contains((name + suffix).str()))
      return failed(name, "'" + name + suffix + "' is not defined");
  return Error::success();
}

/// Global definitions are exactly the allowed ones, and nothing foreign is needed.
Error checkSymbols(StringRef object, StringRef name, ArrayRef<std::string> globals) {
  Expected<std::unique_ptr<object::ObjectFile>> file =
      object::ObjectFile::createObjectFile(MemoryBufferRef(object, name));
  if (!file)
    return file.takeError();
  StringSet<> defined;
  for (const object::SymbolRef &symbol : (*file)->symbols()) {
    Expected<uint32_t> flags = symbol.getFlags();
    Expected<StringRef> text = symbol.getName();
    if (!flags || !text)
      return joinErrors(flags.takeError(), text.takeError());
    if (*flags & object::SymbolRef::SF_Undefined) {
      if (!text->empty() && !isKnown(*text))
        return failed(name, "a kernel needs '" + *text + "', which resnetc's runtime does not have");
    } else if (*flags & object::SymbolRef::SF_Global) {
      if (!is_contained(globals, *text))
        return failed(name, "'" + *text + "' is still global");
      defined.insert(*text);
    }
  }
  return checkDefined(defined, name);
}

} // namespace

Expected<ObjectBytes> finishObject(StringRef object, StringRef name) {
  std::vector<std::string> globals;
  for (StringRef suffix : {"_info", "_weights", "_class_names"})
    globals.push_back((name + suffix).str());
  for (const EntryPoint &point : entryPoints)
    globals.push_back((name + point.suffix).str());

  objcopy::ConfigManager config;
  if (Error error = configure(config, globals))
    return error;
  Expected<std::unique_ptr<object::ObjectFile>> input =
      object::ObjectFile::createObjectFile(MemoryBufferRef(object, name));
  if (!input)
    return input.takeError();
  ObjectBytes bytes;
  raw_svector_ostream os(bytes);
  if (Error error = objcopy::executeObjcopyOnBinary(config, **input, os))
    return failed(name, toString(std::move(error)));
  if (Error error = checkSymbols(StringRef(bytes.data(), bytes.size()), name, globals))
    return error;
  return bytes;
}

} // namespace resnetc::emit
