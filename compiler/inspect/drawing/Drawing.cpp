//===- Drawing.cpp - a network as a picture --------------------------------===//

#include "compiler/inspect/drawing/Drawing.h"
#include "compiler/inspect/Numbers.h"
#include "compiler/inspect/drawing/LayerFigures.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using llvm::formatv;

namespace resnetc::inspect {
namespace {

constexpr double margin = 24, columnsTop = 92, columnGap = 34, itemGap = 26, tallest = 1100;

constexpr llvm::StringLiteral styleSheet = R"(<style>
text{font-family:Helvetica,Arial,sans-serif;fill:#24292f}
.title{font-weight:bold}.detail,.note{fill:#57606a}.count{font-weight:bold;fill:#1a7f5a}.symbol{font-weight:bold}
.conv{fill:#dbe9f7;stroke:#3b78b5}.linear{fill:#e9e0f6;stroke:#7a54b3}.pool{fill:#fde8d0;stroke:#d07f1f}
.function{fill:#eceff2;stroke:#8a949e}.card{fill:#f8fafb;stroke:#c9d1d9}
.wire,.skip,.gate{fill:none;stroke:#57606a;stroke-width:1.5}.skip{stroke:#1a7f5a;stroke-width:2.2}
.gate{stroke:#b35900}.join{fill:#fff}.fork{fill:#57606a}.fork.skip{fill:#1a7f5a}.fork.gate{fill:#b35900}
.arrow{marker-end:url(#arrow)}.skip.arrow{marker-end:url(#skiparrow)}.gate.arrow{marker-end:url(#gatearrow)}
</style>
)";

std::string arrowMarker(llvm::StringRef name, llvm::StringRef colour) {
  return formatv(
      "<marker id=\"{0}\" viewBox=\"0 0 6 6\" refX=\"5.4\" refY=\"3\" markerUnits=\"userSpaceOnUse\" "
      "markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L6 3L0 6z\" fill=\"{1}\"/></marker>\n",
      name, colour);
}

std::string shapeText(const dsl::Shape &shape) {
  return formatv("{0:$[×]}", llvm::make_range(shape.begin(), shape.end())).str();
}

/// Height and width (or a signal's length): what a stage of a network has in common.
llvm::ArrayRef<int64_t> resolution(const dsl::Shape &shape) { return llvm::ArrayRef(shape).drop_front(); }

bool beginsColumn(const Piece &piece, const Piece &before) {
  bool isBlock = !piece.last->branches.empty(), wasBlock = !before.last->branches.empty();
  return isBlock != wasBlock || (isBlock && resolution(piece.first->input) != resolution(piece.last->output));
}

/// The pieces of each column, cut as well where one grows too tall.
std::vector<std::vector<Piece>> makeColumns(std::vector<Piece> pieces) {
  std::vector<std::vector<Piece>> columns;
  double height = 0;
  for (Piece &piece : pieces) {
    bool fits = height + piece.figure.height <= tallest;
    if (columns.empty() || !fits || beginsColumn(piece, columns.back().back())) {
      columns.emplace_back();
      height = 0;
    }
    height += piece.figure.height + itemGap;
    columns.back().push_back(std::move(piece));
  }
  return columns;
}

Figure columnFigure(std::vector<Piece> pieces) {
  std::vector<Figure> figures;
  std::vector<std::string> notes;
  for (Piece &piece : pieces) {
    figures.push_back(std::move(piece.figure));
    notes.push_back(shapeText(piece.last->output));
  }
  return stack(std::move(figures), itemGap, std::move(notes));
}

class NetworkDrawing {
public:
  NetworkDrawing(const dsl::Network &network, const Nodes &tree) : network(network) {
    for (std::vector<Piece> &column : makeColumns(makePieces(tree, /*cards=*/true))) {
      shapes.push_back(shapeText(column.back().last->output));
      columns.push_back(columnFigure(std::move(column)));
    }
  }

  std::string draw() {
    double least = heading(), x = margin, bottom = columnsTop;
    for (size_t i = 0; i < columns.size(); ++i) {
      double wire = x + std::max(columns[i].left, 40.0);
      if (i == 0)
        enter(wire);
      columns[i].paint(svg, wire, columnsTop);
      bottom = std::max(bottom, columnsTop + columns[i].height);
      x = wire + columns[i].right + columnGap;
      if (i + 1 < columns.size())
        connect(wire, columnsTop + columns[i].height, x - columnGap / 2, x + std::max(columns[i + 1].left, 40.0), i);
      else
        leave(wire, columnsTop + columns[i].height);
    }
    bottom += 52;
    least = std::max(least, legend(bottom));
    return finish(std::max(x - columnGap + margin, least), bottom + margin);
  }

private:
  void enter(double x) {
    svg.text("note", x, columnsTop - 22, 10, "middle",
             (network.inputType == dsl::ElementType::U8 ? "u8 " : "f32 ") + shapeText(network.input));
    svg.path("wire arrow", formatv("M{0} {1}V{2}", pixels(x), pixels(columnsTop - 17), pixels(columnsTop)).str());
  }
  void leave(double x, double y) {
    svg.path("wire arrow", formatv("M{0} {1}V{2}", pixels(x), pixels(y), pixels(y + 20)).str());
    svg.text("note", x, y + 32, 10, "middle", shapes.back());
  }
  /// From the bottom of column `index` up to the top of the next one, between the two.
  void connect(double x, double y, double between, double next, size_t index) {
    constexpr double bend = 8;
    double low = y + 16, high = columnsTop - 16;
    svg.text("note", x + 7, y + 12, 9, "start", shapes[index]);
    std::string data =
        formatv("M{0} {1}V{2}Q{0} {3} {4} {3}H{5}Q{6} {3} {6} {2}", pixels(x), pixels(y), pixels(low - bend),
                pixels(low), pixels(x + bend), pixels(between - bend), pixels(between));
    data += formatv("V{0}Q{1} {2} {3} {2}H{4}Q{5} {2} {5} {0}V{6}", pixels(high + bend), pixels(between), pixels(high),
                    pixels(between + bend), pixels(next - bend), pixels(next), pixels(columnsTop));
    svg.path("wire arrow", data);
  }

  /// Returns the room that it needs to the right.
  double heading() {
    Costs costs = networkCosts(network);
    std::string words = formatv("{0} weight layers, {1} parameters, {2} multiply-adds", costs.weightLayers,
                                withCommas(costs.parameters), withUnit(costs.multiplyAdds));
    svg.text("title", margin, 32, 20, "start", network.name);
    svg.text("note", margin, 50, 12, "start", words);
    return 2 * margin + std::max(textWidth(network.name, 20), textWidth(words, 12));
  }
  /// Likewise.
  double legend(double y) {
    double x = margin;
    auto entry = [&](llvm::StringRef words) {
      svg.text("note", x, y + 4, 10, "start", words);
      x += textWidth(words, 10) + 22;
    };
    for (const BoxKind &kind : boxKinds()) {
      if (!svg.uses(kind.style))
        continue;
      svg.rect(kind.style, x, y - 6, 16, 12, 3);
      x += 21;
      entry(kind.meaning);
    }
    auto lane = [&](llvm::StringRef style, llvm::StringRef words) {
      if (!svg.uses((style + " arrow").str()))
        return;
      svg.path(style, formatv("M{0} {1}h20", pixels(x), pixels(y)).str());
      x += 25;
      entry(words);
    };
    lane("skip", "skip: x + F(x)");
    lane("gate", "scale or gate: a branch that multiplies");
    return x;
  }

  std::string finish(double width, double height) {
    std::string size = formatv("width=\"{0}\" height=\"{1}\"", pixels(width), pixels(height));
    return formatv("<svg xmlns=\"http://www.w3.org/2000/svg\" {0} viewBox=\"0 0 {1} {2}\" role=\"img\">\n"
                   "<title>{3}</title>\n",
                   size, pixels(width), pixels(height), escaped(network.name))
               .str() +
           styleSheet.str() + "<defs>\n" + arrowMarker("arrow", "#57606a") + arrowMarker("skiparrow", "#1a7f5a") +
           arrowMarker("gatearrow", "#b35900") + "</defs>\n<rect " + size + " fill=\"#fff\"/>\n" + svg.elements() +
           "</svg>\n";
  }

  const dsl::Network &network;
  std::vector<Figure> columns;
  std::vector<std::string> shapes;
  Svg svg;
};

} // namespace

std::string drawNetwork(const dsl::Network &network, const Nodes &tree) { return NetworkDrawing(network, tree).draw(); }

} // namespace resnetc::inspect
