//===- WeightPacker.h - parameter arithmetic becomes packed weights -------===//

#ifndef RESNETC_COMPILER_LOWER_WEIGHTPACKER_H
#define RESNETC_COMPILER_LOWER_WEIGHTPACKER_H

#include "compiler/ir/plan/Plan.h"
#include "compiler/ir/rn/Rn.h"
#include "llvm/ADT/DenseMap.h"

namespace resnetc::lower {

/// Makes plan.pack_* ops of values over parameters: the same value in the same geometry once, offsets in the order of
/// first use. Every program of a module uses one packer, so all have one packed layout.
class WeightPacker {
public:
  /// Packs are inserted before `anchor` (the first program). With `isTrained` every parameter is a piece of its own,
  /// unfolded: a bias is a vector as any other.
  explicit WeightPacker(mlir::Operation *anchor, bool isTrained = false) : builder(anchor), isTrained(isTrained) {}

  /// The filter (or, for a linear layer, matrix) of a conv2d kernel. Errors are emitted at the value's op.
  mlir::FailureOr<plan::PackOp> filter(mlir::Value filter, const kernels::KernelSpec &spec);
  /// A bias or a shift: one number for each output channel.
  mlir::FailureOr<plan::PackOp> shift(mlir::Value shift, const kernels::KernelSpec &spec);
  mlir::FailureOr<plan::PackOp> scale(mlir::Value scale, const kernels::KernelSpec &spec);

  /// A parameter, its one element or a constant for each channel; null if `value` is something else.
  plan::PackOp vector(mlir::Value value, int64_t channels);
  /// The same for a tensor of the schema that the network reads only by name.
  plan::PackOp vector(mlir::StringAttr tensor, int64_t channels);

  /// Bytes of all packed weights, a multiple of 64.
  int64_t packedBytes() const { return nextOffset; }

private:
  using Attributes = llvm::SmallVector<mlir::NamedAttribute>;
  mlir::NamedAttribute named(llvm::StringRef name, int64_t value);
  mlir::NamedAttribute named(llvm::StringRef name, mlir::Attribute value);
  mlir::LogicalResult appendScale(mlir::Value scale, Attributes &attributes);
  template <typename Op> plan::PackOp pack(mlir::Location loc, llvm::StringRef stem, Attributes attributes);

  mlir::OpBuilder builder;
  bool isTrained;
  llvm::DenseMap<std::pair<mlir::StringAttr, mlir::DictionaryAttr>, plan::PackOp> known;
  llvm::StringMap<int> counters;
  int64_t nextOffset = 0;
};

} // namespace resnetc::lower

#endif // RESNETC_COMPILER_LOWER_WEIGHTPACKER_H
