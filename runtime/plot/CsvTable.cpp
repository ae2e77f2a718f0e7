//===- CsvTable.cpp - columns of numbers from a CSV file -------------------===//

#include "runtime/plot/CsvTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
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

} // namespace

const std::vector<double> *CsvTable::find(StringRef name) const {
  auto found = llvm::find(names, name);
  return found == names.end() ? nullptr : &columns[found - names.begin()];
}

Expected<CsvTable> readCsv(StringRef path) {
  auto fail = [&](const Twine &what) { return createStringError(path + ": " + what); };
  uint64_t size = 0;
  if (std::error_code code = sys::fs::file_size(path, size))
    return fail(code.message());
  if (size > mostBytes)
    return fail("larger than 256 MiB");
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return fail(buffer.getError().message());
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
      return fail(formatv("line {0} has {1} fields, the first line {2}", line, fields.size(), table.names.size()));
    for (auto [column, field] : llvm::zip(table.columns, fields))
      column.push_back(number(field));
  }
  if (table.names.empty())
    return fail("no line with the columns' names");
  return table;
}

} // namespace resnetc::plot
