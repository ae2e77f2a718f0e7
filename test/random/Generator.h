//===- Generator.h - a seed becomes a .rn text ------------------------------===//

#ifndef RESNETC_TEST_RANDOM_GENERATOR_H
#define RESNETC_TEST_RANDOM_GENERATOR_H

#include "test/random/Tree.h"

namespace resnetc::test {

struct GeneratorOptions {
  int64_t multiplications = 60000; ///< of one image, about
  int statements = 12;             ///< of the network's body, at most
  /// Sizes and channels come from a few values, so that networks share kernels.
  bool fewSizes = false;
};

/// A valid network, as text and with the shapes that it must have.
struct Generated {
  std::string text;
  Shape input, output;
};

/// The same seed and options give the same text, on every machine.
Generated generate(uint64_t seed, const GeneratorOptions &options);

/// A network that is one residual with an identity shortcut, whose body ends with a layer labelled `last`: with zeros
/// for the parameters of that layer the network is the identity.
Generated generateIdentity(uint64_t seed, const GeneratorOptions &options);

} // namespace resnetc::test

#endif // RESNETC_TEST_RANDOM_GENERATOR_H
