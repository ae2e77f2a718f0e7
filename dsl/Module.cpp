//===- Module.cpp - the files of a run and what they import -----------------------------===//

#include "dsl/Module.h"
#include "dsl/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace resnetc::dsl;

void Module::indexDefinitions() {
  forEach<ast::Definition>(
      [&](ast::Definition &definition) { definitions.try_emplace(definition.name.text, &definition); });
  forEach<ast::Constant>([&](ast::Constant &constant) { constants.try_emplace(constant.name.text, &constant); });
}

Module *ModuleLoader::load(llvm::StringRef path) { return loadFile(path, {}); }

Module *ModuleLoader::load(std::unique_ptr<llvm::MemoryBuffer> buffer) {
  std::string key = buffer->getBufferIdentifier().str();
  return loadBuffer(std::move(buffer), std::move(key));
}

Module *ModuleLoader::loadFile(llvm::StringRef path, Location importedAt) {
  auto fail = [&](const llvm::Twine &reason) -> Module * {
    diagnostics.error(importedAt, "can't read '" + path + "': " + reason);
    return nullptr;
  };
  llvm::SmallString<256> real;
  if (std::error_code error = llvm::sys::fs::real_path(path, real))
    return fail(error.message());
  for (auto [key, module] : known)
    if (key == real) {
      if (!module)
        diagnostics.error(importedAt, "'" + path + "' imports itself, through this line")
            .help("move what both files need into a third one");
      return module;
    }
  std::string why;
  std::unique_ptr<llvm::MemoryBuffer> buffer = readSource(path, why);
  return buffer ? loadBuffer(std::move(buffer), std::string(real)) : fail(why);
}

std::unique_ptr<llvm::MemoryBuffer> resnetc::dsl::readSource(llvm::StringRef path, std::string &why) {
  auto fail = [&](const llvm::Twine &reason) {
    why = reason.str();
    return std::unique_ptr<llvm::MemoryBuffer>();
  };
  // A folder, a pipe or a device would block or never end.
  uint64_t size = 0;
  if (std::error_code error = llvm::sys::fs::file_size(path, size))
    return fail(error.message());
  if (!llvm::sys::fs::is_regular_file(path))
    return fail("not a regular file");
  if (size > maximalSourceBytes)
    return fail("larger than 4 MiB");
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return fail(buffer.getError().message());
  return std::move(*buffer);
}

Module *ModuleLoader::loadBuffer(std::unique_ptr<llvm::MemoryBuffer> buffer, std::string key) {
  auto module = std::make_unique<Module>();
  module->path = buffer->getBufferIdentifier().str();
  llvm::StringRef text = buffer->getBuffer();
  sources.AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  module->file = parse(text, diagnostics);
  module->indexDefinitions();
  size_t slot = known.size();
  known.emplace_back(std::move(key), nullptr);
  loadImports(*module);
  known[slot].second = module.get();
  modules.push_back(std::move(module));
  return modules.back().get();
}

void ModuleLoader::loadImports(Module &module) {
  module.forEach<ast::Import>([&](ast::Import &import) {
    if (known.size() > maximalDepth) {
      diagnostics.error(import.location, "more than " + llvm::Twine(maximalDepth) + " files are imported");
      return;
    }
    llvm::SmallString<256> path;
    if (import.isStandard)
      path = findStandard(import);
    else {
      path = llvm::sys::path::parent_path(module.path);
      llvm::sys::path::append(path, import.path);
    }
    if (path.empty())
      return;
    Module *imported = loadFile(path, import.location);
    if (imported && !llvm::is_contained(module.imports, imported))
      module.imports.push_back(imported);
  });
}

/// Empty, after an error, if no std folder has it.
std::string ModuleLoader::findStandard(const ast::Import &import) {
  for (const std::string &folder : stdFolders) {
    llvm::SmallString<256> path(folder);
    llvm::sys::path::append(path, import.path);
    if (llvm::sys::fs::exists(path))
      return std::string(path);
  }
  Diagnostic &error = diagnostics.error(import.location, "there is no '" + import.text + "'");
  for (const std::string &folder : stdFolders)
    error.note("looked for " + import.path + " in " + folder);
  return "";
}
