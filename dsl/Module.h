//===- Module.h - the files of a run and what they import ------------------------------===//

#ifndef RESNETC_DSL_MODULE_H
#define RESNETC_DSL_MODULE_H

#include "dsl/Ast.h"
#include "dsl/Diagnostics.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"

namespace resnetc::dsl {

/// A parsed file. It sees its own definitions and those of the files that it imports, not what those import.
struct Module {
  std::string path;
  std::unique_ptr<ast::File> file;
  std::vector<Module *> imports;

  template <typename T, typename F> void forEach(F visit) const {
    for (ast::Item &item : file->items)
      if (T *value = std::get_if<T>(&item))
        visit(*value);
  }
  /// The (first) definition of this very file with that name.
  ast::Definition *find(llvm::StringRef name) const { return definitions.lookup(name); }
  ast::Constant *findConstant(llvm::StringRef name) const { return constants.lookup(name); }
  /// Fills what these look at: to be called when the file is parsed.
  void indexDefinitions();

private:
  llvm::DenseMap<llvm::StringRef, ast::Definition *> definitions;
  llvm::DenseMap<llvm::StringRef, ast::Constant *> constants;
};

/// Every file of a run; a file comes after those that it imports.
using Modules = std::vector<std::unique_ptr<Module>>;

/// Files above this are refused.
constexpr uint64_t maximalSourceBytes = 4u << 20;

/// A whole regular file; null, with the reason, if it can't be read.
std::unique_ptr<llvm::MemoryBuffer> readSource(llvm::StringRef path, std::string &why);

class ModuleLoader {
public:
  /// `std.x` is looked for in `stdFolders`, in their order.
  ModuleLoader(llvm::SourceMgr &sources, Diagnostics &diagnostics, llvm::ArrayRef<std::string> stdFolders)
      : sources(sources), diagnostics(diagnostics), stdFolders(stdFolders) {}

  /// Reads and parses `path` and what it imports, each file once; null if it can't be read.
  Module *load(llvm::StringRef path);
  /// The same for a text in memory; its identifier serves as its path.
  Module *load(std::unique_ptr<llvm::MemoryBuffer> buffer);

  Modules takeModules() { return std::move(modules); }

private:
  static constexpr size_t maximalDepth = 64;

  Module *loadFile(llvm::StringRef path, Location importedAt);
  Module *loadBuffer(std::unique_ptr<llvm::MemoryBuffer> buffer, std::string key);
  void loadImports(Module &module);
  std::string findStandard(const ast::Import &import);

  llvm::SourceMgr &sources;
  Diagnostics &diagnostics;
  llvm::ArrayRef<std::string> stdFolders;
  Modules modules;
  std::vector<std::pair<std::string, Module *>> known; ///< by real path; the module is null while being loaded
};

} // namespace resnetc::dsl

#endif // RESNETC_DSL_MODULE_H
