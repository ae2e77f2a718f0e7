//===- InferShape.cpp - the shape rule of each layer --------------------------------===//

#include "dsl/InferShape.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CheckedArithmetic.h"

using namespace resnetc::dsl;

namespace {

using Pair = std::array<int64_t, 2>;

/// One overload a layer: the output shape, or empty after `fail`.
struct ShapeRule {
  const Shape &input;
  ShapeProblem &problem;

  std::optional<Shape> fail(const llvm::Twine &message, const llvm::Twine &help = "") {
    problem.message = message.str();
    std::string text = help.str();
    if (!text.empty())
      problem.helps.push_back(std::move(text));
    return std::nullopt;
  }

  bool isMap() const { return input.size() == 3; }

  std::optional<Shape> needMap(llvm::StringRef layer) {
    return fail(layer + " needs channels, height and width, not a vector of " + describe(input));
  }

  /// floor((size + 2 pad - dilation (kernel - 1) - 1) / stride) + 1 along both axes.
  bool slide(llvm::StringRef layer, Pair kernel, Pair stride, Pair pad, Pair dilation, Shape &output) {
    for (int axis : {0, 1}) {
      int64_t size = input[axis + 1], padded = size + 2 * pad[axis], window = dilation[axis] * (kernel[axis] - 1) + 1;
      if (window > padded) {
        fail(layer + "'s kernel covers " + llvm::Twine(window) + ", but " + describe(input) + " has " +
                 (axis ? "width " : "height ") + llvm::Twine(size) +
                 (pad[axis] ? ", padded " + std::to_string(padded) : std::string()),
             "make the kernel smaller, the padding larger, or reduce the map less before");
        return false;
      }
      output[axis + 1] = (padded - window) / stride[axis] + 1;
    }
    return true;
  }

  std::optional<Shape> operator()(const Conv2d &conv) {
    if (!isMap())
      return needMap("conv");
    if (input[0] % conv.groups != 0)
      return fail("conv can't share the " + llvm::Twine(input[0]) + " channels of " + describe(input) + " among " +
                      llvm::Twine(conv.groups) + " groups",
                  "the input's channels must be a multiple of groups");
    Shape filter = {conv.channels, input[0] / conv.groups, conv.kernel[0], conv.kernel[1]};
    if (!countElements(filter))
      return fail("the filter " + describe(filter) + " of conv is too large");
    Shape output = {conv.channels, 0, 0};
    if (!slide("conv", conv.kernel, conv.stride, conv.pad, conv.dilation, output))
      return std::nullopt;
    return output;
  }

  std::optional<Shape> operator()(const Linear &linear) {
    if (input.size() != 1)
      return fail("linear needs a vector, not " + describe(input), "put global_avg_pool or flatten before it");
    if (!countElements({linear.features, input[0]}))
      return fail("the matrix " + describe({linear.features, input[0]}) + " of linear is too large");
    return Shape{linear.features};
  }

  std::optional<Shape> operator()(const BatchNorm &) {
    if (!isMap())
      return needMap("batch_norm");
    return input;
  }
  std::optional<Shape> operator()(const Relu &) { return input; }

  template <typename Pool> std::optional<Shape> pool(llvm::StringRef name, const Pool &pool) {
    if (!isMap())
      return needMap(name);
    Shape output = {input[0], 0, 0};
    if (!slide(name, pool.kernel, pool.stride, pool.pad, {1, 1}, output))
      return std::nullopt;
    return output;
  }
  std::optional<Shape> operator()(const MaxPool &max) { return pool("max_pool", max); }
  std::optional<Shape> operator()(const AvgPool &average) { return pool("avg_pool", average); }

  std::optional<Shape> operator()(const GlobalAvgPool &) {
    if (!isMap())
      return needMap("global_avg_pool");
    return Shape{input[0]};
  }
  std::optional<Shape> operator()(const Flatten &) { return Shape{countElements(input).value_or(0)}; }

  std::optional<Shape> operator()(const Softmax &) {
    if (input.size() != 1)
      return fail("softmax needs a vector, not " + describe(input), "put global_avg_pool or flatten before it");
    return input;
  }

  std::optional<Shape> operator()(Normalize &normalize) {
    if (!isMap())
      return needMap("normalize");
    for (std::vector<double> *list : {&normalize.mean, &normalize.std}) {
      if (list->size() == 1)
        list->resize(input[0], list->front());
      if (static_cast<int64_t>(list->size()) != input[0])
        return fail("normalize has " + llvm::Twine(list->size()) + " values of " +
                        (list == &normalize.mean ? "mean" : "std") + " for the " + llvm::Twine(input[0]) +
                        " channels of " + describe(input),
                    "give one value for each channel");
    }
    return input;
  }

  std::optional<Shape> operator()(const Residual &) { return input; }
};

} // namespace

std::optional<Shape> resnetc::dsl::inferShape(LayerKind &kind, const Shape &input, ShapeProblem &problem) {
  std::optional<Shape> output = std::visit(ShapeRule{input, problem}, kind);
  if (output && !countElements(*output)) {
    problem.message =
        (layerName(kind) + " makes " + describe(*output) + " from " + describe(input) + ", more than 2^31 - 1 elements")
            .str();
    return std::nullopt;
  }
  return output;
}

std::optional<int64_t> resnetc::dsl::countElements(const Shape &shape) {
  int64_t product = 1;
  for (int64_t extent : shape) {
    std::optional<int64_t> next = llvm::checkedMul(product, extent);
    if (!next || *next > maximalElements)
      return std::nullopt;
    product = *next;
  }
  return product;
}

std::string resnetc::dsl::describe(const Shape &shape) {
  return llvm::join(llvm::map_range(shape, [](int64_t extent) { return std::to_string(extent); }), "x");
}

std::optional<Pair> resnetc::dsl::strideBetween(const Shape &input, const Shape &output, Pair hint) {
  if (input.size() != 3 || output.size() != 3)
    return std::nullopt;
  Pair stride;
  for (int axis : {0, 1}) {
    int64_t from = input[axis + 1], to = output[axis + 1];
    auto meets = [&](int64_t step) { return (from - 1) / step + 1 == to; };
    stride[axis] = meets(hint[axis]) ? hint[axis] : (from + to - 1) / to;
    if (!meets(stride[axis]))
      return std::nullopt;
  }
  return stride;
}
