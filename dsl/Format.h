//===- Format.h - a .rn text as a careful author would lay it out -----------===//

#ifndef RESNETC_DSL_FORMAT_H
#define RESNETC_DSL_FORMAT_H

#include "dsl/Diagnostics.h"
#include <optional>
#include <string>

namespace resnetc::dsl {

struct Formatted {
  std::string text;
  /// What the formatter did to the file's meaning or comments; never anything, unless it has an error. `text` is then
  /// for a report, not for use.
  std::string mistake;
};

/// Formats `text`, a buffer of the SourceMgr. Empty if the text has errors, which `diagnostics` then has.
///
/// What stands on a line is up to the author: statements that share a line, braces and arguments that are opened and
/// closed on one line, stay so while they fit; columns that the author aligned stay aligned. All other blanks are the
/// formatter's. Formatting twice is formatting once.
std::optional<Formatted> format(llvm::StringRef text, Diagnostics &diagnostics);

} // namespace resnetc::dsl

#endif // RESNETC_DSL_FORMAT_H
