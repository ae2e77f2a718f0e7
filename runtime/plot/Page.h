//===- Page.h - what all charts share: colours, heading, legend, panels ----===//

#ifndef RESNETC_RUNTIME_PLOT_PAGE_H
#define RESNETC_RUNTIME_PLOT_PAGE_H

#include "runtime/plot/Scale.h"
#include "runtime/plot/Svg.h"
#include <map>

namespace resnetc::plot {

/// Colours by the names of series, as classes of the style sheet: "s3" a stroke, "f3" a fill.
class Palette {
public:
  Palette(std::vector<std::string> names, Colours kind);

  size_t size() const { return names.size(); }
  const std::string &name(size_t index) const { return names[index]; }
  size_t index(llvm::StringRef name) const { return indices.at(name.str()); }
  std::string colour(size_t index) const;
  /// Distinct colours are used up: those after them come again, dashed.
  bool dashed(size_t index) const;
  std::string styles() const;

private:
  std::vector<std::string> names;
  std::map<std::string, size_t> indices;
  Colours kind;
};

struct LegendEntry {
  size_t colour;
  std::string name;
  bool dashed;
};

/// The inner part of a panel, between its axes.
struct Area {
  double x, y, width, height;
};

/// An SVG that grows: heading and legend first, then what is drawn below `bottom`.
class Page {
public:
  Page(const Palette &palette, double width) : palette(palette), width(width) {}

  void heading(llvm::StringRef title, llvm::StringRef subtitle);
  /// `bars`: squares, else pieces of line.
  void legend(llvm::ArrayRef<LegendEntry> entries, bool bars);
  /// Title, label, grid and ticks of the vertical axis.
  void frame(const Area &area, llvm::StringRef title, const Axis &y, const Scale &scale);
  /// Ticks and label of the horizontal axis.
  void horizontal(const Area &area, const Axis &x, const Scale &scale);
  void level(const Area &area, const Scale &scale, const Level &level);
  std::string finish(llvm::StringRef title);

  Svg svg;
  double bottom = 24;

private:
  const Palette &palette;
  double width;
};

/// Around the inner part of a panel: for the vertical axis' ticks, for title and label, for the horizontal axis.
constexpr double roomLeft = 58, roomRight = 18, roomAbove = 44, roomBelow = 46, pageMargin = 8;

} // namespace resnetc::plot

#endif // RESNETC_RUNTIME_PLOT_PAGE_H
