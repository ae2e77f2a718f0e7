//===- DrawLines.cpp - line charts -----------------------------------------===//

#include "runtime/plot/Page.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>
#include <cmath>

using llvm::formatv;

namespace resnetc::plot {
namespace {

constexpr double panelWidth = 480, panelHeight = 300;
/// More points than this have no circles; more than `mostPoints` are thinned out.
constexpr size_t mostCircles = 32, mostPoints = 400;

using Points = std::vector<std::pair<double, double>>;

/// More lines than this in a panel are thin, and drawn more coarsely.
constexpr size_t mostThick = 12;

/// Long series keep of each column of pixels the points that one could see: first, lowest, highest, last.
Points thinned(const Points &points, const Scale &x, const Scale &y, double columns) {
  if (points.size() <= mostPoints)
    return points;
  Points kept;
  for (size_t begin = 0; begin < points.size();) {
    auto column = [&](size_t i) { return std::floor(x.place(points[i].first) * columns); };
    size_t end = begin + 1, low = begin, high = begin;
    while (end < points.size() && column(end) == column(begin) && y.has(points[end].second)) {
      if (points[end].second < points[low].second)
        low = end;
      if (points[end].second > points[high].second)
        high = end;
      ++end;
    }
    std::vector<size_t> seen = {begin, low, high, end - 1};
    llvm::sort(seen);
    seen.erase(llvm::unique(seen), seen.end());
    for (size_t i : seen)
      kept.push_back(points[i]);
    begin = end;
  }
  return kept;
}

class LinePanel {
public:
  LinePanel(Page &page, const Chart &chart, const Palette &palette, Area area, size_t number)
      : page(page), chart(chart), palette(palette), area(area), clip("panel" + std::to_string(number)) {
    std::vector<double> xs, ys;
    for (const Series &series : chart.series)
      for (auto [px, py] : series.points) {
        xs.push_back(px);
        ys.push_back(py);
      }
    for (const Level &level : chart.levels)
      ys.push_back(level.value);
    x = makeScale(chart.x, xs, 6, /*outward=*/false);
    y = makeScale(chart.y, ys, 5, /*outward=*/true);
  }

  void draw() {
    page.frame(area, chart.title, chart.y, y);
    page.horizontal(area, chart.x, x);
    for (const Level &level : chart.levels)
      page.level(area, y, level);
    page.svg.beginClip(clip, area.x - 4, area.y - 4, area.width + 8, area.height + 8);
    for (const Series &series : chart.series)
      drawSeries(series);
    page.svg.endGroup();
  }

private:
  void drawSeries(const Series &series) {
    size_t colour = palette.index(series.colourOf.empty() ? series.name : series.colourOf);
    std::string data;
    bool down = false; // the pen is on the paper
    bool thin = chart.series.size() > mostThick;
    Points points = thinned(series.points, x, y, area.width / (thin ? 6 : 1));
    for (size_t i = 0; i < points.size(); ++i) {
      auto [px, py] = points[i];
      bool has = x.has(px) && y.has(py);
      if (has) {
        data += formatv("{0}{1} {2}", down ? "L" : "M", pixels(atX(px)), pixels(atY(py)));
        if (!down && (i + 1 == points.size() || !y.has(points[i + 1].second)))
          data += "h0"; // a point alone: a dot, by the line's round ends
      }
      down = has;
    }
    bool dashed = series.dashed || palette.dashed(colour);
    if (!data.empty())
      page.svg.path(formatv("line s{0}{1}{2}", colour, dashed ? " dash" : "", thin ? " thin" : "").str(), data);
    if (points.size() <= mostCircles && !dashed && !thin)
      for (auto [px, py] : points)
        if (x.has(px) && y.has(py))
          page.svg.circle(formatv("f{0}", colour).str(), atX(px), atY(py), 2.6);
  }

  double atX(double value) const { return area.x + area.width * bounded(x.place(value)); }
  double atY(double value) const { return area.y + area.height * (1 - bounded(y.place(value))); }
  /// Far outside of the panel all places look the same.
  static double bounded(double place) { return std::clamp(place, -10.0, 11.0); }

  Page &page;
  const Chart &chart;
  const Palette &palette;
  Area area;
  std::string clip;
  Scale x, y;
};

/// An entry for each name; of many that are ordered every so many, so that the colours can still be read.
std::vector<LegendEntry> legendEntries(const Picture &picture, const Palette &palette) {
  std::vector<LegendEntry> entries;
  llvm::StringRef last;
  for (const Chart &chart : picture.panels)
    for (const Series &series : chart.series) {
      if (series.name.empty() || llvm::any_of(entries, [&](auto &entry) { return entry.name == series.name; }))
        continue;
      size_t colour = palette.index(series.colourOf.empty() ? series.name : series.colourOf);
      entries.push_back({colour, series.name, series.dashed || palette.dashed(colour)});
    }
  constexpr size_t mostOrdered = 12;
  if (picture.colours == Colours::Distinct || entries.size() <= mostOrdered)
    return entries;
  std::vector<LegendEntry> some;
  for (size_t i = 0; i < mostOrdered / 2; ++i)
    some.push_back(entries[i * (entries.size() - 1) / (mostOrdered / 2 - 1)]);
  return some;
}

std::vector<std::string> colouredNames(const Picture &picture) {
  std::vector<std::string> names;
  for (const Chart &chart : picture.panels)
    for (const Series &series : chart.series)
      names.push_back(series.colourOf.empty() ? series.name : series.colourOf);
  return names;
}

} // namespace

std::string drawLines(const Picture &picture) {
  size_t columns = std::max<size_t>(1, std::min(picture.columns, picture.panels.size()));
  Palette palette(colouredNames(picture), picture.colours);
  Page page(palette, 2 * pageMargin + static_cast<double>(columns) * panelWidth);
  page.heading(picture.title, picture.subtitle);
  page.legend(legendEntries(picture, palette), /*bars=*/false);
  double top = page.bottom - 10;
  for (size_t i = 0; i < picture.panels.size(); ++i) {
    double x = pageMargin + static_cast<double>(i % columns) * panelWidth;
    double y = top + static_cast<double>(i / columns) * panelHeight;
    Area area{x + roomLeft, y + roomAbove, panelWidth - roomLeft - roomRight, panelHeight - roomAbove - roomBelow};
    LinePanel(page, picture.panels[i], palette, area, i).draw();
    page.bottom = y + panelHeight + pageMargin;
  }
  return page.finish(picture.title);
}

} // namespace resnetc::plot
