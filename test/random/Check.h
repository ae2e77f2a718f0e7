//===- Check.h - everything that must hold for a valid network -------------===//

#ifndef RESNETC_TEST_RANDOM_CHECK_H
#define RESNETC_TEST_RANDOM_CHECK_H

#include "compiler/interpreter/RunningError.h"
#include "test/random/Tree.h"
#include <string>

namespace resnetc::test {

/// What went wrong: "STAGE: words"; empty if nothing did. The stage is what a reduced text must fail in, too.
using Failure = std::string;
std::string stageOf(const Failure &failure);

/// Front end, printer, formatter, and every pass against the interpreter: the pipeline pass by pass, then orders of
/// passes drawn with the seed; then the plan, run symbolically. `expected`: the network's shapes, if they are known.
struct ExpectedShapes {
  Shape input, output;
};
Failure checkPasses(const std::string &text, uint64_t seed, const ExpectedShapes *expected = nullptr);

/// How many programs of a plan have loops.
struct LoopCounts {
  int overImages = 0, overBlocks = 0, nested = 0;
};

/// The compiled object against the interpreter, for several numbers of images, on one and two threads; and bit for bit
/// against one without loops over blocks, if it has any. `loops`, if given: what the plan has.
Failure checkNative(const std::string &text, uint64_t seed, LoopCounts *loops = nullptr);

/// The training step of the network, interpreted: gradients against central differences, and each pass of training
/// against what was before it.
Failure checkTraining(const std::string &text, uint64_t seed);

/// One step of the compiled object against the interpreter's, for a whole batch and a smaller one; the same bits on
/// one, two and three threads.
Failure checkTrainingNative(const std::string &text, uint64_t seed);

/// The network is the identity, bit for bit, if all parameters of its layer `last` are zero: interpreted before and
/// after all passes, and as an object if `native`.
Failure checkIdentity(const std::string &text, uint64_t seed, bool native);

} // namespace resnetc::test

#endif // RESNETC_TEST_RANDOM_CHECK_H
