//===- InferShape.cpp - the shape rule of each layer --------------------------------===//

#include "dsl/InferShape.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CheckedArithmetic.h"

using namespace resnetc::dsl;

namespace {

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

  bool isVector() const { return input.size() == 1; }
  bool isSignal() const { return input.size() == 2; }

  std::optional<Shape> needPlaces(llvm::StringRef layer,
                                  const llvm::Twine &help = "put it before the layer that makes a vector: a global "
                                                            "pool, flatten or linear") {
    return fail(layer + " needs a map (channels, height, width) or a signal (channels, length), not a vector of " +
                    describe(input),
                help);
  }

  struct Windows {
    Pair kernel, stride, pad, padEnd, dilation;
    bool ceil;
  };

  /// How many windows there are along one axis: floor((padded size - window) / stride) + 1, and with `ceil` one more
  /// that stands out over the end if it begins before the padding there. 0 if there is none.
  static int64_t countWindows(const Windows &windows, int axis, int64_t size) {
    int64_t window = windows.dilation[axis] * (windows.kernel[axis] - 1) + 1, stride = windows.stride[axis];
    int64_t room = size + windows.pad[axis] + windows.padEnd[axis] - window;
    if (windows.ceil)
      room += stride - 1;
    if (room < 0)
      return 0;
    int64_t count = room / stride + 1;
    if (windows.ceil && (count - 1) * stride >= size + windows.pad[axis])
      --count;
    return count;
  }

  /// Along height and width, or the length of a signal; false after `fail`.
  bool slide(llvm::StringRef layer, const Windows &windows, Shape &output) {
    for (int axis = isSignal() ? 1 : 0; axis < 2; ++axis) {
      size_t index = input.size() - 2 + axis;
      int64_t size = input[index], padding = windows.pad[axis] + windows.padEnd[axis];
      output[index] = countWindows(windows, axis, size);
      if (output[index])
        continue;
      fail(layer + "'s kernel covers " + llvm::Twine(windows.dilation[axis] * (windows.kernel[axis] - 1) + 1) +
               ", but " + describe(input) + " has " +
               (isSignal() ? "length "
                : axis     ? "width "
                           : "height ") +
               llvm::Twine(size) + (padding ? ", padded " + std::to_string(size + padding) : std::string()),
           "make the kernel smaller, the padding larger, or reduce the " + llvm::Twine(isSignal() ? "signal" : "map") +
               " less before");
      return false;
    }
    return true;
  }

  std::optional<Shape> operator()(const Conv2d &conv) {
    if (isVector())
      return needPlaces("conv", "the layer for vectors is linear");
    if (input[0] % conv.groups != 0)
      return fail("conv can't share the " + llvm::Twine(input[0]) + " channels of " + describe(input) + " among " +
                      llvm::Twine(conv.groups) + " groups",
                  "the input's channels must be a multiple of groups");
    Shape filter = filterShape(conv, input);
    if (!countElements(filter))
      return fail("the filter " + describe(filter) + " of conv is too large");
    Shape output = input;
    output[0] = conv.channels;
    if (!slide("conv", {conv.kernel, conv.stride, conv.pad, conv.padEnd, conv.dilation, false}, output))
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

  template <typename Pool> std::optional<Shape> pool(llvm::StringRef name, const Pool &pool) {
    if (isVector())
      return needPlaces(name);
    Shape output = input;
    if (!slide(name, {pool.kernel, pool.stride, pool.pad, pool.padEnd, {1, 1}, pool.ceil}, output))
      return std::nullopt;
    return output;
  }
  std::optional<Shape> operator()(const MaxPool &max) { return pool("max_pool", max); }
  std::optional<Shape> operator()(const AvgPool &average) { return pool("avg_pool", average); }

  std::optional<Shape> global(llvm::StringRef name) {
    if (isVector())
      return needPlaces(name);
    return Shape{input[0]};
  }
  std::optional<Shape> operator()(const GlobalAvgPool &) { return global("global_avg_pool"); }
  std::optional<Shape> operator()(const GlobalMaxPool &) { return global("global_max_pool"); }
  std::optional<Shape> operator()(const Flatten &) { return Shape{countElements(input).value_or(0)}; }

  std::optional<Shape> operator()(const Softmax &) {
    if (input.size() != 1)
      return fail("softmax needs a vector, not " + describe(input), "put global_avg_pool or flatten before it");
    return input;
  }

  std::optional<Shape> operator()(Normalize &normalize) {
    if (isVector())
      return needPlaces("normalize");
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

  /// Every other layer keeps the shape and takes any.
  template <typename Layer> std::optional<Shape> operator()(const Layer &) { return input; }
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

Shape resnetc::dsl::filterShape(const Conv2d &conv, const Shape &input) {
  Shape shape = {conv.channels, input[0] / conv.groups, conv.kernel[0], conv.kernel[1]};
  if (input.size() == 2)
    shape.erase(shape.begin() + 2);
  return shape;
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
  if (input.size() != output.size())
    return std::nullopt;
  Pair stride = {1, 1};
  for (size_t index = 1; index < input.size(); ++index) {
    size_t axis = index + 2 - input.size();
    int64_t from = input[index], to = output[index];
    auto meets = [&](int64_t step) { return (from - 1) / step + 1 == to; };
    stride[axis] = meets(hint[axis]) ? hint[axis] : (from + to - 1) / to;
    if (!meets(stride[axis]))
      return std::nullopt;
  }
  return stride;
}

bool resnetc::dsl::isGateOf(const Shape &gate, const Shape &value) {
  bool isOneEach = llvm::all_of(llvm::drop_begin(gate), [](int64_t extent) { return extent == 1; });
  bool hasRank = gate.size() == 1 || gate.size() == value.size();
  return gate == value || (gate[0] == value[0] && hasRank && isOneEach);
}
