//===- Svg.cpp - the marks a drawing is made of ----------------------------===//

#include "runtime/plot/Svg.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using llvm::formatv;
using llvm::StringRef;

namespace resnetc::plot {

/// Of a character in UTF-8.
static bool isStart(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }

double textWidth(StringRef text, double size) {
  return 0.54 * size * static_cast<double>(llvm::count_if(text, isStart));
}

static constexpr double smallestText = 6;

/// The first `count` characters.
static StringRef firstCharacters(StringRef text, size_t count) {
  size_t end = 0;
  for (; end < text.size(); ++end)
    if (isStart(text[end]) && count-- == 0)
      break;
  return text.take_front(end);
}

std::string pixels(double value) {
  auto tenths = static_cast<int64_t>(std::lround(value * 10));
  if (tenths % 10 == 0)
    return std::to_string(tenths / 10);
  return formatv("{0}{1}.{2}", tenths < 0 ? "-" : "", std::abs(tenths) / 10, std::abs(tenths) % 10);
}

std::string escaped(StringRef text) {
  std::string result;
  for (char c : text)
    result += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  return result;
}

void Svg::rect(StringRef style, double x, double y, double width, double height, double radius) {
  styles.insert(style);
  body += formatv("<rect class=\"{0}\" x=\"{1}\" y=\"{2}\" width=\"{3}\" height=\"{4}\" rx=\"{5}\"/>\n", style,
                  pixels(x), pixels(y), pixels(width), pixels(height), pixels(radius));
}

void Svg::circle(StringRef style, double x, double y, double radius) {
  styles.insert(style);
  body +=
      formatv("<circle class=\"{0}\" cx=\"{1}\" cy=\"{2}\" r=\"{3}\"/>\n", style, pixels(x), pixels(y), pixels(radius));
}

void Svg::path(StringRef style, StringRef data) {
  styles.insert(style);
  body += formatv("<path class=\"{0}\" d=\"{1}\"/>\n", style, data);
}

/// Of a text that is wider than `room`: smaller, then cut.
static std::string fitted(StringRef text, double &size, double room) {
  double width = textWidth(text, size);
  if (room <= 0 || width <= room)
    return text.str();
  size = std::max(smallestText, size * room / width);
  auto fitting = static_cast<size_t>(room / textWidth("x", size));
  return textWidth(text, size) > room ? (firstCharacters(text, fitting - 1) + "…").str() : text.str();
}

void Svg::text(StringRef style, double x, double y, double size, StringRef anchor, StringRef text, double room) {
  std::string shown = fitted(text, size, room);
  body += formatv("<text class=\"{0}\" x=\"{1}\" y=\"{2}\" font-size=\"{3}\" text-anchor=\"{4}\">{5}</text>\n", style,
                  pixels(x), pixels(y), pixels(size), anchor, escaped(shown));
}

void Svg::turnedText(StringRef style, double x, double y, double size, StringRef text, double room) {
  std::string shown = fitted(text, size, room);
  body += formatv("<text class=\"{0}\" transform=\"translate({1} {2}) rotate(-90)\" font-size=\"{3}\" "
                  "text-anchor=\"end\">{4}</text>\n",
                  style, pixels(x), pixels(y), pixels(size), escaped(shown));
}

void Svg::beginClip(StringRef id, double x, double y, double width, double height) {
  body += formatv("<clipPath id=\"{0}\"><rect x=\"{1}\" y=\"{2}\" width=\"{3}\" height=\"{4}\"/></clipPath>\n"
                  "<g clip-path=\"url(#{0})\">\n",
                  id, pixels(x), pixels(y), pixels(width), pixels(height));
}

void Svg::beginGroup(StringRef tooltip) { body += "<g><title>" + escaped(tooltip) + "</title>\n"; }
void Svg::endGroup() { body += "</g>\n"; }

} // namespace resnetc::plot
