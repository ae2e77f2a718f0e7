//===- RnInterfaces.td - what several rn ops have in common ---------------===//

#ifndef RESNETC_COMPILER_IR_RN_RNINTERFACES
#define RESNETC_COMPILER_IR_RN_RNINTERFACES

include "mlir/IR/OpBase.td"

def Rn_EpilogueOpInterface : OpInterface<"EpilogueOp"> {
  let cppNamespace = "::resnetc::rn";
  let description = [{
    An op that can store an activated value and, beside it, an affine function of that value:

        first  = activation(y)
        second = affine_activation(scale[c] * first + shift[c])     with `affine(%scale, %shift)`

    Without `affine` there is one result, `first`. With it either `second` alone or both, in this order.
  }];
  let methods = [
    InterfaceMethod<"The function that `first` went through.", "::resnetc::rn::ActivationAttr", "getActivation">,
    InterfaceMethod<"Sets the function that `first` goes through.", "void", "setActivationAttr",
                    (ins "::resnetc::rn::ActivationAttr":$activation)>,
    InterfaceMethod<"The function that `second` went through.", "::resnetc::rn::ActivationAttr", "getAffineActivation">,
    InterfaceMethod<"Sets the function that `second` goes through.", "void", "setAffineActivationAttr",
                    (ins "::resnetc::rn::ActivationAttr":$activation)>,
    InterfaceMethod<"One factor a channel, or null.", "::mlir::Value", "getScale">,
    InterfaceMethod<"One summand a channel, or null.", "::mlir::Value", "getShift">,
    InterfaceMethod<"The stored values.", "::mlir::ResultRange", "getOutputs">
  ];
  let extraSharedClassDeclaration = [{
    bool hasAffine() { return static_cast<bool>($_op.getScale()); }
    /// `first`, null if only `second` is stored.
    ::mlir::Value getFirst() {
      return $_op.getScale() && $_op.getOutputs().size() == 1 ? ::mlir::Value() : ::mlir::Value($_op.getOutputs()[0]);
    }
    /// `second`, null without affine.
    ::mlir::Value getSecond() {
      return $_op.getScale() ? ::mlir::Value($_op.getOutputs().back()) : ::mlir::Value();
    }
  }];
  let verify = "return ::resnetc::rn::detail::verifyEpilogue($_op);";
}

def Rn_ParameterArithmeticInterface : OpInterface<"ParameterArithmeticOp"> {
  let cppNamespace = "::resnetc::rn";
  let description = [{
    An op over parameters alone: it depends on no activation, so it can be evaluated when the weights are loaded and
    moved anywhere in its network.
  }];
}

def Rn_DifferentiableOpInterface : OpInterface<"DifferentiableOp"> {
  let cppNamespace = "::resnetc::rn";
  let description = [{
    An op that has a gradient rule (gradients/*.cpp): how gradients go from its results to its operands.
  }];
  let methods = [
    InterfaceMethod<[{
      Makes, where `builder` stands, the gradients of the operands out of those of the results (null where a result has
      none): one value an operand, of the operand's type; null for those that are not wanted, or that count as
      constants. Nothing at all if the rule does not cover this form of the op.
    }], "::llvm::SmallVector<::mlir::Value>", "differentiate",
    (ins "::mlir::OpBuilder &":$builder, "::llvm::ArrayRef<::mlir::Value>":$resultGradients,
         "const ::llvm::BitVector &":$wanted)>
  ];
}

#endif // RESNETC_COMPILER_IR_RN_RNINTERFACES
