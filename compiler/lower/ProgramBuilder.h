//===- ProgramBuilder.h - a network's ops become calls of one program -----===//

#ifndef RESNETC_COMPILER_LOWER_PROGRAMBUILDER_H
#define RESNETC_COMPILER_LOWER_PROGRAMBUILDER_H

#include "compiler/ir/plan/Plan.h"
#include "compiler/ir/rn/Rn.h"
#include "compiler/lower/ConvSpec.h"
#include "compiler/lower/TrainingMemory.h"
#include "compiler/lower/WeightPacker.h"
#include "llvm/ADT/DenseMap.h"

namespace resnetc::lower {

/// Numbers in a vector of one a channel.
inline int64_t paddedChannels(const kernels::TensorSpec &tensor) {
  return tensor.channelBlocks() * kernels::channelBlock;
}

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
  /// With `training` the network is that of a training step; `training->losses` is set by build().
  ProgramBuilder(plan::ProgramOp program, KernelBuilder &kernels, WeightPacker &weights,
                 TrainingMemory *training = nullptr);
  /// Errors are emitted at the op that cannot be lowered.
  mlir::LogicalResult build(rn::NetworkOp network);

private:
  /// A call on its way: what the rn op knows; the rest follows from the spec.
  struct Call {
    kernels::KernelSpec spec;
    mlir::Value input, other, counters, filter, bias, residual, scale, shift;
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
  void readFewerImages(Call &call);
  mlir::LogicalResult lowerEntry(rn::NetworkOp network);
  mlir::LogicalResult lowerFlatten(rn::FlattenOp op);
  mlir::LogicalResult lowerReturn(rn::ReturnOp op);

  /// Of an average pool from `in` to `out`, or its gradient.
  static void setPoolPadding(kernels::KernelSpec &spec, const kernels::TensorSpec &in, const kernels::TensorSpec &out,
                             llvm::ArrayRef<int64_t> pads, bool countPadding);
  Call simple(kernels::KernelOp kernel, mlir::Operation &op);
  void addEpilogue(Call &call, rn::EpilogueOp op);
  mlir::LogicalResult emit(mlir::Operation &op, Call call);
  void addCall(mlir::Operation &op, const kernels::KernelSpec &spec, mlir::ValueRange inputs, mlir::ValueRange outputs);
  mlir::FailureOr<mlir::Value> weight(mlir::FailureOr<plan::PackOp> pack);
  mlir::Value destination(mlir::Value result);

  // LowerTraining.cpp, LowerBatchNorm.cpp
  using Spec = kernels::KernelSpec;
  mlir::LogicalResult lowerTraining(mlir::Operation &op);
  mlir::LogicalResult lowerBatchNormTrain(rn::BatchNormTrainOp op);
  mlir::LogicalResult lowerFrozenBatchNorm(rn::BatchNormOp op);
  mlir::LogicalResult applyBatchNorm(mlir::Operation &op, mlir::Value input, mlir::Value residual,
                                     mlir::Value statistics, rn::ActivationAttr activation, mlir::Value result);
  mlir::FailureOr<mlir::Value> frozenStatistics(mlir::Operation &op, mlir::Type x, mlir::Value mean,
                                                mlir::Value variance, mlir::Value gamma, mlir::Value beta,
                                                double epsilon);
  mlir::LogicalResult lowerUpdateStatistics(rn::UpdateStatisticsOp op);
  mlir::LogicalResult lowerBatchNormGradient(rn::BatchNormGradientOp op);
  mlir::LogicalResult lowerInputGradient(mlir::Operation &op, Spec forward, mlir::Value dy, mlir::Value filter,
                                         mlir::Value residual, mlir::Value dx);
  mlir::LogicalResult lowerFilterGradient(mlir::Operation &op, Spec forward, mlir::Value x, mlir::Value dy,
                                          mlir::Value dfilter);
  mlir::LogicalResult lowerGradientOf(rn::GradientOfOp op);
  mlir::LogicalResult lowerChannelSum(rn::ChannelSumOp op);
  mlir::LogicalResult lowerProbe(rn::ProbeOp op);
  mlir::LogicalResult lowerCrossEntropy(rn::CrossEntropyOp op);
  mlir::LogicalResult lowerLayerNormGradient(rn::LayerNormGradientOp op);
  mlir::LogicalResult lowerSimpleGradient(mlir::Operation &op, Spec spec);
  mlir::LogicalResult sumPartials(mlir::Operation &op, mlir::Value partials, mlir::Value destination);
  mlir::LogicalResult call(mlir::Operation &op, const Spec &spec, mlir::ValueRange inputs, mlir::ValueRange outputs);
  template <typename Op> Spec poolGradientSpec(kernels::KernelOp kernel, Op op);
  Spec trainingSpec(kernels::KernelOp kernel, mlir::Type input, mlir::Type output);
  Spec denseSpec(kernels::KernelOp kernel, mlir::Type input);
  mlir::FailureOr<mlir::Value> parameterVector(mlir::Value parameter);
  mlir::Value scratch(int64_t floats);
  mlir::Value view(mlir::Value buffer, int64_t offset, int64_t floats);
  mlir::Value pieceOf(mlir::Value whole, llvm::StringRef tensor);
  mlir::Value gradientDestination(mlir::Value result, int64_t floats);

  plan::ProgramOp program;
  KernelBuilder &kernels;
  WeightPacker &weights;
  TrainingMemory *training; ///< null in inference
  mlir::OpBuilder builder;
  int64_t batch;
  mlir::Value returned, output; ///< rn value; plan.output
  llvm::DenseMap<mlir::Value, mlir::Value> buffers;
  llvm::DenseMap<mlir::Operation *, mlir::Value> weightValues;
  llvm::DenseMap<mlir::Value, mlir::Value> statisticsOf; ///< a mean's buffer of mean, variance, scale, shift
};

} // namespace resnetc::lower

#endif // RESNETC_COMPILER_LOWER_PROGRAMBUILDER_H
