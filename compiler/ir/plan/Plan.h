//===- Plan.h - the plan dialect: how a network runs ----------------------===//
//
// See PlanOps.td (or build/<preset>/docs/plan.md) for the ops.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_IR_PLAN_PLAN_H
#define RESNETC_COMPILER_IR_PLAN_PLAN_H

#include "compiler/kernels/KernelSpec.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/RegionKindInterface.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace resnetc::plan {

/// Where memory lives; the numbers are resnetc_memory_space.
enum class MemorySpace : uint8_t { Host = 0, Device = 1 };

/// Every piece of workspace and of the packed weights begins at a multiple of this.
inline constexpr int64_t alignment = 64;

/// A tensor that a pack op reads and the shape it must have.
struct NamedShape {
  mlir::StringAttr name;
  llvm::SmallVector<int64_t, 4> shape;
};

namespace detail {
mlir::LogicalResult verifyPack(mlir::Operation *op);
}

} // namespace resnetc::plan

#include "compiler/ir/plan/PlanDialect.h.inc"

#define GET_TYPEDEF_CLASSES
#include "compiler/ir/plan/PlanTypes.h.inc"

#define GET_ATTRDEF_CLASSES
#include "compiler/ir/plan/PlanAttributes.h.inc"

#include "compiler/ir/plan/PlanInterfaces.h.inc"

#define GET_OP_CLASSES
#include "compiler/ir/plan/PlanOps.h.inc"

namespace resnetc::plan {

/// The buffer (or plan.input, plan.state, …) behind a value: looks through plan.image and plan.view.
mlir::Value underlyingBuffer(mlir::Value value);

/// Numbers without images and channels: vectors of training, the state, gradients.
BufferType denseType(mlir::MLIRContext *context, int64_t floats);

} // namespace resnetc::plan

#endif // RESNETC_COMPILER_IR_PLAN_PLAN_H
