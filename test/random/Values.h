//===- Values.h - numbers for a network, and what it makes of them ---------===//

#ifndef RESNETC_TEST_RANDOM_VALUES_H
#define RESNETC_TEST_RANDOM_VALUES_H

#include "compiler/interpreter/Interpreter.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <random>

namespace resnetc::test {

/// Random parameters and a random input of one network; the interpreter's results for them.
class Values {
public:
  Values(rn::NetworkOp network, uint64_t seed, int64_t batch);

  /// Errors of the interpreter fail the process: what is missing is missing in every stage.
  template <typename T> std::vector<T> run(rn::NetworkOp network) const;

  /// Zeros for all parameters whose name begins so; false if there is none.
  bool clear(llvm::StringRef prefix);

  const int64_t batch;
  llvm::StringMap<std::vector<float>> parameters;
  llvm::StringMap<std::vector<int64_t>> shapes;
  std::vector<float> input; ///< a byte's value for ui8
  bool isBytes;
};

/// The one network of a module.
rn::NetworkOp networkOf(mlir::ModuleOp module);

/// Empty if both are equal to 1e-10 of the largest; else where they are not, and both numbers there.
std::string compareExact(llvm::ArrayRef<double> expected, llvm::ArrayRef<double> is);
/// The same for |expected - is| within the sum of both bounds, and within 1e-3 of the largest.
std::string compareBounded(llvm::ArrayRef<RunningError> expected, llvm::ArrayRef<RunningError> is);

} // namespace resnetc::test

#endif // RESNETC_TEST_RANDOM_VALUES_H
