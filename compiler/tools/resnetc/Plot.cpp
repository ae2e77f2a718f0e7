//===- Plot.cpp - resnetc plot: runs beside each other in one picture ------===//

#include "compiler/tools/resnetc/Command.h"
#include "runtime/plot/Chart.h"
#include "runtime/plot/CsvTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/WithColor.h"
#include <cmath>
#include <numeric>

using namespace llvm;

namespace resnetc::tool {
namespace {

struct PlotOptions {
  cl::list<std::string> inputs{cl::Positional, cl::OneOrMore, cl::desc("<log.csv, or .jsonl for steps>...")};
  cl::opt<std::string> output{"o", cl::Required, cl::desc("the picture (- for stdout)"), cl::value_desc("file.svg")};
  cl::opt<std::string> x{"x", cl::init("epoch"), cl::desc("the column to the right (default epoch)"),
                         cl::value_desc("column")};
  cl::list<std::string> y{"y", cl::CommaSeparated,
                          cl::desc("columns, a panel each (default: those of train_loss, validation_loss, top1 that "
                                   "all files have)"),
                          cl::value_desc("columns")};
  cl::list<std::string> labels{"label", cl::desc("name of a run, once for each file (default: the file's)"),
                               cl::value_desc("name")};
  cl::opt<std::string> title{"title", cl::desc("title of the picture"), cl::value_desc("words")};
  cl::opt<unsigned> smooth{"smooth", cl::init(1), cl::desc("show means over n rows (for the losses of steps)"),
                           cl::value_desc("n")};
  cl::list<std::string> logarithmic{"log", cl::CommaSeparated, cl::desc("columns with a logarithmic axis"),
                                    cl::value_desc("columns")};
};

struct Run {
  std::string name;
  std::string path;
  plot::CsvTable table;
};

/// How a column is shown: the logs hold shares, people read percent.
struct ColumnLook {
  StringLiteral column, title, label;
  double factor;
};
constexpr ColumnLook looks[] = {
    {"train_loss", "training loss", "mean over images", 1},
    {"validation_loss", "validation loss", "mean over images", 1},
    {"train_accuracy", "training accuracy", "top-1, %", 100},
    {"top1", "validation accuracy", "top-1, %", 100},
    {"top5", "validation accuracy", "top-5, %", 100},
    {"data_wait_share", "wait for data", "% of the time", 100},
    {"loss", "training loss", "of a batch", 1},
    {"learning_rate", "learning rate", "", 1},
    {"images_per_second", "speed", "images a second", 1},
};

const ColumnLook *lookOf(StringRef column) {
  const ColumnLook *found = find_if(looks, [&](const ColumnLook &look) { return look.column == column; });
  return found == std::end(looks) ? nullptr : found;
}

/// The file's name without its ending; with its folder if another file has that name, too.
std::string runName(ArrayRef<std::string> paths, StringRef path) {
  StringRef stem = sys::path::stem(path);
  bool isAlone = count_if(paths, [&](const std::string &other) { return sys::path::stem(other) == stem; }) == 1;
  return isAlone ? stem.str() : (sys::path::parent_path(path) + "/" + stem).str();
}

Expected<std::vector<Run>> readRuns(const PlotOptions &options) {
  std::vector<Run> runs;
  for (size_t i = 0; i < options.inputs.size(); ++i) {
    const std::string &path = options.inputs[i];
    Expected<plot::CsvTable> table =
        sys::path::extension(path) == ".jsonl" ? plot::readJsonLines(path, "step") : plot::readCsv(path);
    if (!table)
      return table.takeError();
    runs.push_back({options.labels.empty() ? runName(ArrayRef<std::string>(options.inputs), path) : options.labels[i],
                    path, std::move(*table)});
  }
  return runs;
}

Expected<const std::vector<double> *> columnOf(const Run &run, StringRef name) {
  if (const std::vector<double> *column = run.table.find(name))
    return column;
  return createStringError(run.path + ": no column '" + name + "': it has " + join(run.table.names, ", "));
}

bool hasNumbers(const Run &run, StringRef name) {
  const std::vector<double> *column = run.table.find(name);
  return column && any_of(*column, [](double value) { return std::isfinite(value); });
}

std::vector<std::string> chosenColumns(const PlotOptions &options, ArrayRef<Run> runs) {
  if (!options.y.empty())
    return {options.y.begin(), options.y.end()};
  std::vector<std::string> columns;
  for (const char *name : {"train_loss", "validation_loss", "top1", "loss"})
    if (all_of(runs, [&](const Run &run) { return hasNumbers(run, name); }))
      columns.push_back(name);
  return columns;
}

/// The mean of each value and those before it, `count` together; fewer at the begin.
std::vector<double> smoothed(ArrayRef<double> values, size_t count) {
  std::vector<double> result;
  for (size_t end = 1; end <= values.size(); ++end) {
    ArrayRef<double> window = values.take_front(end).take_back(std::clamp<size_t>(count, 1, 10000));
    result.push_back(std::accumulate(window.begin(), window.end(), 0.0) / static_cast<double>(window.size()));
  }
  return result;
}

Expected<plot::Chart> makePanel(const PlotOptions &options, ArrayRef<Run> runs, StringRef name) {
  const ColumnLook *look = lookOf(name);
  plot::Chart panel;
  panel.title = look ? look->title.str() : name.str();
  panel.x.label = options.x;
  panel.y.label = look ? look->label.str() : "";
  panel.y.logarithmic = is_contained(options.logarithmic, name);
  for (const Run &run : runs) {
    Expected<const std::vector<double> *> x = columnOf(run, options.x), y = columnOf(run, name);
    if (!x || !y)
      return joinErrors(x.takeError(), y.takeError());
    plot::Series series{run.name, {}};
    std::vector<double> values = smoothed(**y, options.smooth);
    for (auto [px, py] : zip(**x, values))
      series.points.push_back({px, (look ? look->factor : 1) * py});
    panel.series.push_back(std::move(series));
  }
  return panel;
}

Error drawRuns(const PlotOptions &options) {
  Expected<std::vector<Run>> runs = readRuns(options);
  if (!runs)
    return runs.takeError();
  plot::Picture picture;
  picture.title = options.title;
  std::vector<std::string> columns = chosenColumns(options, *runs);
  if (columns.empty())
    return createStringError("the files have no column of numbers in common that is drawn by default: choose with --y");
  for (const std::string &column : columns) {
    Expected<plot::Chart> panel = makePanel(options, *runs, column);
    if (!panel)
      return panel.takeError();
    picture.panels.push_back(std::move(*panel));
  }
  picture.columns = columns.size() == 3 ? 3 : 2;
  return writeOutput(options.output, plot::drawLines(picture));
}

} // namespace

int runPlot(ArrayRef<const char *> argv) {
  PlotOptions options;
  if (!parseOptions(argv, "resnetc plot: draws the logs of training runs into one picture\n"))
    return exitUsage;
  if (!options.labels.empty() && options.labels.size() != options.inputs.size()) {
    WithColor::error(errs(), "resnetc") << "--label is given once for each file, or not at all\n";
    return exitUsage;
  }
  if (Error error = drawRuns(options))
    return reportError(std::move(error));
  return exitGood;
}

} // namespace resnetc::tool
