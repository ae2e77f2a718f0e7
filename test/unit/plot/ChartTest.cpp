//===- ChartTest.cpp - line charts and bar charts --------------------------===//

#include "runtime/plot/Chart.h"
#include "llvm/ADT/StringRef.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace resnetc::plot;
using llvm::StringRef;

namespace {

Picture lossAndAccuracy() {
  Picture picture;
  picture.title = "a < b & c";
  picture.panels.resize(2);
  picture.panels[0].series = {{"training", {{1, 0.9}, {2, 0.5}}}, {"validation", {{1, 1.0}, {2, 0.6}}}};
  picture.panels[1].series = {{"validation", {{1, 70}, {2, 80}}}};
  return picture;
}

TEST(Chart, SeriesOfOneNameShareColourAndLegend) {
  std::string svg = drawLines(lossAndAccuracy());
  EXPECT_EQ(StringRef(svg).count(">validation<"), 1u);
  EXPECT_EQ(StringRef(svg).count("class=\"line s1\""), 3u) << "one in the legend, one in each panel";
  EXPECT_EQ(StringRef(svg).count("class=\"line s0\""), 2u);
  EXPECT_NE(svg.find("a &lt; b &amp; c"), std::string::npos);
}

TEST(Chart, TheSameDataIsTheSamePicture) { EXPECT_EQ(drawLines(lossAndAccuracy()), drawLines(lossAndAccuracy())); }

TEST(Chart, ANumberThatIsNotFiniteIsAGap) {
  Picture picture;
  picture.panels.resize(1);
  picture.panels[0].series = {{"a", {{0, 1}, {1, 2}, {2, std::nan("")}, {3, 1}, {4, 2}}}};
  std::string svg = drawLines(picture);
  size_t begin = svg.find("class=\"line s0\" d=\"", svg.find("clip-path=")); // the legend has such a line, too
  ASSERT_NE(begin, std::string::npos);
  StringRef line = StringRef(svg).drop_front(begin).take_until([](char c) { return c == '\n'; });
  EXPECT_EQ(line.count('M'), 2u) << line.str();
  EXPECT_EQ(svg.find("nan"), std::string::npos);
}

TEST(Chart, LongSeriesKeepTheirPeaks) {
  Picture picture;
  picture.panels.resize(1);
  Series series{"a", {}};
  for (int i = 0; i < 200000; ++i)
    series.points.push_back({i, i == 123456 ? 7.0 : 1.0});
  picture.panels[0].series = {series};
  std::string svg = drawLines(picture);
  EXPECT_LT(svg.size(), 40000u);
  EXPECT_NE(svg.find(" 107.3L"), std::string::npos) << "the peak is drawn:\n" << svg.substr(0, 3000);
}

TEST(Chart, WithoutDataThereAreAxes) {
  Picture picture;
  picture.panels.resize(1);
  picture.panels[0].series = {{"a", {}}};
  EXPECT_NE(drawLines(picture).find("class=\"axis\""), std::string::npos);
  EXPECT_NE(drawLines({}).find("</svg>"), std::string::npos);
  EXPECT_NE(drawBars({}).find("</svg>"), std::string::npos);
}

TEST(Chart, ManyOrderedSeriesHaveSomeEntries) {
  Picture picture;
  picture.colours = Colours::Ordered;
  picture.panels.resize(1);
  for (int i = 0; i < 54; ++i)
    picture.panels[0].series.push_back({"block" + std::to_string(i), {{0, i}, {1, i}}});
  std::string svg = drawLines(picture);
  EXPECT_NE(svg.find(">block0<"), std::string::npos);
  EXPECT_NE(svg.find(">block53<"), std::string::npos);
  EXPECT_EQ(StringRef(svg).count("class=\"entry\""), 6u);
  EXPECT_NE(svg.find(".s53{stroke:#c8d228}"), std::string::npos);
}

TEST(Chart, MoreSeriesThanColoursAreDashed) {
  Picture picture;
  picture.panels.resize(1);
  for (int i = 0; i < 8; ++i)
    picture.panels[0].series.push_back({"s" + std::to_string(i), {{0, i}, {1, i}}});
  EXPECT_NE(drawLines(picture).find("class=\"line s7 dash\""), std::string::npos);
}

TEST(Chart, BarsBeginAtZeroAndLevelsCrossThem) {
  BarChart chart;
  chart.groups = {"layer1.0", "layer1.1", "layer1.2"};
  chart.names = {""};
  chart.values = {{60, 90, std::nan("")}};
  chart.levels = {{92, "whole net"}};
  std::string svg = drawBars(chart);
  EXPECT_EQ(StringRef(svg).count("<rect class=\"f0\""), 2u) << "no bar for a NaN, no legend for a nameless series";
  EXPECT_NE(svg.find(">whole net<"), std::string::npos);
  EXPECT_NE(svg.find("<title>layer1.0: 60.0000</title>"), std::string::npos);
  EXPECT_NE(svg.find(">0<"), std::string::npos);
}

TEST(Chart, NamesWithoutRoomAreTurned) {
  BarChart chart;
  chart.names = {"top-1"};
  chart.values.resize(1);
  for (int i = 0; i < 54; ++i) {
    chart.groups.push_back("layer1." + std::to_string(i));
    chart.values[0].push_back(i);
  }
  EXPECT_EQ(StringRef(drawBars(chart)).count("rotate(-90)"), 54u);
}

} // namespace
