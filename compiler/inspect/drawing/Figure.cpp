//===- Figure.cpp - parts of a drawing that know their room ---------------===//

#include "compiler/inspect/drawing/Figure.h"
#include "llvm/Support/FormatVariadic.h"

using llvm::formatv;

namespace resnetc::inspect {
namespace {

constexpr double boxWidth = 126, titleSize = 11, detailSize = 9, bend = 8;
/// Of forkAndJoin: from its top to the fork, from there to the paths, from the paths to the circle's middle.
constexpr double forkDepth = 8, pathsBelow = 12, joinBelow = 24, circleRadius = 8;

void straight(Svg &svg, llvm::StringRef style, double x, double from, double to) {
  if (to > from)
    svg.path(style, formatv("M{0} {1}V{2}", pixels(x), pixels(from), pixels(to)).str());
}

} // namespace

Figure wire(double length) {
  return {0, 0, length, [=](Svg &svg, double x, double y) { straight(svg, "wire", x, y, y + length); }};
}

Figure box(llvm::StringRef style, std::string title, std::string detail, std::string tooltip) {
  double height = detail.empty() ? 24 : 36;
  return {boxWidth / 2, boxWidth / 2, height, [=](Svg &svg, double x, double y) {
            svg.beginGroup(tooltip);
            svg.rect(style, x - boxWidth / 2, y, boxWidth, height, 5);
            svg.text("title", x, y + 16, titleSize, "middle", title, boxWidth - 10);
            if (!detail.empty())
              svg.text("detail", x, y + 29, detailSize, "middle", detail, boxWidth - 10);
            svg.endGroup();
          }};
}

Figure stack(std::vector<Figure> figures, double gap, std::vector<std::string> notes) {
  Figure result;
  for (const Figure &figure : figures) {
    result.left = std::max(result.left, figure.left);
    result.right = std::max(result.right, figure.right);
    result.height += figure.height + (&figure == &figures.back() ? 0 : gap);
  }
  result.paint = [figures = std::move(figures), gap, notes = std::move(notes)](Svg &svg, double x, double y) {
    for (size_t i = 0; i < figures.size(); ++i) {
      figures[i].paint(svg, x, y);
      y += figures[i].height;
      if (i + 1 == figures.size())
        return;
      straight(svg, "wire arrow", x, y, y + gap);
      if (!notes.empty())
        svg.text("note", x + 7, y + gap / 2 + 2, detailSize, "start", notes[i]);
      y += gap;
    }
  };
  return result;
}

Figure card(Figure inside, std::string title, std::string subtitle, int64_t count) {
  constexpr double header = 36, margin = 10, bottom = 8, shift = 4;
  double half = (std::max(textWidth(title, 12) + 50, textWidth(subtitle, detailSize)) + 2 * margin) / 2;
  double left = std::max(inside.left + margin, half), right = std::max(inside.right + margin, half);
  double height = inside.height + header + bottom, pile = count > 1 ? 2 * shift : 0;
  return {left, right + pile, height + pile, [=](Svg &svg, double x, double y) {
            for (double offset = pile; offset >= 0; offset -= shift)
              svg.rect("card", x - left + offset, y + offset, left + right, height, 9);
            svg.text("title", x - left + margin, y + 16, 12, "start", title);
            svg.text("note", x - left + margin, y + 28, detailSize, "start", subtitle, left + right - 2 * margin);
            if (count > 1)
              svg.text("count", x + right - margin, y + 20, 16, "end", "×" + std::to_string(count));
            straight(svg, "wire", x, y + 31, y + header);
            inside.paint(svg, x, y + header);
            straight(svg, "wire", x, y + header + inside.height, y + height + pile);
          }};
}

namespace {

/// A lane's way: from the fork sideways, down through its figure, back to the circle.
void paintLane(Svg &svg, const Lane &lane, double x, double lanePosition, double fork, double top, double room,
               double join) {
  double side = lanePosition > x ? 1 : -1, begin = top + (room - lane.figure.height) / 2;
  double end = begin + lane.figure.height;
  std::string style = lane.style.str();
  std::string down = formatv("M{0} {1}H{2}Q{3} {1} {3} {4}", pixels(x), pixels(fork),
                             pixels(lanePosition - side * bend), pixels(lanePosition), pixels(fork + bend));
  std::string back = formatv("V{0}Q{1} {2} {3} {2}H{4}", pixels(join - bend), pixels(lanePosition), pixels(join),
                             pixels(lanePosition - side * bend), pixels(x + side * circleRadius));
  if (lane.figure.height > 0) {
    svg.path(style + " arrow", down + "V" + pixels(begin));
    lane.figure.paint(svg, lanePosition, begin);
    down = "M" + pixels(lanePosition) + " " + pixels(end);
  }
  svg.path(style + " arrow", down + back);
  if (!lane.note.empty())
    svg.text("note", lanePosition - side * (bend + 2), join - 5, detailSize, side > 0 ? "end" : "start", lane.note);
}

} // namespace

Figure forkAndJoin(Figure main, std::vector<Lane> lanes, llvm::StringRef style, std::string symbol,
                   std::string tooltip) {
  constexpr double between = 16;
  double room = main.height, left = std::max(main.left, circleRadius), right = std::max(main.right, circleRadius);
  std::vector<double> positions; // relative to the main wire
  for (const Lane &lane : lanes) {
    room = std::max(room, lane.figure.height);
    double &reach = lane.onLeft ? left : right;
    double inner = lane.onLeft ? lane.figure.right : lane.figure.left;
    double outer = lane.onLeft ? lane.figure.left : lane.figure.right;
    double position = reach + between + inner;
    reach = position + std::max(outer, 2.0);
    positions.push_back(lane.onLeft ? -position : position);
  }
  double height = forkDepth + pathsBelow + room + joinBelow + circleRadius;
  return {left, right, height, [=, main = std::move(main), lanes = std::move(lanes)](Svg &svg, double x, double y) {
            double fork = y + forkDepth, top = fork + pathsBelow, join = top + room + joinBelow;
            straight(svg, "wire", x, y, fork);
            straight(svg, main.height > 0 ? "wire arrow" : "wire", x, fork, top);
            main.paint(svg, x, top);
            straight(svg, "wire arrow", x, top + main.height, join - circleRadius);
            for (size_t i = 0; i < lanes.size(); ++i)
              paintLane(svg, lanes[i], x, x + positions[i], fork, top, room, join);
            svg.circle("fork " + style.str(), x, fork, 2.5);
            svg.beginGroup(tooltip);
            svg.circle("join " + style.str(), x, join, circleRadius);
            svg.text("symbol", x, join + 4, symbol.size() > 2 ? 8 : 13, "middle", symbol);
            svg.endGroup();
          }};
}

} // namespace resnetc::inspect
