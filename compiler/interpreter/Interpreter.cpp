//===- Interpreter.cpp - inference ----------------------------------------===//

#include "compiler/interpreter/InterpreterImpl.h"

namespace resnetc {

template <typename T>
llvm::Expected<std::vector<T>> interpret(rn::NetworkOp network, const NamedTensors &parameters, llvm::ArrayRef<T> input,
                                         int64_t batch) {
  return interpreter::Interpreter<T>(parameters, batch).run(network, input);
}

template <typename T>
llvm::Expected<std::vector<T>> interpretBytes(rn::NetworkOp network, const NamedTensors &parameters,
                                              llvm::ArrayRef<uint8_t> input, int64_t batch) {
  std::vector<T> values;
  for (uint8_t byte : input)
    values.push_back(T(static_cast<float>(byte)));
  return interpret<T>(network, parameters, values, batch);
}

#define RESNETC_INTERPRET(T)                                                                                           \
  template llvm::Expected<std::vector<T>> interpret(rn::NetworkOp, const NamedTensors &, llvm::ArrayRef<T>, int64_t);  \
  template llvm::Expected<std::vector<T>> interpretBytes(rn::NetworkOp, const NamedTensors &, llvm::ArrayRef<uint8_t>, \
                                                         int64_t);
RESNETC_INTERPRET(float)
RESNETC_INTERPRET(double)
RESNETC_INTERPRET(RunningError)

} // namespace resnetc
