//===- Figure.h - parts of a drawing that know their room -----------------===//
//
// A figure hangs on a vertical wire. Small ones are put together to larger ones,
// so that no coordinate is computed twice: first sizes, from the inside out, then
// paint, from the outside in.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_INSPECT_DRAWING_FIGURE_H
#define RESNETC_COMPILER_INSPECT_DRAWING_FIGURE_H

#include "runtime/plot/Svg.h"
#include <functional>
#include <vector>

namespace resnetc::inspect {

using plot::escaped;
using plot::pixels;
using plot::Svg;
using plot::textWidth;

struct Figure {
  double left = 0, right = 0; ///< how far it reaches to both sides of the wire
  double height = 0;
  /// The wire enters at (x, y) and leaves at (x, y + height).
  std::function<void(Svg &svg, double x, double y)> paint;
};

/// A piece of wire.
Figure wire(double length);
/// A box with a title and, if it isn't empty, a smaller second line. `style`: its class.
Figure box(llvm::StringRef style, std::string title, std::string detail, std::string tooltip);
/// One below the other, `gap` of wire between them; `notes` (one for each, or none) stand beside the wire below each.
Figure stack(std::vector<Figure> figures, double gap, std::vector<std::string> notes = {});
/// A card around a figure, or a pile of cards for several of them, with two lines above.
Figure card(Figure inside, std::string title, std::string subtitle, int64_t count);

/// A path beside the main one, from the fork to the join.
struct Lane {
  Figure figure;
  llvm::StringRef style; ///< of its wire: "skip" or "gate"
  std::string note;      ///< beside the wire
  bool onLeft = false;
};
/// Main path and lanes leave one point and meet in a circle with `symbol`; `style`: the circle's.
Figure forkAndJoin(Figure main, std::vector<Lane> lanes, llvm::StringRef style, std::string symbol,
                   std::string tooltip);

} // namespace resnetc::inspect

#endif // RESNETC_COMPILER_INSPECT_DRAWING_FIGURE_H
