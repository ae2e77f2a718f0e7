//===- RandomDrop.cpp - dropout and stochastic depth ------------------------===//

#include "compiler/kernels/Philox.h"
#include "compiler/kernels/algorithm/Training.h"

using namespace Halide;
using namespace resnetc;
using namespace resnetc::kernels;

namespace {
struct Product {
  Expr high, low;
  Product(uint32_t multiplier, const Expr &value) {
    Expr product = cast<uint64_t>(value) * Expr(uint64_t(multiplier));
    high = cast<uint32_t>(product >> 32);
    low = cast<uint32_t>(product);
  }
};

/// The words of resnetc::philox.
std::vector<Expr> words(std::vector<Expr> counter, Expr keyLow, Expr keyHigh) {
  for (int round = 0; round < philoxRounds; ++round) {
    Product first(philoxMultiplier[0], counter[0]), second(philoxMultiplier[1], counter[2]);
    counter = {second.high ^ counter[1] ^ keyLow, second.low, first.high ^ counter[3] ^ keyHigh, first.low};
    keyLow = keyLow + Expr(philoxWeyl[0]);
    keyHigh = keyHigh + Expr(philoxWeyl[1]);
  }
  return counter;
}
} // namespace

/// As isKept of Philox.h says.
Algorithm resnetc::kernels::randomDropAlgorithm(const KernelSpec &spec) {
  Algorithm result(spec);
  const Coordinates &at = result.at;
  InputTensor input(spec.input, spec.batch, "input");
  ImageParam counters = countersParameter();
  result.arguments = {input.parameter(), counters};
  Channel channel = at.channel();
  auto counter = [&](int i) { return cast<uint32_t>(counters(i)); };
  Expr keyLow = counter(1) ^ Expr(uint32_t(spec.stream)), keyHigh = counter(2) ^ Expr(uint32_t(spec.stream >> 32));
  Expr element = (channel.flat * int(spec.output.height) + at.y) * int(spec.output.width) + at.x, zero(uint32_t(0));
  Expr block = spec.perImage ? zero : cast<uint32_t>(element / 4);
  std::vector<Expr> all = words({counter(3), cast<uint32_t>(at.n), block, zero}, keyLow, keyHigh);
  Expr word = spec.perImage ? all[0] : mux(element % 4, all);
  Expr value = input.at(channel, at.x, at.y, at.n) * float(1 / (1 - spec.rate));
  result.output(at.all()) = select(word >= Expr(resnetc::dropThreshold(spec.rate)), value, 0.f);
  return result;
}
