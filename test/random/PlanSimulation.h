//===- PlanSimulation.h - plans, run symbolically ---------------------------===//

#ifndef RESNETC_TEST_RANDOM_PLANSIMULATION_H
#define RESNETC_TEST_RANDOM_PLANSIMULATION_H

#include "mlir/IR/BuiltinOps.h"
#include "test/random/Check.h"

namespace resnetc::test {

/// The finished plan of a network (as AstToRn makes it) computes what its naive plan does, reads no byte that another
/// buffer has written, and no border that is not zero.
Failure checkPlan(mlir::ModuleOp network, uint64_t seed, const std::string &objections, LoopCounts *loops = nullptr);

} // namespace resnetc::test

#endif // RESNETC_TEST_RANDOM_PLANSIMULATION_H
