//===- Scale.h - from numbers to places on an axis ------------------------===//

#ifndef RESNETC_RUNTIME_PLOT_SCALE_H
#define RESNETC_RUNTIME_PLOT_SCALE_H

#include "runtime/plot/Chart.h"
#include "llvm/ADT/ArrayRef.h"

namespace resnetc::plot {

struct Tick {
  double value;
  std::string label;
};

/// An axis with its ends and ticks chosen.
struct Scale {
  double least = 0, most = 1;
  bool logarithmic = false;
  std::vector<Tick> ticks; ///< within the ends, at round numbers

  /// 0 at the beginning of the axis, 1 at its end.
  double place(double value) const;
  /// Whether a value has a place: it is finite and, on a logarithmic axis, positive.
  bool has(double value) const;
};

/// A scale for `values` (those that have no place are ignored; none at all: 0 to 1). `count`: about so many ticks.
/// `outward`: the ends move to the next tick, unless the axis says where they are.
Scale makeScale(const Axis &axis, llvm::ArrayRef<double> values, int count, bool outward);

} // namespace resnetc::plot

#endif // RESNETC_RUNTIME_PLOT_SCALE_H
