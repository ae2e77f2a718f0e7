//===- Epilogue.cpp - what happens before a result is stored ---------------===//

#include "compiler/kernels/algorithm/Epilogue.h"
#include "compiler/kernels/algorithm/Activate.h"

using namespace Halide;
using namespace resnetc::kernels;

/// Lanes that are no channels hold zero, whatever the activation makes of it.
static Expr activateChannels(const KernelSpec &spec, const Channel &channel, const Expr &value,
                             const Activation &activation) {
  Expr activated = activate(value, activation);
  return activation.keepsZero() ? activated : zeroInPadding(spec, channel, activated);
}

void resnetc::kernels::defineEpilogue(Algorithm &algorithm, const KernelSpec &spec, const Expr &accumulated) {
  const Epilogue &epilogue = spec.epilogue;
  const Coordinates &at = algorithm.at;
  Channel channel = at.channel();
  auto vectorArgument = [&](const char *name) -> Expr {
    ImageParam param = denseParameter(name, {int(spec.vectorBytes() / 4)});
    algorithm.arguments.push_back(param);
    return param(channel.flat);
  };

  Expr first = accumulated;
  if (epilogue.bias)
    first += vectorArgument("bias");
  if (epilogue.residual) {
    InputTensor residual(*spec.residual, spec.batch, "residual");
    algorithm.arguments.push_back(residual.parameter());
    first += residual.at(channel, at.x, at.y, at.n);
  }
  first = activateChannels(spec, channel, first, epilogue.activation);
  if (!epilogue.affine) {
    algorithm.output(at.all()) = first;
    return;
  }
  if (epilogue.keepFirst) {
    algorithm.first(at.all()) = first;
    first = algorithm.first(at.all());
  }
  Expr scale = vectorArgument("scale"), shift = vectorArgument("shift");
  Expr second = first * scale + shift;
  second = activateChannels(spec, channel, second, epilogue.affineActivation);
  if (epilogue.keepFirst)
    algorithm.output(at.all()) = Tuple(first, second);
  else
    algorithm.output(at.all()) = second;
}
