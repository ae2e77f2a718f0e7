//===- Diagnostics.cpp - collecting errors and warnings --------------------===//

#include "dsl/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace resnetc::dsl;

Diagnostic &Diagnostic::note(const llvm::Twine &text, Location where) {
  attachments.push_back({false, text.str(), where});
  return *this;
}

Diagnostic &Diagnostic::help(const llvm::Twine &text) {
  attachments.push_back({true, text.str(), {}});
  return *this;
}

Diagnostic &Diagnostic::annotate(const llvm::Twine &text) {
  annotation = text.str();
  return *this;
}

Diagnostic &Diagnostics::add(Severity severity, Location where, const llvm::Twine &message) {
  std::string text = message.str();
  dropped = Diagnostic();
  for (const std::unique_ptr<Diagnostic> &other : list)
    if (other->location.begin == where.begin && other->message == text)
      return dropped;
  if (severity == Severity::Error && ++errors > maximalErrors) {
    ++hidden;
    return dropped;
  }
  auto diagnostic = std::make_unique<Diagnostic>();
  diagnostic->severity = severity;
  diagnostic->location = where;
  diagnostic->message = std::move(text);
  list.push_back(std::move(diagnostic));
  return *list.back();
}

Diagnostic &Diagnostics::error(Location where, const llvm::Twine &message) {
  return add(Severity::Error, where, message);
}

Diagnostic &Diagnostics::warning(Location where, const llvm::Twine &message) {
  return add(Severity::Warning, where, message);
}
