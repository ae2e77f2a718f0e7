//===- Optimizer.cpp - steps of the parameters ------------------------------===//
//
// Over all parameters at once, as flat vectors. Formulas and their order are PyTorch's
// (torch.optim.SGD without dampening, torch.optim.AdamW).
//
//===----------------------------------------------------------------------===//

#include "compiler/kernels/algorithm/Training.h"

using namespace Halide;
using namespace resnetc::kernels;

namespace {
/// The operand `hyper`.
struct Hyper {
  ImageParam values = denseParameter("hyper", {8});
  Expr rate() const { return values(0); }
  Expr momentum() const { return values(1); }
  Expr decay() const { return values(2); }
  Expr beta1() const { return values(3); }
  Expr beta2() const { return values(4); }
  Expr epsilon() const { return values(5); }
  Expr correction1() const { return values(6); }
  Expr correction2() const { return values(7); }
};

/// Results overwrite what they are made of: all of it is read before any is stored.
std::vector<Expr> held(Algorithm &result, const Var &i, const std::vector<ImageParam> &inputs) {
  std::vector<Expr> values;
  for (const ImageParam &input : inputs) {
    Func copy(input.name() + "_held");
    copy(i) = input(i);
    result.helpers.push_back(copy);
    values.push_back(copy(i));
  }
  return values;
}
} // namespace

Algorithm resnetc::kernels::sgdAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  int floats = spec.output.channels;
  Hyper hyper;
  ImageParam parameters = denseParameter("parameters", {floats}), gradients = denseParameter("gradients", {floats});
  ImageParam momentum = denseParameter("momentum", {floats});
  result.arguments = {parameters, gradients, momentum, hyper.values};
  Var i = result.at.x;
  std::vector<Expr> old = held(result, i, {parameters, momentum});
  Expr gradient = gradients(i);
  if (spec.decay)
    gradient += hyper.decay() * old[0];
  Expr next = hyper.momentum() * old[1] + gradient;
  Expr step = spec.nesterov ? gradient + hyper.momentum() * next : next;
  result.output(i) = Tuple(old[0] - hyper.rate() * step, next);
  result.buffers = {denseOutput({floats}), denseOutput({floats})};
  return result;
}

Algorithm resnetc::kernels::adamWAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  int floats = spec.output.channels;
  Hyper hyper;
  ImageParam parameters = denseParameter("parameters", {floats}), gradients = denseParameter("gradients", {floats});
  ImageParam first = denseParameter("first", {floats}), second = denseParameter("second_moment", {floats});
  result.arguments = {parameters, gradients, first, second, hyper.values};
  Var i = result.at.x;
  std::vector<Expr> old = held(result, i, {parameters, first, second});
  Expr gradient = gradients(i), parameter = old[0];
  if (spec.decay)
    parameter *= 1.f - hyper.rate() * hyper.decay();
  Expr newFirst = old[1] + (gradient - old[1]) * (1.f - hyper.beta1());
  Expr newSecond = hyper.beta2() * old[2] + (1.f - hyper.beta2()) * gradient * gradient;
  Expr deviation = sqrt(newSecond) / sqrt(hyper.correction2()) + hyper.epsilon();
  Expr step = hyper.rate() / hyper.correction1() * (newFirst / deviation);
  result.output(i) = Tuple(parameter - step, newFirst, newSecond);
  result.buffers = {denseOutput({floats}), denseOutput({floats}), denseOutput({floats})};
  return result;
}
