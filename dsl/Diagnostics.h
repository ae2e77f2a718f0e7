//===- Diagnostics.h - errors and warnings, with carets --------------------===//
//
// Collects what is wrong with the files of a run and renders it:
//
//   net.rn:14:3: error: residual adds 128x28x28 to 64x56x56
//      14 |   residual {
//         |   ^~~~~~~~ block 'basic', called at net.rn:31:11 as layer2.0
//   note: the body changes the shape here: conv(128, kernel = 3, stride = 2)
//   help: write '} shortcut projection', or 'shortcut pad'
//
// or as JSON. A block that is called ten times says the same thing once: an error is
// dropped if one with the same place and message is there already.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_DSL_DIAGNOSTICS_H
#define RESNETC_DSL_DIAGNOSTICS_H

#include "dsl/Source.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>
#include <string>
#include <vector>

namespace resnetc::dsl {

enum class Severity { Error, Warning };

/// One error or warning. The calls that add to it return it, so that they chain.
struct Diagnostic {
  struct Attachment {
    bool isHelp;
    std::string message;
    Location location; ///< may be invalid: then only the text is shown
  };

  Severity severity = Severity::Error;
  Location location; ///< invalid if it is about no place in a file
  std::string message;
  std::string annotation; ///< stands after the caret
  std::vector<Attachment> attachments;

  Diagnostic &note(const llvm::Twine &text, Location where = {});
  Diagnostic &help(const llvm::Twine &text);
  Diagnostic &annotate(const llvm::Twine &text);
};

class Diagnostics {
public:
  /// Further errors are counted, not kept.
  static constexpr unsigned maximalErrors = 20;

  /// `sources` owns every buffer that a Location points into and outlives this object.
  explicit Diagnostics(const llvm::SourceMgr &sources) : sources(sources) {}

  Diagnostic &error(Location where, const llvm::Twine &message);
  Diagnostic &warning(Location where, const llvm::Twine &message);

  bool hasErrors() const { return errors != 0; }
  unsigned errorCount() const { return errors; }
  /// Whether the last error was counted, not kept.
  bool isFull() const { return errors > maximalErrors; }
  const std::vector<std::unique_ptr<Diagnostic>> &all() const { return list; }

  /// "net.rn:31:11"
  std::string describe(Location where) const;

  /// As text, in colour if `colour`.
  void print(llvm::raw_ostream &os, bool colour) const;
  /// As text, in colour if `os` is a terminal and NO_COLOR is not set.
  void print(llvm::raw_ostream &os) const;
  /// As one JSON array of objects: severity, file, line, column, endLine, endColumn, message, context, notes, help.
  void printJson(llvm::raw_ostream &os) const;

private:
  /// In the order of the text, file by file.
  std::vector<const Diagnostic *> sorted() const;
  Diagnostic &add(Severity severity, Location where, const llvm::Twine &message);

  const llvm::SourceMgr &sources;
  std::vector<std::unique_ptr<Diagnostic>> list;
  Diagnostic dropped; ///< swallows what is added to a diagnostic that is not kept
  unsigned errors = 0, hidden = 0;
};

/// What `word` was meant to be: the candidate that is near to it, or that other systems call so; or an empty string if
/// none is near.
llvm::StringRef nearestName(llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> candidates);

} // namespace resnetc::dsl

#endif // RESNETC_DSL_DIAGNOSTICS_H
