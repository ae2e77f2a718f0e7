//===- DrawBars.cpp - bar charts -------------------------------------------===//

#include "runtime/plot/Page.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>
#include <cmath>

using llvm::formatv;

namespace resnetc::plot {
namespace {

constexpr double leastWidth = 496, mostWidth = 1400, height = 240, leastBar = 9, gapOfGroup = 0.3;
/// Bars of this width have their value beside them.
constexpr double leastNumbered = 34;
/// Room for a turned name, and where it ends.
constexpr double mostTurned = 110;

class BarPanel {
public:
  BarPanel(const BarChart &chart) : chart(chart), palette(chart.names, Colours::Distinct) {
    std::vector<double> all;
    for (const auto &values : chart.values)
      all.insert(all.end(), values.begin(), values.end());
    for (const Level &level : chart.levels)
      all.push_back(level.value);
    Axis axis = chart.y;
    if (!axis.logarithmic && !axis.least && llvm::all_of(all, [](double value) { return !(value < 0); }))
      axis.least = 0; // bars that begin elsewhere lie about their ratios
    y = makeScale(axis, all, 5, /*outward=*/true);
    double groups = static_cast<double>(std::max<size_t>(chart.groups.size(), 1));
    double bars = groups * static_cast<double>(std::max<size_t>(chart.values.size(), 1));
    double inner = std::clamp(bars * leastBar / (1 - gapOfGroup), leastWidth - roomLeft - roomRight, mostWidth);
    area = {pageMargin + roomLeft, 0, inner, height};
    groupWidth = inner / groups;
    double widest = 0;
    for (const std::string &name : chart.groups)
      widest = std::max(widest, textWidth(name, 11));
    turned = widest > groupWidth - 4;
    namesRoom = turned ? std::min(widest, mostTurned) + 10 : 20;
  }

  std::string draw() {
    Page page(palette, 2 * pageMargin + roomLeft + area.width + roomRight);
    page.heading(chart.title, chart.subtitle);
    std::vector<LegendEntry> entries;
    for (size_t i = 0; i < palette.size(); ++i)
      if (!palette.name(i).empty())
        entries.push_back({i, palette.name(i), false});
    page.legend(entries, /*bars=*/true);
    area.y = page.bottom + 22;
    page.frame(area, "", chart.y, y);
    for (size_t series = 0; series < chart.values.size(); ++series)
      for (size_t group = 0; group < std::min(chart.groups.size(), chart.values[series].size()); ++group)
        drawBar(page.svg, series, group);
    for (size_t group = 0; group < chart.groups.size(); ++group)
      drawName(page.svg, group);
    page.horizontal(area, {}, Scale());
    for (const Level &level : chart.levels)
      page.level(area, y, level);
    if (!chart.x.label.empty())
      page.svg.text("note", area.x + area.width / 2, area.y + area.height + namesRoom + 14, 11, "middle", chart.x.label,
                    area.width);
    page.bottom = area.y + area.height + namesRoom + 26;
    return page.finish(chart.title);
  }

private:
  void drawBar(Svg &svg, size_t series, size_t group) const {
    double value = chart.values[series][group];
    if (!y.has(value))
      return;
    double zero = y.logarithmic ? 0 : std::clamp(y.place(0), 0.0, 1.0), place = std::clamp(y.place(value), 0.0, 1.0);
    double width = groupWidth * (1 - gapOfGroup) / static_cast<double>(chart.values.size());
    double left =
        area.x + groupWidth * (static_cast<double>(group) + gapOfGroup / 2) + width * static_cast<double>(series);
    double top = area.y + area.height * (1 - std::max(zero, place));
    svg.beginGroup(formatv("{0}: {1:f4}", chart.groups[group], value).str());
    svg.rect(formatv("f{0}", palette.index(chart.names[series])).str(), left, top, std::max(width - 1, 1.0),
             area.height * std::abs(place - zero), 1);
    svg.endGroup();
    if (width >= leastNumbered)
      svg.text("note", left + width / 2, value < 0 ? top + area.height * std::abs(place - zero) + 13 : top - 4, 11,
               "middle", formatv("{0:f1}", value).str());
  }

  void drawName(Svg &svg, size_t group) const {
    double x = area.x + groupWidth * (static_cast<double>(group) + 0.5), base = area.y + area.height;
    double size = std::min(11.0, groupWidth - 1);
    if (turned)
      svg.turnedText("note", x + size / 3, base + 8, size, chart.groups[group], mostTurned);
    else
      svg.text("note", x, base + 17, 11, "middle", chart.groups[group]);
  }

  const BarChart &chart;
  Palette palette;
  Scale y;
  Area area{};
  double groupWidth = 0, namesRoom = 0;
  bool turned = false;
};

} // namespace

std::string drawBars(const BarChart &chart) { return BarPanel(chart).draw(); }

} // namespace resnetc::plot
