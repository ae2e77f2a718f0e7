//===- CsvTable.h - columns of numbers from logs ---------------------------===//

#ifndef RESNETC_RUNTIME_PLOT_CSVTABLE_H
#define RESNETC_RUNTIME_PLOT_CSVTABLE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace resnetc::plot {

/// What a log writes: a line with names, then rows of numbers. No quotes.
struct CsvTable {
  std::vector<std::string> names;
  std::vector<std::vector<double>> columns; ///< of equal length; NaN where a field is empty or no number

  /// Null if there is no such column.
  const std::vector<double> *find(llvm::StringRef name) const;
};

/// Reads at most 256 MiB. A last line without an end, which a crash or a run that still goes on leaves, is ignored.
/// Errors name file and line.
llvm::Expected<CsvTable> readCsv(llvm::StringRef path);

/// The same of a log of JSON lines: of its lines that begin with {"kind":"KIND", the members that are numbers. All of
/// them must have the names of the first one.
llvm::Expected<CsvTable> readJsonLines(llvm::StringRef path, llvm::StringRef kind);

} // namespace resnetc::plot

#endif // RESNETC_RUNTIME_PLOT_CSVTABLE_H
