//===- RenderDiagnostics.cpp - diagnostics as text and as JSON -------------===//

#include "dsl/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstdlib>

using namespace resnetc::dsl;

namespace {

/// Longer lines are cut around the caret.
constexpr size_t shownColumns = 200;

struct Place {
  std::string file;
  unsigned line = 0, column = 0, endLine = 0, endColumn = 0;
  llvm::StringRef text; ///< the whole line
};

Place locate(const llvm::SourceMgr &sources, Location where) {
  Place place;
  unsigned id = sources.FindBufferContainingLoc(where.begin);
  if (id == 0)
    return place;
  const llvm::MemoryBuffer *buffer = sources.getMemoryBuffer(id);
  place.file = buffer->getBufferIdentifier().str();
  std::tie(place.line, place.column) = sources.getLineAndColumn(where.begin, id);
  place.endLine = place.line, place.endColumn = place.column;
  if (where.end.isValid() && sources.FindBufferContainingLoc(where.end) == id)
    std::tie(place.endLine, place.endColumn) = sources.getLineAndColumn(where.end, id);
  const char *begin = where.begin.getPointer() - (place.column - 1);
  llvm::StringRef rest(begin, buffer->getBufferEnd() - begin);
  place.text = rest.take_until([](char c) { return c == '\n' || c == '\r'; });
  return place;
}

/// Bytes that a terminal would act upon, and whatever is not UTF-8, become '?'; tabs become blanks.
std::string printable(llvm::StringRef text) {
  bool legal = llvm::json::isUTF8(text);
  std::string result;
  for (char c : text) {
    unsigned char byte = c;
    if (c == '\t')
      result += ' ';
    else
      result += byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !legal) ? '?' : c;
  }
  return result;
}

size_t countColumns(llvm::StringRef text) {
  if (!llvm::json::isUTF8(text))
    return text.size();
  // Continuation bytes take no column of their own.
  return llvm::count_if(text, [](char c) { return (c & 0xc0) != 0x80; });
}

class Renderer {
public:
  Renderer(llvm::raw_ostream &os, const llvm::SourceMgr &sources, bool colour)
      : os(os), sources(sources), colour(colour) {}

  void render(const Diagnostic &diagnostic) {
    bool isError = diagnostic.severity == Severity::Error;
    head(diagnostic.location, isError ? "error" : "warning", isError ? "1;31" : "1;35", diagnostic.message);
    snippet(diagnostic.location, diagnostic.annotation);
    for (const Diagnostic::Attachment &attachment : diagnostic.attachments) {
      Location where = attachment.location;
      if (where.isValid() || !attachment.isHelp)
        head(where, "note", "1;36", attachment.message, /*isAttached=*/true);
      else
        head({}, "help", "1;32", attachment.message, /*isAttached=*/true);
      snippet(where, "");
    }
  }

private:
  void paint(llvm::StringRef code, const llvm::Twine &text) {
    if (colour)
      os << "\033[" << code << 'm' << text << "\033[0m";
    else
      os << text;
  }

  void head(Location where, llvm::StringRef kind, llvm::StringRef code, llvm::StringRef message,
            bool isAttached = false) {
    Place place;
    if (where.isValid())
      place = locate(sources, where);
    if (place.line)
      paint("1", llvm::Twine(printable(place.file)) + ":" + llvm::Twine(place.line) + ":" + llvm::Twine(place.column) +
                     ": ");
    else if (!isAttached)
      paint("1", "resnetc: ");
    paint(code, llvm::Twine(kind) + ": ");
    os << printable(message) << '\n';
  }

