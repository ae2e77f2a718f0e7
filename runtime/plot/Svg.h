//===- Svg.h - the marks a drawing is made of ------------------------------===//

#ifndef RESNETC_RUNTIME_PLOT_SVG_H
#define RESNETC_RUNTIME_PLOT_SVG_H

#include "llvm/ADT/StringSet.h"
#include <string>

namespace resnetc::plot {

/// Estimated: Helvetica and its kin.
double textWidth(llvm::StringRef text, double size);

/// Collects SVG elements; y grows downwards, numbers are pixels. Looks come from classes: whoever draws has the style
/// sheet.
class Svg {
public:
  void rect(llvm::StringRef style, double x, double y, double width, double height, double radius);
  void circle(llvm::StringRef style, double x, double y, double radius);
  /// `data`: SVG's path language, e.g. pathTo's.
  void path(llvm::StringRef style, llvm::StringRef data);
  /// Anchored at its middle ("middle"), "start" or "end"; smaller, then cut, if it is wider than `room` (0: any width).
  void text(llvm::StringRef style, double x, double y, double size, llvm::StringRef anchor, llvm::StringRef text,
            double room = 0);
  /// From top to bottom, ending at (x, y): names below bars.
  void turnedText(llvm::StringRef style, double x, double y, double size, llvm::StringRef text, double room);
  /// What is drawn until endGroup is cut at a rectangle. `id`: of one such rectangle in the whole drawing.
  void beginClip(llvm::StringRef id, double x, double y, double width, double height);
  /// What is drawn until endGroup shows `tooltip` under the pointer.
  void beginGroup(llvm::StringRef tooltip);
  void endGroup();

  /// Whether anything but text was drawn with the class.
  bool uses(llvm::StringRef style) const { return styles.contains(style); }
  const std::string &elements() const { return body; }

private:
  llvm::StringSet<> styles;
  std::string body;
};

/// "12.5": one decimal at most, so that the same drawing has the same bytes everywhere.
std::string pixels(double value);
/// &, < and > as SVG wants them.
std::string escaped(llvm::StringRef text);

} // namespace resnetc::plot

#endif // RESNETC_RUNTIME_PLOT_SVG_H
