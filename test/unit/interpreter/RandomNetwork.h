//===- RandomNetwork.h - small residual networks, drawn at random ---------===//

#ifndef RESNETC_TEST_UNIT_INTERPRETER_RANDOMNETWORK_H
#define RESNETC_TEST_UNIT_INTERPRETER_RANDOMNETWORK_H

#include "compiler/interpreter/Interpreter.h"
#include "dsl/Network.h"
#include <random>

namespace resnetc::test {

/// An elaborated network of `blocks` residual blocks of every kind the language has (identity, pad, projection,
/// pre-activation, nested), with odd sizes and channels that are no multiple of 16.
dsl::Network randomNetwork(std::mt19937 &random, int blocks);

/// Values for every parameter of a network, and the views that interpret() takes.
struct RandomParameters {
  RandomParameters(rn::NetworkOp network, std::mt19937 &random);
  NamedTensors views;

private:
  llvm::StringMap<std::vector<float>> data;
};

} // namespace resnetc::test

#endif // RESNETC_TEST_UNIT_INTERPRETER_RANDOMNETWORK_H
