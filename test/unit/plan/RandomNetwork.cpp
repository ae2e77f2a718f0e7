#include "test/unit/plan/RandomNetwork.h"

using namespace resnetc::test;

std::string RandomNetwork::Map::type() const {
  return "tensor<?x" + std::to_string(channels) + "x" + std::to_string(size) + "x" + std::to_string(size) + "xf32>";
}

std::string RandomNetwork::parameter(const std::string &type) {
  std::string name = fresh();
  body += name + " = rn.parameter \"p" + std::to_string(values) + "\" : " + type + "\n";
  return name;
}

RandomNetwork::Map RandomNetwork::conv(Map in, int channels, int window, int stride) {
  int pad = (window - 1) / 2;
  Map out{"", channels, (in.size + 2 * pad - window) / stride + 1};
  std::string k = std::to_string(window), s = std::to_string(stride), p = std::to_string(pad);
  std::string type =
      "tensor<" + std::to_string(channels) + "x" + std::to_string(in.channels) + "x" + k + "x" + k + "xf32>";
  std::string filter = parameter(type);
  out.name = fresh();
  body += out.name + " = rn.conv2d " + in.name + ", " + filter + " strides [" + s + ", " + s + "] pads [" + p + ", " +
          p + "] : (" + in.type() + ", " + type + ") -> " + out.type() + "\n";
  return out;
}

RandomNetwork::Map RandomNetwork::batchNorm(Map in) {
  std::string type = "tensor<" + std::to_string(in.channels) + "xf32>", operands, types;
  for (int i = 0; i < 4; ++i) {
    operands += ", " + parameter(type);
    types += ", " + type;
  }
  Map out{fresh(), in.channels, in.size};
  body +=
      out.name + " = rn.batch_norm " + in.name + operands + " : (" + in.type() + types + ") -> " + out.type() + "\n";
  return out;
}

RandomNetwork::Map RandomNetwork::relu(Map in) {
  Map out{fresh(), in.channels, in.size};
  body += out.name + " = rn.relu " + in.name + " : (" + in.type() + ") -> " + out.type() + "\n";
  return out;
}

/// A residual with one to three convolutions, perhaps with a residual inside.
RandomNetwork::Map RandomNetwork::block(Map in, int depth) {
  bool preactivation = below(2), projects = below(3) == 0;
  int channels = projects ? 8 * (1 + below(6)) : in.channels, stride = projects ? 1 + below(2) : 1;
  Map result{fresh(), 0, 0};
  std::string outer = std::move(body);
  body.clear();
  Map a{fresh(), in.channels, in.size}, x = a;
  for (int i = 0, layers = 1 + below(3); i < layers; ++i) {
    if (preactivation)
      x = relu(batchNorm(x));
    x = conv(x, channels, below(2) ? 3 : 1, i == 0 ? stride : 1);
    if (!preactivation) {
      x = batchNorm(x);
      if (i + 1 < layers)
        x = relu(x);
    }
    if (depth > 0 && below(4) == 0)
      x = block(x, depth - 1);
  }
  std::string bodyText = std::move(body);
  body.clear();
  Map b{fresh(), in.channels, in.size}, y = b;
  if (x.channels != in.channels || x.size != in.size)
    y = batchNorm(conv(y, x.channels, 1, stride));
  std::string shortcut = std::move(body);
  result.channels = x.channels;
  result.size = x.size;
  // A nested block may have changed the shape once more: then the shortcut cannot follow, and there is no residual.
  if (y.channels != x.channels || y.size != x.size) {
    body = std::move(outer);
    return in;
  }
  body = outer + result.name + " = rn.residual " + in.name + " block \"b\" : " + in.type() + " -> " + x.type() +
         " {\n^bb0(" + a.name + ": " + a.type() + "):\n" + bodyText + "rn.yield " + x.name + " : " + x.type() +
         "\n} shortcut {\n^bb0(" + b.name + ": " + b.type() + "):\n" + shortcut + "rn.yield " + y.name + " : " +
         y.type() + "\n}\n";
  return preactivation ? result : relu(result);
}

std::string RandomNetwork::text() {
  Map x{"%image", 1 + below(4), 5 + below(12)};
  std::string input = x.type();
  input.replace(input.find("f32"), 3, "ui8");
  std::string ones = "1.0";
  for (int i = 1; i < x.channels; ++i)
    ones += ", 1.0";
  std::string head = "rn.network @net(%image: " + input + ") {\n";
  body = "%in = rn.normalize %image mean [" + ones + "] std [" + ones + "] : (" + input + ") -> " + x.type() + "\n";
  x.name = "%in";
  x = relu(batchNorm(conv(x, 8 * (1 + below(4)), 1 + 2 * below(3), 1)));
  if (below(2)) {
    Map out{fresh(), x.channels, (x.size - 1) / 2 + 1};
    body += out.name + " = rn.max_pool2d " + x.name + " kernel [3, 3] strides [2, 2] pads [1, 1] : (" + x.type() +
            ") -> " + out.type() + "\n";
    x = out;
  }
  for (int i = 0, blocks = 1 + below(8); i < blocks; ++i)
    x = block(x, 2);
  std::string vector = "tensor<?x" + std::to_string(x.channels) + "xf32>", mean = fresh();
  std::string matrix = "tensor<10x" + std::to_string(x.channels) + "xf32>", weight = parameter(matrix),
              result = fresh();
  body += mean + " = rn.global_avg_pool " + x.name + " : (" + x.type() + ") -> " + vector + "\n";
  body += result + " = rn.linear " + mean + ", " + weight + " : (" + vector + ", " + matrix + ") -> tensor<?x10xf32>\n";
  return head + body + "rn.return " + result + " : tensor<?x10xf32>\n}\n";
}
