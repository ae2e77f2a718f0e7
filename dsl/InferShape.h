//===- InferShape.h - the shape rule of each layer ---------------------------------===//

#ifndef RESNETC_DSL_INFERSHAPE_H
#define RESNETC_DSL_INFERSHAPE_H

#include "dsl/Network.h"
#include "llvm/ADT/StringRef.h"

namespace resnetc::dsl {

/// The most elements that one activation or one parameter tensor may have.
constexpr int64_t maximalElements = (int64_t(1) << 31) - 1;

struct ShapeProblem {
  std::string message; ///< names the layer and the shape it met
  std::vector<std::string> helps;
};

/// The output of a layer on an input of shape {C, H, W}, {C, L} or {F}; not for those with branches (Scale, Concat,
/// Residual). Empty, with `problem` filled, if the layer can't be applied. Completes `kind` where the input decides:
/// normalize's one number for all channels.
std::optional<Shape> inferShape(LayerKind &kind, const Shape &input, ShapeProblem &problem);

/// Of conv's weight: out x in/groups x height x width, or out x in/groups x length for a signal.
Shape filterShape(const Conv2d &conv, const Shape &input);

/// Product of the extents; empty above maximalElements.
std::optional<int64_t> countElements(const Shape &shape);

/// "64x56x56"
std::string describe(const Shape &shape);

/// The stride with which a 1x1 window makes `output` from `input` along each axis of height and width: the product of
/// the body's strides (`hint`) where that fits, else the smallest one. {1, s} for signals, {1, 1} for vectors. Empty if
/// there is none.
std::optional<Pair> strideBetween(const Shape &input, const Shape &output, Pair hint);

/// Whether `gate` may be multiplied to `value`: it has its shape, or one element for each of its channels.
bool isGateOf(const Shape &gate, const Shape &value);

/// The language's name of a layer.
llvm::StringRef layerName(const LayerKind &kind);
/// "conv(128, kernel = 3, stride = 2)": as one would write it, without the defaults; on a signal, windows have a
/// length.
std::string describe(const LayerKind &kind, bool isSignal = false);
inline std::string describe(const Layer &layer) { return describe(layer.kind, layer.input.size() == 2); }

} // namespace resnetc::dsl

#endif // RESNETC_DSL_INFERSHAPE_H
