//===- RnVerify.h - what verifiers of rn ops share ------------------------===//

#ifndef RESNETC_COMPILER_IR_RN_RNVERIFY_H
#define RESNETC_COMPILER_IR_RN_RNVERIFY_H

#include "compiler/ir/rn/Rn.h"

namespace resnetc::rn {

/// 64x3x3
std::string text(llvm::ArrayRef<int64_t> shape);

/// The result has the extents that the op makes.
mlir::LogicalResult verifyShape(mlir::Operation *op, mlir::Type result, llvm::ArrayRef<int64_t> expected);
/// A per-channel parameter, if there is one, has one element a channel.
mlir::LogicalResult verifyPerChannel(mlir::Operation *op, llvm::StringRef name, mlir::Value parameter,
                                     int64_t channels);
/// Both values have a layout or neither has, and then in the same order.
mlir::LogicalResult verifySameOrder(mlir::Operation *op, mlir::Type a, mlir::Type b);
/// An op that keeps shape and order.
mlir::LogicalResult verifySameShape(mlir::Operation *op, mlir::Type input, mlir::Type result);
/// Height and width, each within low..maxExtent.
mlir::LogicalResult verifyPair(mlir::Operation *op, llvm::StringRef name, llvm::ArrayRef<int64_t> pair, int64_t low);
/// Of both sides (height, width), or of each side.
mlir::LogicalResult verifyPads(mlir::Operation *op, llvm::ArrayRef<int64_t> pads);
/// Finite and not negative.
mlir::LogicalResult verifyEps(mlir::Operation *op, llvm::APFloat eps);
/// Within [0, 1).
mlir::LogicalResult verifyDropRate(mlir::Operation *op, llvm::APFloat rate);

/// The extents that a convolution makes; fails with an error if it cannot be.
mlir::FailureOr<llvm::SmallVector<int64_t, 3>> convolvedShape(mlir::Operation *op, mlir::Type input, mlir::Value filter,
                                                              llvm::ArrayRef<int64_t> strides,
                                                              llvm::ArrayRef<int64_t> pads,
                                                              llvm::ArrayRef<int64_t> dilations, int64_t groups);
/// The extents that a pool makes; each of its windows holds at least one pixel of the map.
mlir::FailureOr<llvm::SmallVector<int64_t, 3>> pooledShape(mlir::Operation *op, mlir::Type input,
                                                           llvm::ArrayRef<int64_t> kernel,
                                                           llvm::ArrayRef<int64_t> strides,
                                                           llvm::ArrayRef<int64_t> pads, bool ceil);

} // namespace resnetc::rn

#endif // RESNETC_COMPILER_IR_RN_RNVERIFY_H
