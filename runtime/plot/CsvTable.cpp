//===- CsvTable.cpp - columns of numbers from logs -------------------------===//

#include "runtime/plot/CsvTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cmath>

using namespace llvm;

namespace resnetc::plot {
namespace {

constexpr uint64_t mostBytes = uint64_t(256) << 20;

double number(StringRef field) {
  double value;
  return field.trim().getAsDouble(value, /*AllowInexact=*/true) ? std::nan("") : value;
}

Error fail(StringRef path, const Twine &what) { return createStringError(path + ": " + what); }

Expected<std::unique_ptr<MemoryBuffer>> readBounded(StringRef path) {
  uint64_t size = 0;
  if (std::error_code code = sys::fs::file_size(path, size))
    return fail(path, code.message());
  if (size > mostBytes)
    return fail(path, "larger than 256 MiB");
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return fail(path, buffer.getError().message());
  return std::move(*buffer);
}

} // namespace

const std::vector<double> *CsvTable::find(StringRef name) const {
  auto found = llvm::find(names, name);
  return found == names.end() ? nullptr : &columns[found - names.begin()];
}

Expected<CsvTable> readCsv(StringRef path) {
  auto buffer = readBounded(path);
  if (!buffer)
    return buffer.takeError();
  StringRef text = (*buffer)->getBuffer();
  CsvTable table;
  for (size_t line = 1, end; (end = text.find('\n')) != StringRef::npos; text = text.drop_front(end + 1), ++line) {
    SmallVector<StringRef> fields;
    text.take_front(end).rtrim('\r').split(fields, ',');
    if (line == 1) {
      for (StringRef name : fields)
        table.names.push_back(name.trim().str());
      table.columns.resize(fields.size());
      continue;
    }
    if (fields.size() != table.names.size())
      return fail(path,
                  formatv("line {0} has {1} fields, the first line {2}", line, fields.size(), table.names.size()));
    for (auto [column, field] : llvm::zip(table.columns, fields))
      column.push_back(number(field));
  }
  if (table.names.empty())
    return fail(path, "no line with the columns' names");
  return table;
}

Expected<CsvTable> readJsonLines(StringRef path, StringRef kind) {
  auto buffer = readBounded(path);
  if (!buffer)
    return buffer.takeError();
  StringRef text = (*buffer)->getBuffer();
  CsvTable table;
  const std::string head = ("{\"kind\":\"" + kind + "\",").str();
  for (size_t line = 1, end; (end = text.find('\n')) != StringRef::npos; text = text.drop_front(end + 1), ++line) {
    StringRef members = text.take_front(end).rtrim('\r');
    if (!members.consume_front(head))
      continue;
    members.consume_back("}");
    // A flat object of numbers: no comma and no colon stands in a value.
    std::vector<std::string> names;
    std::vector<double> values;
    for (StringRef member : llvm::split(members, ',')) {
      auto [name, value] = member.split(':');
      names.push_back(name.trim(" \"").str());
      values.push_back(number(value));
    }
    if (table.names.empty()) {
      table.names = names;
      table.columns.resize(names.size());
    }
    if (names != table.names)
      return fail(path, formatv("line {0} has other members than the first of its kind", line));
    for (auto [column, value] : llvm::zip(table.columns, values))
      column.push_back(value);
  }
  if (table.names.empty())
    return fail(path, "no line of kind '" + kind + "'");
  return table;
}

} // namespace resnetc::plot
