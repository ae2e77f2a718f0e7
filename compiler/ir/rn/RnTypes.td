//===- RnTypes.td - types and defaults that rn ops share ------------------===//

#ifndef RESNETC_COMPILER_IR_RN_RNTYPES
#define RESNETC_COMPILER_IR_RN_RNTYPES

include "compiler/ir/rn/RnDialect.td"
include "compiler/ir/rn/RnInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/IR/SymbolInterfaces.td"

/// Of an op with a gradient rule in gradients/.
def Rn_Differentiable : DeclareOpInterfaceMethods<Rn_DifferentiableOpInterface>;

class Rn_Op<string mnemonic, list<Trait> traits = []> : Op<Rn_Dialect, mnemonic, traits>;

//===-- types --------------------------------------------------------------===//

def Rn_IsActivation : CPred<"::resnetc::rn::isActivation($_self)">;
def Rn_IsParameter : CPred<"::resnetc::rn::isParameter($_self)">;
class Rn_Tensor<list<Pred> preds, list<Type> elements, string text>
    : Type<And<!listconcat([RankedTensorOf<elements>.predicate], preds)>, text, "::mlir::RankedTensorType">;
class Rn_Rank<int rank> : CPred<"::llvm::cast<::mlir::RankedTensorType>($_self).getRank() == " # rank>;

def Rn_Activation : Rn_Tensor<[Rn_IsActivation], [F32], "map (?xCxHxWxf32) or vector (?xFxf32)">;
def Rn_Input : Rn_Tensor<[Rn_IsActivation], [F32, UI8], "map (?xCxHxW) or vector (?xF) of f32 or ui8">;
def Rn_Map : Rn_Tensor<[Rn_IsActivation, Rn_Rank<4>], [F32], "map (?xCxHxWxf32)">;
def Rn_Vector : Rn_Tensor<[Rn_IsActivation, Rn_Rank<2>], [F32], "vector (?xFxf32)">;
def Rn_AnyParameter : Rn_Tensor<[Rn_IsParameter], [F32], "parameter of static shape and f32">;
def Rn_PerChannel : Rn_Tensor<[Rn_IsParameter, Rn_Rank<1>], [F32], "parameter with one f32 a channel">;
def Rn_One : Rn_Tensor<[Rn_IsParameter, Rn_Rank<1>], [F32], "one f32 (tensor<1xf32>)">;
def Rn_Losses : Rn_Tensor<[Rn_IsActivation, Rn_Rank<2>], [F32], "one f32 an image (?x1xf32)">;
def Rn_Labels : Type<CPred<"::resnetc::rn::isLabels($_self)">, "labels (tensor<?xi32>)", "::mlir::RankedTensorType">;
def Rn_Filter : Rn_Tensor<[Rn_IsParameter, Or<[Rn_Rank<3>, Rn_Rank<4>]>], [F32],
                          "filter (output x input/groups x height x width, or x length of a signal; f32)">;
def Rn_Matrix : Rn_Tensor<[Rn_IsParameter, Rn_Rank<2>], [F32], "matrix (output x input, f32)">;

def Rn_Ones : DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">;
def Rn_Zeros : DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0}">;
def Rn_NoActivation : DefaultValuedAttr<Rn_ActivationAttr, "::resnetc::rn::Activation::None">;

#endif // RESNETC_COMPILER_IR_RN_RNTYPES
