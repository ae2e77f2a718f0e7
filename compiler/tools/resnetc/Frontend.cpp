//===- Frontend.cpp - a command's way from a file to named layers ----------===//

#include "compiler/tools/resnetc/Frontend.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace resnetc::tool {
namespace {

/// <prefix>/share/resnetc/std for <prefix>/bin/resnetc; the build tree has a link of that name.
std::string installedStdFolder() {
  static int anchor;
  std::string executable = sys::fs::getMainExecutable("resnetc", &anchor);
  SmallString<256> path(sys::path::parent_path(sys::path::parent_path(executable)));
  sys::path::append(path, "share", "resnetc", "std");
  return path.str().str();
}

} // namespace

dsl::Options Frontend::frontEndOptions() const {
  dsl::Options result;
  result.stdFolders.assign(options.stdFolders.begin(), options.stdFolders.end());
  result.stdFolders.push_back(installedStdFolder());
  result.network = options.network;
  result.parameters.assign(options.settings.begin(), options.settings.end());
  result.trainSettings = trainSettings;
  return result;
}

void Frontend::printDiagnostics() const {
  if (diagnostics.all().empty())
    return;
  if (options.json)
    diagnostics.printJson(errs());
  else
    diagnostics.print(errs());
}

const dsl::Network *Frontend::load() {
  network = dsl::load(options.input, frontEndOptions(), sources, diagnostics);
  printDiagnostics();
  return network ? &*network : nullptr;
}

std::vector<dsl::Network> Frontend::check(bool &good) {
  std::vector<dsl::Network> networks = dsl::check(options.input, frontEndOptions(), sources, diagnostics);
  printDiagnostics();
  good = !diagnostics.hasErrors();
  return networks;
}

bool Frontend::printAst(raw_ostream &os) {
  std::unique_ptr<dsl::ast::File> file = dsl::parseFile(options.input, sources, diagnostics);
  printDiagnostics();
  if (!file || diagnostics.hasErrors())
    return false;
  dsl::printAst(*file, os);
  return true;
}

} // namespace resnetc::tool
