//===- Derivative.cpp - gradients of activation functions ------------------===//

#include "compiler/kernels/algorithm/Activate.h"
#include "compiler/kernels/algorithm/Training.h"

using namespace Halide;
using namespace resnetc::kernels;

/// In terms of f's output y. A NaN in dy stays one.
static Expr ofOutputOf(const Expr &dy, const Expr &y, const Activation &activation) {
  float parameter = static_cast<float>(activation.parameter);
  switch (activation.function) {
  case Function::Relu:
    return select(y <= 0.f, 0.f, dy);
  case Function::Relu6:
    return select(y <= 0.f || y >= 6.f, 0.f, dy);
  case Function::LeakyRelu:
    return select(y > 0.f, dy, parameter * dy);
  case Function::Elu:
    return select(y > 0.f, dy, dy * (y + parameter));
  case Function::Sigmoid:
    return dy * (y * (1.f - y));
  case Function::Tanh:
    return dy * (1.f - y * y);
  case Function::HardSigmoid:
    return select(y <= 0.f || y >= 1.f, 0.f, strict_float(dy / 6.f));
  case Function::HardTanh:
    return select(y <= -1.f || y >= 1.f, 0.f, dy);
  default: // not to be recovered from the output
    return dy;
  }
}

/// In terms of its input x.
Expr resnetc::kernels::activationGradient(const Expr &dy, const Expr &x, const Activation &activation, bool ofOutput) {
  if (ofOutput)
    return ofOutputOf(dy, x, activation);
  const float density = 0.39894228040143268f; // 1 / sqrt(2 pi)
  auto sigmoid = [](const Expr &value) { return activate(value, {Function::Sigmoid, 0}); };
  auto through = [&](const Activation &same) { return ofOutputOf(dy, activate(x, same), same); };
  switch (activation.function) {
  case Function::LeakyRelu:
    return select(x > 0.f, dy, static_cast<float>(activation.parameter) * dy);
  case Function::Gelu: { // Phi(x) + x phi(x); Phi by gelu itself, which is x Phi(x), would divide by zero
    Expr phi = density * exp(-0.5f * min(x * x, 80.f));
    return dy * (normalDistribution(x) + x * phi);
  }
  case Function::GeluTanh: { // with u = sqrt(2 / pi) (x + 0.044715 x^3), the function is x sigmoid(2 u)
    const float factor = 2 * 0.79788456080286536f;
    Expr gate = sigmoid(factor * (x + 0.044715f * x * x * x));
    Expr slope = factor * (1.f + 3 * 0.044715f * x * x);
    return dy * (gate + x * gate * (1.f - gate) * slope);
  }
  case Function::Silu: {
    Expr gate = sigmoid(x);
    return dy * (gate + x * gate * (1.f - gate));
  }
  case Function::HardSwish:
    return select(x <= -3.f, 0.f, x >= 3.f, dy, dy * (x / 3.f + 0.5f));
  case Function::Elu:
    return select(x > 0.f, dy, dy * (activate(min(x, 0.f), activation) + static_cast<float>(activation.parameter)));
  default: // through the output, which is made anew
    return through(activation);
  }
}

Algorithm resnetc::kernels::activationGradientAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor dy(spec.input, spec.batch, "input"), saved(*spec.other, spec.batch, "other");
  result.arguments = {dy.parameter(), saved.parameter()};
  Channel channel = at.channel();
  result.output(at.all()) = activationGradient(dy.at(channel, at.x, at.y, at.n), saved.at(channel, at.x, at.y, at.n),
                                               spec.epilogue.activation, spec.ofOutput);
  return result;
}
