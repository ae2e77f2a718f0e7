#include "RandomNetwork.h"
#include "compiler/ir/rn/RnShapes.h"

namespace resnetc::test {
namespace {

using namespace dsl;

/// Appends layers to a sequence and knows the shape at its end.
class Builder {
public:
  Builder(std::mt19937 &random, std::string prefix, Shape shape)
      : random(random), prefix(std::move(prefix)), shape(std::move(shape)) {}

  int64_t draw(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random); }
  bool coin() { return draw(0, 1); }

  void conv(int64_t channels, int64_t kernel, int64_t stride) {
    int64_t pad = (kernel - 1) / 2;
    auto output = rn::windowedShape(shape, channels, {kernel, kernel}, {stride, stride}, {pad, pad}, {1, 1});
    Conv2d conv{channels, {kernel, kernel}, {stride, stride}, {pad, pad}, {pad, pad}, {1, 1}, 1, coin()};
    append("conv", conv, Shape(output->begin(), output->end()));
  }
  void norm() { append("norm", BatchNorm{}, shape); }
  void relu() { append("relu", Activation{ActivationFunction::Relu}, shape); }
  void convNormRelu(int64_t channels, int64_t kernel, int64_t stride) {
    conv(channels, kernel, stride);
    norm();
    relu();
  }
  void normReluConv(int64_t channels, int64_t kernel, int64_t stride) {
    norm();
    relu();
    conv(channels, kernel, stride);
  }
  void maxPool() {
    auto output = rn::windowedShape(shape, shape[0], {3, 3}, {2, 2}, {1, 1}, {1, 1});
    append("pool", MaxPool{{3, 3}, {2, 2}, {1, 1}, {1, 1}}, Shape(output->begin(), output->end()));
  }
  void append(const std::string &kind, LayerKind what, Shape output) {
    std::string name = prefix + kind + std::to_string(sequence.size());
    sequence.push_back(Layer{name, true, std::move(what), shape, output, {}, {}});
    shape = output;
  }
  /// Appends a residual; `body` and `shortcut` (null: identity) fill their sequences.
  template <typename Body> void residual(ShortcutKind kind, int64_t channels, int64_t stride, Body fillBody) {
    std::string name = prefix + "block" + std::to_string(sequence.size());
    Builder body(random, name + ".", shape), shortcut(random, name + ".downsample.", shape);
    fillBody(body);
    if (kind == ShortcutKind::Branch) {
      shortcut.conv(channels, 1, stride);
      if (coin())
        shortcut.norm();
    }
    Residual residual{std::move(body.sequence), kind, std::move(shortcut.sequence), {stride, stride}, {}};
    append("block", std::move(residual), body.shape);
    sequence.back().name = name;
  }

  void randomBlock() {
    int64_t stride = draw(1, 2), wider = shape[0] + draw(0, 5), channels = shape[0];
    switch (draw(0, 5)) {
    case 0: // post-activation, identity
      residual(ShortcutKind::Identity, channels, 1, [&](Builder &body) {
        body.convNormRelu(channels, 3, 1);
        body.conv(channels, 3, 1);
        body.norm();
      });
      return relu();
    case 1: // post-activation, option A
      residual(ShortcutKind::Pad, wider, stride, [&](Builder &body) {
        body.convNormRelu(wider, 3, stride);
        body.conv(wider, 3, 1);
        body.norm();
      });
      return relu();
    case 2: // bottleneck, projection
      residual(ShortcutKind::Branch, wider, stride, [&](Builder &body) {
        body.convNormRelu(channels, 1, 1);
        body.convNormRelu(channels, 3, stride);
        body.conv(wider, 1, 1);
        body.norm();
      });
      return relu();
    case 3: // pre-activation
      return residual(ShortcutKind::Identity, channels, 1, [&](Builder &body) {
        body.normReluConv(channels, 3, 1);
        body.normReluConv(channels, 3, 1);
      });
    case 4: // pre-activation, a projection of what is activated
      norm();
      relu();
      return residual(ShortcutKind::Branch, wider, stride, [&](Builder &body) {
        body.conv(wider, 3, stride);
        body.normReluConv(wider, 3, 1);
      });
    default: // one in the other, and a body that ends with an activation
      return residual(ShortcutKind::Identity, channels, 1, [&](Builder &body) {
        body.residual(ShortcutKind::Branch, channels, 1, [&](Builder &inner) { inner.convNormRelu(channels, 3, 1); });
        body.norm();
      });
    }
  }

  std::mt19937 &random;
  std::string prefix;
  Shape shape;
  Sequence sequence;
};

} // namespace

dsl::Network randomNetwork(std::mt19937 &random, int blocks) {
  Network network;
  network.name = "random";
  Builder builder(random, "", {1, 1, 1});
  network.input = {builder.draw(1, 4), builder.draw(7, 13), builder.draw(7, 13)};
  network.inputType = builder.coin() ? ElementType::U8 : ElementType::F32;
  builder.shape = network.input;
  if (builder.coin()) {
    std::vector<double> mean(network.input[0], 0.4), deviation(network.input[0], 0.25);
    builder.append("normalize", Normalize{mean, deviation}, network.input);
  }
  builder.conv(builder.draw(3, 18), 3, 1);
  if (builder.coin()) {
    builder.norm();
    builder.relu();
    builder.maxPool();
  }
  for (int block = 0; block < blocks; ++block)
    builder.randomBlock();
  builder.norm();
  builder.relu();
  if (builder.coin())
    builder.append("gap", GlobalAvgPool{}, {builder.shape[0]});
  else
    builder.append("flatten", Flatten{}, {builder.shape[0] * builder.shape[1] * builder.shape[2]});
  builder.append("fc", Linear{5, builder.coin()}, {5});
  if (builder.coin())
    builder.append("softmax", Softmax{}, {5});
  network.output = builder.shape;
  network.layers = std::move(builder.sequence);
  return network;
}

RandomParameters::RandomParameters(rn::NetworkOp network, std::mt19937 &random) {
  network.walk([&](rn::ParameterOp parameter) {
    auto shape = parameter.getType().getShape();
    int64_t elements = parameter.getType().getNumElements();
    // Weights keep the size of what flows through; variances and gammas stay away from zero.
    float span = shape.size() > 1 ? std::sqrt(3.0f * shape[0] / elements) : 0.5f;
    bool positive = parameter.getName().ends_with("running_var") || parameter.getName().ends_with("norm.weight");
    std::uniform_real_distribution<float> values(positive ? 0.5f : -span, positive ? 1.5f : span);
    std::vector<float> &tensor = data[parameter.getName()];
    for (int64_t i = 0; i < elements; ++i)
      tensor.push_back(values(random));
    views[parameter.getName()] = tensor;
  });
}

} // namespace resnetc::test
