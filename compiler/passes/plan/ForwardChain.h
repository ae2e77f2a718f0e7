//===- ForwardChain.h - the forward pass of a step as a chain -------------===//
//
// What choose-recompute must know of a program: where only one activation is handed
// on, what lies between such places, what of it the backward pass reads and when.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_PASSES_PLAN_FORWARDCHAIN_H
#define RESNETC_COMPILER_PASSES_PLAN_FORWARDCHAIN_H

#include "compiler/ir/plan/Plan.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

namespace resnetc::plan {

/// An activation of the forward pass.
struct ChainBuffer {
  BufferOp buffer;
  CallOp writer; ///< null if more than one call writes it, or one that must not run twice
  int64_t bytes = 0;
  int64_t cost = 0;     ///< of its writer, in nanoseconds of a coarse model: only ratios matter
  bool isCheap = false; ///< its writer multiplies no matrices: a normalised or activated map
  int segment = -1;
  int64_t firstBackward = -1, lastBackward = -1; ///< positions of its first and last use behind the loss, -1: none

  bool isSaved() const { return firstBackward >= 0; }
};

/// The calls between two places where one activation alone is handed on.
struct ChainSegment {
  llvm::SmallVector<int> buffers; ///< that are written here, the one that is handed on last
};

class ForwardChain {
public:
  explicit ForwardChain(ProgramOp program);

  llvm::ArrayRef<ChainSegment> segments() const { return allSegments; }
  llvm::ArrayRef<ChainBuffer> buffers() const { return allBuffers; }
  /// -1 if the value is no activation of the forward pass.
  int find(mlir::Value value) const;
  /// The op of the backward pass at a position.
  mlir::Operation *opAt(int64_t position) const { return ops[position]; }
  int64_t lossPosition() const { return loss; }
  int64_t positionOf(mlir::Operation *op) const { return position.lookup(op); }

  /// The most bytes of gradients and scratch that live at one time in [first, last].
  int64_t gradientBytes(int64_t first, int64_t last) const;

private:
  void readKernels(ProgramOp program);
  void numberOps(ProgramOp program);
  void collectBuffers(ProgramOp program);
  void cutSegments();
  void sumGradients(ProgramOp program);

  llvm::StringMap<kernels::KernelSpec> specs; ///< by symbol: looking one up in the module takes long
  llvm::SmallVector<mlir::Operation *> ops;
  llvm::DenseMap<mlir::Operation *, int64_t> position;
  llvm::DenseMap<mlir::Value, int> index;
  llvm::SmallVector<ChainBuffer> allBuffers;
  llvm::SmallVector<ChainSegment> allSegments;
  llvm::SmallVector<int64_t> gradients; ///< live bytes at each position
  int64_t loss = -1;
};

/// The ops that touch a buffer, also through its views.
llvm::SmallVector<mlir::Operation *> usersOf(BufferOp buffer);

} // namespace resnetc::plan

#endif // RESNETC_COMPILER_PASSES_PLAN_FORWARDCHAIN_H
