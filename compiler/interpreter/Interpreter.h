//===- Interpreter.h - what a network computes, by naive loops ------------===//
//
// The oracle: every other way to compute a network is tested against this one. It
// reads rn IR at any stage, before and after any pass: residuals with regions or
// flat, batch norms or the parameter arithmetic they became, epilogues, layouts
// (which change nothing here).
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_INTERPRETER_INTERPRETER_H
#define RESNETC_COMPILER_INTERPRETER_INTERPRETER_H

#include "compiler/interpreter/RunningError.h"
#include "compiler/ir/rn/Rn.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace resnetc {

/// Parameters by name, elements in the order of their shape. The caller keeps the data.
using NamedTensors = llvm::StringMap<llvm::ArrayRef<float>>;

/// The network's result [batch, ...] for `input` [batch, C, H, W] or [batch, F], both planar (NCHW), computed in T:
/// float, double or RunningError. Errors name what is missing or has the wrong size: input, parameter, unknown op.
template <typename T>
llvm::Expected<std::vector<T>> interpret(rn::NetworkOp network, const NamedTensors &parameters, llvm::ArrayRef<T> input,
                                         int64_t batch);

/// The same for bytes, the values 0..255 of a ui8 network.
template <typename T>
llvm::Expected<std::vector<T>> interpretBytes(rn::NetworkOp network, const NamedTensors &parameters,
                                              llvm::ArrayRef<uint8_t> input, int64_t batch);

} // namespace resnetc

#endif // RESNETC_COMPILER_INTERPRETER_INTERPRETER_H
