//===- RnDialect.td - the rn dialect, its enums and its layout ------------===//

#ifndef RESNETC_COMPILER_IR_RN_RNDIALECT
#define RESNETC_COMPILER_IR_RN_RNDIALECT

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/TensorEncoding.td"

def Rn_Dialect : Dialect {
  let name = "rn";
  let cppNamespace = "::resnetc::rn";
  let summary = "WHAT a residual network computes";
  let description = [{
    One `rn.network` is one network: its layers in order, each a function from a tensor to a tensor.
    Activations are builtin tensors whose first extent is the batch and dynamic, `tensor<?x64x56x56xf32>` for a map and
    `tensor<?x512xf32>` for a vector; parameters are static tensors, `tensor<64x3x7x7xf32>`.
    A skip connection is `rn.residual`, with its body and its shortcut as regions, until `flatten-residuals` makes it
    one `rn.add`. After `select-layout` every activation has an encoding `#rn.layout<...>` that says how it lies in
    memory.

    Every op carries `NameLoc("layer1.0.conv1", FileLineCol)`: the layer's name and where it was written.
  }];
  let useDefaultAttributePrinterParser = 1;
}

//===-- enums --------------------------------------------------------------===//

def Rn_ActivationEnum : I32EnumAttr<"Activation", "what happens to a value before it is stored", [
    I32EnumAttrCase<"None", 0, "none">,
    I32EnumAttrCase<"Relu", 1, "relu">,
    I32EnumAttrCase<"Relu6", 2, "relu6">,
    I32EnumAttrCase<"LeakyRelu", 3, "leaky_relu">,
    I32EnumAttrCase<"Elu", 4, "elu">,
    I32EnumAttrCase<"Gelu", 5, "gelu">,
    I32EnumAttrCase<"GeluTanh", 6, "gelu_tanh">,
    I32EnumAttrCase<"Silu", 7, "silu">,
    I32EnumAttrCase<"Sigmoid", 8, "sigmoid">,
    I32EnumAttrCase<"Tanh", 9, "tanh">,
    I32EnumAttrCase<"HardSigmoid", 10, "hard_sigmoid">,
    I32EnumAttrCase<"HardSwish", 11, "hard_swish">,
    I32EnumAttrCase<"HardTanh", 12, "hard_tanh">
  ]> {
  let cppNamespace = "::resnetc::rn";
  let genSpecializedAttr = 0;
}

def Rn_OrderEnum : I32EnumAttr<"Order", "the order of a tensor's elements in memory", [
    I32EnumAttrCase<"Planar", 0, "planar">,
    I32EnumAttrCase<"Blocked16", 1, "blocked16">
  ]> {
  let cppNamespace = "::resnetc::rn";
  let genSpecializedAttr = 0;
}

def Rn_ProbeKindEnum : I32EnumAttr<"ProbeKind", "what of a residual a training step measures", [
    I32EnumAttrCase<"Branch", 0, "branch">,
    I32EnumAttrCase<"Skip", 1, "skip">,
    I32EnumAttrCase<"Gradient", 2, "gradient">
  ]> {
  let cppNamespace = "::resnetc::rn";
  let genSpecializedAttr = 0;
}
def Rn_ProbeKindAttr : EnumAttr<Rn_Dialect, Rn_ProbeKindEnum, "probe_kind">;

//===-- activation ---------------------------------------------------------===//

def Rn_ActivationAttr : AttrDef<Rn_Dialect, "Activation"> {
  let mnemonic = "activation";
  let summary = "a function of one number, NaN of NaN";
  let description = [{
    PyTorch's definitions; ops write it without `#rn.activation<>`.
    - `relu`: max(x, 0)
    - `relu6`: min(max(x, 0), 6)
    - `leaky_relu(slope)`: x, below zero slope * x
    - `elu(alpha)`: x, below zero alpha * (exp(x) - 1)
    - `gelu`: x / 2 * (1 + erf(x / sqrt(2)))
    - `gelu_tanh`: x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))
    - `silu`: x * sigmoid(x)
    - `sigmoid`: 1 / (1 + exp(-x))
    - `tanh`
    - `hard_sigmoid`: relu6(x + 3) / 6
    - `hard_swish`: x * hard_sigmoid(x)
    - `hard_tanh`: min(max(x, -1), 1)
    - `none`: x

    ```mlir
    #rn.activation<leaky_relu(0.01)>
    ```
  }];
  let parameters = (ins EnumParameter<Rn_ActivationEnum>:$function, APFloatParameter<"slope, alpha">:$real);
  let builders = [
    AttrBuilder<(ins "::resnetc::rn::Activation":$function, CArg<"double", "0.0">:$parameter), [{
      return $_get($_ctxt, function, ::llvm::APFloat(parameter));
    }]>
  ];
  let skipDefaultBuilders = 1;
  let constBuilderCall = "::resnetc::rn::ActivationAttr::get($_builder.getContext(), $0)";
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    double getParameter() const { return getReal().convertToDouble(); }
    bool isNone() const { return getFunction() == ::resnetc::rn::Activation::None; }
  }];
}

//===-- layout -------------------------------------------------------------===//

def Rn_LayoutAttr : AttrDef<Rn_Dialect, "Layout", [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let mnemonic = "layout";
  let summary = "how an activation lies in memory";
  let description = [{
    A tensor's encoding, chosen by `select-layout`:
    - `planar`: `[batch][channels][height + 2 border][width + 2 border]`, the interface's NCHW;
    - `blocked16`: `[batch][ceil(channels / 16)][height + 2 border][width + 2 border][16]`, channels that are not
      there hold zero.

    `border` rows and columns of zeros lie around each map, so that a convolution reads its padding from memory.
    A vector counts as a map of 1x1 and has border 0.

    ```mlir
    tensor<?x64x56x56xf32, #rn.layout<blocked16, border = 1>>
    ```
  }];
  let parameters = (ins EnumParameter<Rn_OrderEnum>:$order, "int64_t":$border);
  let assemblyFormat = "`<` $order `,` `border` `=` $border `>`";
  let genVerifyDecl = 1;
}

#endif // RESNETC_COMPILER_IR_RN_RNDIALECT
