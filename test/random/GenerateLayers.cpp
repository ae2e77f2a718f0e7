//===- GenerateLayers.cpp - one layer that perhaps fits ----------------------===//

#include "test/random/GeneratorImpl.h"

namespace resnetc::test {

Statement Generator::layer(const Shape &shape) {
  bool isVector = shape.size() == 1;
  for (;;) {
    Statement result;
    int64_t kind = draw(0, 99);
    if (kind < 35)
      result = isVector ? linear() : conv(shape);
    else if (kind < 50)
      result = norm();
    else if (kind < 70)
      result = activation();
    else if (kind < 83)
      result = isVector ? activation() : pool(shape);
    else if (kind < 97)
      result = scaling();
    else
      result.name = isVector ? "softmax" : pick<const char *>({"global_avg_pool", "global_max_pool", "flatten"});
    bool changesRank = result.name.rfind("global", 0) == 0 || result.name == "flatten";
    if (!(changesRank && keepsSize))
      return result;
  }
}

/// A number, or a list with one for each axis.
Expr Generator::perAxis(size_t axes, int64_t low, int64_t high) {
  if (axes == 1 || chance(70))
    return number(draw(low, high));
  return Expr::list({number(draw(low, high)), number(draw(low, high))});
}

void Generator::addWindow(Statement &layer, size_t axes, bool isConv) {
  if (keepsSize) {
    int64_t kernel = options.fewSizes ? pick<int64_t>({1, 3}) : pick<int64_t>({1, 3, 3, 5});
    add(layer, "kernel", number(kernel), true);
    if (!isConv)
      add(layer, "stride", number(1), true);
    if (isConv && chance(5))
      add(layer, "dilation", number(2));
    return;
  }
  int64_t largest = options.fewSizes ? 3 : 5;
  Expr kernel = chance(70) ? number(pick<int64_t>({1, 3, 3})) : perAxis(axes, 1, largest);
  add(layer, "kernel", kernel, true);
  if (chance(isConv ? 35 : 60))
    add(layer, "stride", perAxis(axes, 1, options.fewSizes ? 2 : 3), true);
  bool isOdd = evaluate(kernel, environment).value_or(0) % 2 != 0;
  int64_t most = options.fewSizes ? 1 : 3;
  if (!isOdd || chance(20)) {
    std::vector<Expr> sides;
    for (size_t side = 0; side < 2 * axes; ++side)
      sides.push_back(number(draw(0, most)));
    add(layer, "pad", chance(60) ? perAxis(axes, 0, most) : Expr::list(std::move(sides)));
  }
  if (isConv && chance(5))
    add(layer, "dilation", perAxis(axes, 1, options.fewSizes ? 2 : 3));
}

Statement Generator::conv(const Shape &shape) {
  Statement layer;
  layer.name = "conv";
  int64_t channels = drawChannels(), groups = 1;
  if (chance(options.fewSizes ? 5 : 20)) {
    groups = shape[0] % 2 == 0 ? 2 : shape[0];
    if (chance(50)) { // depthwise
      groups = shape[0];
      channels = shape[0] * draw(1, 2);
    } else {
      channels = groups * draw(1, 6);
    }
  }
  add(layer, "channels", number(channels), true);
  addWindow(layer, shape.size() - 1, /*isConv=*/true);
  if (groups > 1)
    add(layer, "groups", number(groups));
  if (chance(25))
    add(layer, "bias", Expr::literal(chance(80) ? "true" : "false"));
  return layer;
}

Statement Generator::pool(const Shape &shape) {
  Statement layer;
  layer.name = chance(50) ? "max_pool" : "avg_pool";
  addWindow(layer, shape.size() - 1, /*isConv=*/false);
  if (layer.name == "avg_pool" && chance(40))
    add(layer, "count_include_pad", Expr::literal(chance(30) ? "true" : "false"));
  if (chance(30))
    add(layer, "ceil", Expr::literal(chance(80) ? "true" : "false"));
  return layer;
}

Statement Generator::linear() {
  Statement layer;
  layer.name = "linear";
  add(layer, "features", number(drawChannels()), true);
  if (chance(30))
    add(layer, "bias", Expr::literal(chance(80) ? "false" : "true"), true);
  return layer;
}

Statement Generator::norm() {
  Statement layer;
  layer.name = chance(75) ? "batch_norm" : "layer_norm";
  if (chance(20))
    add(layer, "eps", Expr::literal(pick<const char *>({"1e-3", "1e-5", "0.001"})), true);
  if (layer.name == "batch_norm" && chance(10))
    add(layer, "momentum", real(0, 1));
  return layer;
}

Statement Generator::activation() {
  Statement layer;
  layer.name = pick<const char *>({"relu", "relu", "relu", "relu6", "leaky_relu", "elu", "gelu", "silu", "sigmoid",
                                   "tanh", "hard_sigmoid", "hard_swish", "hard_tanh"});
  if (layer.name == "leaky_relu" && chance(60))
    add(layer, "slope", real(0, 0.5), true);
  if (layer.name == "elu" && chance(60))
    add(layer, "alpha", real(0.1, 2), true);
  if (layer.name == "gelu" && chance(50))
    add(layer, "approximate", Expr::literal("true"));
  return layer;
}

Statement Generator::scaling() {
  Statement layer;
  layer.name = pick<const char *>({"dropout", "drop_path", "multiply", "learned_scale", "learned_bias"});
  if (layer.name == "multiply")
    add(layer, "factor", real(-1.5, 1.5), true);
  else if (layer.name == "drop_path" || (layer.name == "dropout" && chance(50)))
    add(layer, "rate", real(0, 0.9), true);
  else if (layer.name != "dropout") {
    if (chance(40))
      add(layer, "init", real(-1, 1), true);
    if (chance(50))
      add(layer, "per_channel", Expr::literal(chance(80) ? "true" : "false"));
  }
  return layer;
}

Statement Generator::widen(const Shape &shape, int64_t channels, int64_t stride) {
  Statement layer;
  if (shape.size() == 1) {
    layer.name = "linear";
    add(layer, "features", number(channels), true);
    return layer;
  }
  layer.name = "conv";
  add(layer, "channels", number(channels), true);
  add(layer, "kernel", number(stride == 1 && chance(50) ? 3 : 1), true);
  if (stride != 1)
    add(layer, "stride", number(stride), true);
  return layer;
}

} // namespace resnetc::test
