//===- ProgramBuilder.h - a network's ops become calls of one program -----===//

#ifndef RESNETC_COMPILER_LOWER_PROGRAMBUILDER_H
#define RESNETC_COMPILER_LOWER_PROGRAMBUILDER_H

#include "compiler/ir/plan/Plan.h"
#include "compiler/ir/rn/Rn.h"
#include "compiler/lower/WeightPacker.h"
#include "llvm/ADT/DenseMap.h"

namespace resnetc::lower {

/// How an activation lies in memory, as kernels see it. Without encoding: planar, no border.
kernels::TensorSpec tensorSpec(mlir::Type activation);

/// Makes the kernels of a module: appended after those that are there, named after their op.
class KernelBuilder {
public:
  explicit KernelBuilder(mlir::Operation *after) : last(after) {}
  plan::KernelOp add(mlir::Location loc, const kernels::KernelSpec &spec);

private:
  mlir::Operation *last;
  llvm::StringMap<int> counters;
};

/// Fills one plan.program with the calls of a network for one batch size.
class ProgramBuilder {
public:
  ProgramBuilder(plan::ProgramOp program, KernelBuilder &kernels, WeightPacker &weights);
  /// Errors are emitted at the op that cannot be lowered.
  mlir::LogicalResult build(rn::NetworkOp network);

private:
  /// A call on its way: what the rn op knows; the rest follows from the spec.
  struct Call {
    kernels::KernelSpec spec;
    mlir::Value input, other, filter, bias, residual, scale, shift;
    mlir::ValueRange results;
  };

  mlir::LogicalResult lower(mlir::Operation &op);
  mlir::LogicalResult lowerConv2d(rn::Conv2dOp op);
  mlir::LogicalResult lowerLinear(rn::LinearOp op);
  mlir::LogicalResult lowerAdd(rn::AddOp op);
  mlir::LogicalResult lowerPool(mlir::Operation &op, kernels::KernelOp kernel, llvm::ArrayRef<int64_t> window,
                                llvm::ArrayRef<int64_t> strides, llvm::ArrayRef<int64_t> pads, bool countPadding);
  mlir::LogicalResult lowerMultiply(rn::MultiplyOp op);
  mlir::LogicalResult lowerConcat(rn::ConcatOp op);
  mlir::LogicalResult lowerNormalize(rn::NormalizeOp op);
  mlir::LogicalResult lowerFlatten(rn::FlattenOp op);
  mlir::LogicalResult lowerReturn(rn::ReturnOp op);

  Call simple(kernels::KernelOp kernel, mlir::Operation &op);
  void addEpilogue(Call &call, rn::EpilogueOp op);
  mlir::LogicalResult emit(mlir::Operation &op, Call call);
  void addCall(mlir::Operation &op, const kernels::KernelSpec &spec, mlir::ValueRange inputs, mlir::ValueRange outputs);
  mlir::FailureOr<mlir::Value> weight(mlir::FailureOr<plan::PackOp> pack);
  mlir::Value destination(mlir::Value result);

  plan::ProgramOp program;
  KernelBuilder &kernels;
  WeightPacker &weights;
  mlir::OpBuilder builder;
  int64_t batch;
  mlir::Value returned, output; ///< rn value; plan.output
  llvm::DenseMap<mlir::Value, mlir::Value> buffers;
  llvm::DenseMap<mlir::Operation *, mlir::Value> weightValues;
};

} // namespace resnetc::lower

#endif // RESNETC_COMPILER_LOWER_PROGRAMBUILDER_H
