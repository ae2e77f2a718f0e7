//===- Rn.h - the rn dialect: what a network computes ---------------------===//
//
// Tensors: activations have a dynamic batch and then C x H x W or F; parameters are
// static. See RnOps.td and RnTrainingOps.td (or build/<preset>/docs/rn.md) for the ops.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_IR_RN_RN_H
#define RESNETC_COMPILER_IR_RN_RN_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "llvm/ADT/BitVector.h"
#include <array>

#include "compiler/ir/rn/RnEnums.h.inc"

#include "compiler/ir/rn/RnDialect.h.inc"

#define GET_ATTRDEF_CLASSES
#include "compiler/ir/rn/RnAttributes.h.inc"

namespace resnetc::rn {

/// Extents, windows, strides and borders are at most this; products are checked where they are made.
inline constexpr int64_t maxExtent = int64_t(1) << 24;
/// Elements of one activation of one image, or of one parameter.
inline constexpr int64_t maxElements = int64_t(1) << 40;

/// A tensor with dynamic batch and bounded static extents C, H, W or F.
bool isActivation(mlir::Type type);
/// A tensor of bounded static extents without encoding.
bool isParameter(mlir::Type type);

/// tensor<?xi32>: the label of each image.
bool isLabels(mlir::Type type);

/// The extents of an activation without the batch: {C, H, W} or {F}.
llvm::ArrayRef<int64_t> imageShape(mlir::Type activation);
/// C of a map, F of a vector.
int64_t channels(mlir::Type activation);
/// An activation of these extents (without batch) and this layout, dynamic batch.
mlir::RankedTensorType activationType(mlir::Type element, llvm::ArrayRef<int64_t> image, LayoutAttr layout = {});

/// Height and width of a convolution's filter; one of a signal (rank 3) has height 1.
std::array<int64_t, 2> filterWindow(mlir::Type filter);

/// The layout of an activation; planar without border if it has no encoding.
LayoutAttr getLayout(mlir::Type activation);
/// True after select-layout.
bool hasLayout(mlir::Type activation);
mlir::RankedTensorType withLayout(mlir::Type activation, LayoutAttr layout);

/// True if f'(x) can be told from f(x).
bool isRecoverable(ActivationAttr activation);

namespace detail {
mlir::LogicalResult verifyEpilogue(mlir::Operation *op);
/// `relu`, `leaky_relu(0.01)`.
mlir::ParseResult parseActivation(mlir::AsmParser &parser, ActivationAttr &activation);
void printActivation(mlir::AsmPrinter &printer, ActivationAttr activation);
} // namespace detail

} // namespace resnetc::rn

#include "compiler/ir/rn/RnInterfaces.h.inc"

#define GET_OP_CLASSES
#include "compiler/ir/rn/RnOps.h.inc"

#endif // RESNETC_COMPILER_IR_RN_RN_H
