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

/// The output of a layer on an input of shape {C, H, W} or {F}; not for Residual. Empty, with `problem` filled, if the
/// layer can't be applied. Completes `kind` where the input decides: normalize's one number for all channels.
std::optional<Shape> inferShape(LayerKind &kind, const Shape &input, ShapeProblem &problem);

/// Product of the extents; empty above maximalElements.
std::optional<int64_t> countElements(const Shape &shape);

/// "64x56x56"
std::string describe(const Shape &shape);

/// The stride with which a 1x1 window makes `output` from `input` along each axis of height and width: the product of
/// the body's strides (`hint`) where that fits, else the smallest one. Empty if there is none.
std::optional<std::array<int64_t, 2>> strideBetween(const Shape &input, const Shape &output,
                                                    std::array<int64_t, 2> hint);

/// The language's name of a layer.
llvm::StringRef layerName(const LayerKind &kind);
/// "conv(128, kernel = 3, stride = 2)": as one would write it, without the defaults.
std::string describe(const LayerKind &kind);

} // namespace resnetc::dsl

#endif // RESNETC_DSL_INFERSHAPE_H
