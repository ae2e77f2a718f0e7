//===- Page.cpp - what all charts share: colours, heading, legend, panels --===//

#include "runtime/plot/Page.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>
#include <array>
#include <cmath>

using llvm::formatv;
using llvm::StringRef;

namespace resnetc::plot {
namespace {

/// Okabe and Ito 2008, without black and yellow, which one of the backgrounds swallows; grey at the end.
constexpr std::array<const char *, 7> distinct = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                  "#e69f00", "#56b4e9", "#8c8c8c"};
/// Of viridis, without its darkest and lightest tenth.
constexpr std::array<std::array<double, 3>, 6> ordered = {
    {{72, 40, 120}, {62, 74, 137}, {38, 130, 142}, {53, 183, 121}, {144, 215, 67}, {200, 210, 40}}};

constexpr llvm::StringLiteral styleSheet = R"(text{font-family:Helvetica,Arial,sans-serif;fill:#24292f}
.title{font-weight:bold}.note{fill:#57606a}.paper{fill:#fff}.grid{stroke:#e4e7eb}.axis{stroke:#8a949e}
.grid,.axis,.line,.level{fill:none}.line{stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
.dash{stroke-dasharray:6 4}.thin{stroke-width:1.1}.level{stroke:#57606a;stroke-width:1.3;stroke-dasharray:2 3}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.note{fill:#9aa4af}.paper{fill:#0d1117}.grid{stroke:#262c34}
.axis{stroke:#6b7580}.level{stroke:#9aa4af}}
)";

std::string line(double x1, double y1, double x2, double y2) {
  return formatv("M{0} {1}L{2} {3}", pixels(x1), pixels(y1), pixels(x2), pixels(y2)).str();
}

} // namespace

Palette::Palette(std::vector<std::string> given, Colours kind) : kind(kind) {
  for (std::string &name : given)
    if (indices.emplace(name, names.size()).second)
      names.push_back(std::move(name));
}

bool Palette::dashed(size_t index) const { return kind == Colours::Distinct && index / distinct.size() % 2 == 1; }

std::string Palette::colour(size_t index) const {
  if (kind == Colours::Distinct)
    return distinct[index % distinct.size()];
  double place = names.size() < 2 ? 0 : static_cast<double>(index) / static_cast<double>(names.size() - 1);
  place *= ordered.size() - 1;
  size_t below = std::min(static_cast<size_t>(place), ordered.size() - 2);
  double share = place - static_cast<double>(below);
  std::string text = "#";
  for (size_t channel = 0; channel < 3; ++channel) {
    double value = (1 - share) * ordered[below][channel] + share * ordered[below + 1][channel];
    text += formatv("{0:x-2}", static_cast<int>(std::lround(value))).str();
  }
  return text;
}

std::string Palette::styles() const {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i)
    text += formatv(".s{0}{{stroke:{1}}.f{0}{{fill:{1}}\n", i, colour(i));
  return text;
}

void Page::heading(StringRef title, StringRef subtitle) {
  if (!title.empty()) {
    svg.text("title", pageMargin + 8, bottom + 6, 17, "start", title, width - 2 * pageMargin - 16);
    bottom += 20;
  }
  if (!subtitle.empty()) {
    svg.text("note", pageMargin + 8, bottom + 4, 12, "start", subtitle, width - 2 * pageMargin - 16);
    bottom += 18;
  }
}

void Page::legend(llvm::ArrayRef<LegendEntry> entries, bool bars) {
  if (entries.empty())
    return;
  bottom += 5;
  double left = pageMargin + 8, x = left;
  for (const LegendEntry &entry : entries) {
    double room = 28 + textWidth(entry.name, 12) + 18;
    if (x > left && x + room > width - pageMargin) {
      x = left;
      bottom += 18;
    }
    if (bars)
      svg.rect(formatv("f{0}", entry.colour).str(), x + 8, bottom - 8, 12, 12, 2);
    else
      svg.path(formatv("line s{0}{1}", entry.colour, entry.dashed ? " dash" : "").str(),
               line(x, bottom - 2, x + 22, bottom - 2));
    svg.text("entry", x + 28, bottom + 2, 12, "start", entry.name, width - pageMargin - x - 28);
    x += room;
  }
  bottom += 18;
}

void Page::frame(const Area &area, StringRef title, const Axis &y, const Scale &scale) {
  double top = area.y - roomAbove;
  if (!title.empty())
    svg.text("title", area.x, top + 18, 13, "start", title, area.width);
  if (!y.label.empty())
    svg.text("note", area.x, top + 34, 11, "start", y.label, area.width);
  for (const Tick &tick : scale.ticks) {
    double at = area.y + area.height * (1 - scale.place(tick.value));
    svg.path("grid", line(area.x, at, area.x + area.width, at));
    svg.text("note", area.x - 7, at + 4, 11, "end", tick.label, roomLeft - 10);
  }
}

void Page::horizontal(const Area &area, const Axis &x, const Scale &scale) {
  double base = area.y + area.height;
  svg.path("axis", line(area.x, base, area.x + area.width, base));
  for (const Tick &tick : scale.ticks) {
    double at = area.x + area.width * scale.place(tick.value);
    svg.path("axis", line(at, base, at, base + 4));
    svg.text("note", at, base + 17, 11, "middle", tick.label);
  }
  if (!x.label.empty())
    svg.text("note", area.x + area.width / 2, base + 34, 11, "middle", x.label, area.width);
}

void Page::level(const Area &area, const Scale &scale, const Level &level) {
  if (!scale.has(level.value))
    return;
  double at = area.y + area.height * (1 - std::clamp(scale.place(level.value), 0.0, 1.0));
  svg.path("level", line(area.x, at, area.x + area.width, at));
  svg.text("note", area.x + area.width - 2, at - 5, 11, "end", level.name, area.width);
}

std::string Page::finish(StringRef title) {
  std::string size = formatv("width=\"{0}\" height=\"{1}\"", pixels(width), pixels(bottom));
  return formatv("<svg xmlns=\"http://www.w3.org/2000/svg\" {0} viewBox=\"0 0 {1} {2}\" role=\"img\">\n"
                 "<title>{3}</title>\n<style>\n{4}{5}</style>\n<rect class=\"paper\" {0}/>\n",
                 size, pixels(width), pixels(bottom), escaped(title), styleSheet, palette.styles())
             .str() +
         svg.elements() + "</svg>\n";
}

} // namespace resnetc::plot
