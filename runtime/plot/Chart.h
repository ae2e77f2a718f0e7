//===- Chart.h - line charts and bar charts as SVG -------------------------===//
//
//   plot::Picture picture;
//   picture.title = "fashion";
//   picture.panels = {{"loss", "epoch", {{"training", points}, {"validation", others}}}};
//   os << plot::drawLines(picture);
//
// One look for all commands: colours that colour-blind people tell apart (Okabe and
// Ito 2008), light and dark backgrounds (prefers-color-scheme), ticks at round numbers.
// The bytes depend on the data alone. Numbers that are not finite (on a logarithmic axis: not
// positive) are gaps in their line.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_RUNTIME_PLOT_CHART_H
#define RESNETC_RUNTIME_PLOT_CHART_H

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace resnetc::plot {

struct Series {
  std::string name; ///< in the legend; equal names in several panels share colour and entry
  std::vector<std::pair<double, double>> points; ///< in the order in which they are connected
  bool dashed = false;                           ///< so that pairs (training, validation) can share a colour …
  std::string colourOf = {};                     ///< … with the series of this name; empty: a colour of its own
};

/// A level across the whole panel, with a word at its end.
struct Level {
  double value = 0;
  std::string name;
};

/// An axis reaches over all values unless told where to begin and end; ticks move the ends outward to round numbers.
struct Axis {
  std::string label; ///< with its unit: "top-1, %"
  bool logarithmic = false;
  std::optional<double> least, most;
};

struct Chart {
  std::string title;
  Axis x, y;
  std::vector<Series> series;
  std::vector<Level> levels;
};

/// How a colour is given to a series.
enum class Colours {
  Distinct, ///< eight that differ; then the same ones dashed
  Ordered   ///< from dark blue to yellow (viridis), for series with an order, such as the blocks of a net
};

/// Charts side by side under one title and one legend.
struct Picture {
  std::string title, subtitle;
  std::vector<Chart> panels;
  size_t columns = 2; ///< panels in a row, at most
  Colours colours = Colours::Distinct;
};

/// Whole SVG texts.
std::string drawLines(const Picture &picture);

/// Bars in groups: each group has a bar for each series, `values[series][group]`; a value that is not finite is no bar.
struct BarChart {
  std::string title, subtitle;
  Axis x, y;                       ///< of x the label alone
  std::vector<std::string> groups; ///< their names, turned if they have no room
  std::vector<std::string> names;  ///< of the series; one that is alone may be ""
  std::vector<std::vector<double>> values;
  std::vector<Level> levels;
};
std::string drawBars(const BarChart &chart);

} // namespace resnetc::plot

#endif // RESNETC_RUNTIME_PLOT_CHART_H