  void snippet(Location where, llvm::StringRef annotation) {
    if (!where.isValid())
      return;
    Place place = locate(sources, where);
    if (!place.line)
      return;
    llvm::StringRef text = place.text;
    size_t begin = std::min<size_t>(place.column - 1, text.size());
    size_t end = place.endLine == place.line ? std::min<size_t>(place.endColumn - 1, text.size()) : text.size();
    end = std::max(begin, end);
    if (text.size() > shownColumns) {
      size_t cut = begin < shownColumns / 2 ? 0 : begin - shownColumns / 2;
      text = text.substr(cut, shownColumns);
      begin -= cut;
      end = std::min(end - cut, text.size());
    }
    llvm::StringRef marked = text.slice(begin, end).rtrim();
    size_t width = std::max<size_t>(1, countColumns(marked));
    os << llvm::format("%5u | ", place.line) << printable(text) << "\n      | ";
    os.indent(countColumns(text.take_front(begin)));
    paint("1;32", "^" + std::string(width - 1, '~'));
    if (!annotation.empty())
      os << ' ' << printable(annotation);
    os << '\n';
  }

  llvm::raw_ostream &os;
  const llvm::SourceMgr &sources;
  bool colour;
};

llvm::json::Object placeAsJson(const llvm::SourceMgr &sources, Location where) {
  llvm::json::Object object;
  if (!where.isValid())
    return object;
  Place place = locate(sources, where);
  object["file"] = llvm::json::fixUTF8(place.file);
  object["line"] = place.line;
  object["column"] = place.column;
  object["endLine"] = place.endLine;
  object["endColumn"] = place.endColumn;
  return object;
}

} // namespace

std::string Diagnostics::describe(Location where) const {
  Place place = locate(sources, where);
  return (llvm::Twine(place.file) + ":" + llvm::Twine(place.line) + ":" + llvm::Twine(place.column)).str();
}

std::vector<const Diagnostic *> Diagnostics::sorted() const {
  std::vector<const Diagnostic *> result;
  for (const std::unique_ptr<Diagnostic> &diagnostic : list)
    result.push_back(diagnostic.get());
  auto key = [&](const Diagnostic *diagnostic) {
    llvm::SMLoc where = diagnostic->location.begin;
    return std::make_pair(where.isValid() ? sources.FindBufferContainingLoc(where) : 0, where.getPointer());
  };
  llvm::stable_sort(result, [&](const Diagnostic *a, const Diagnostic *b) { return key(a) < key(b); });
  return result;
}

void Diagnostics::print(llvm::raw_ostream &os, bool colour) const {
  Renderer renderer(os, sources, colour);
  for (const Diagnostic *diagnostic : sorted())
    renderer.render(*diagnostic);
  if (hidden)
    os << "resnetc: " << hidden << (hidden == 1 ? " more error is" : " more errors are") << " not shown\n";
}

void Diagnostics::print(llvm::raw_ostream &os) const {
  const char *noColour = std::getenv("NO_COLOR");
  print(os, os.is_displayed() && !(noColour && *noColour));
}

void Diagnostics::printJson(llvm::raw_ostream &os) const {
  llvm::json::Array array;
  for (const Diagnostic *diagnostic : sorted()) {
    llvm::json::Object object = placeAsJson(sources, diagnostic->location);
    object["severity"] = diagnostic->severity == Severity::Error ? "error" : "warning";
    object["message"] = llvm::json::fixUTF8(diagnostic->message);
    if (!diagnostic->annotation.empty())
      object["context"] = llvm::json::fixUTF8(diagnostic->annotation);
    llvm::json::Array notes, helps;
    for (const Diagnostic::Attachment &attachment : diagnostic->attachments) {
      if (attachment.isHelp) {
        helps.push_back(llvm::json::fixUTF8(attachment.message));
        continue;
      }
      llvm::json::Object note = placeAsJson(sources, attachment.location);
      note["message"] = llvm::json::fixUTF8(attachment.message);
      notes.push_back(std::move(note));
    }
    object["notes"] = std::move(notes);
    object["help"] = std::move(helps);
    array.push_back(std::move(object));
  }
  os << llvm::formatv("{0:2}\n", llvm::json::Value(std::move(array)));
}
