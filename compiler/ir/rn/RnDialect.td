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
    I32EnumAttrCase<"Relu", 1, "relu">
  ]> {
  let cppNamespace = "::resnetc::rn";
  let genSpecializedAttr = 0;
}
def Rn_ActivationAttr : EnumAttr<Rn_Dialect, Rn_ActivationEnum, "activation"> {
  let assemblyFormat = "`<` $value `>`";
}

def Rn_OrderEnum : I32EnumAttr<"Order", "the order of a tensor's elements in memory", [
    I32EnumAttrCase<"Planar", 0, "planar">,
    I32EnumAttrCase<"Blocked16", 1, "blocked16">
  ]> {
  let cppNamespace = "::resnetc::rn";
  let genSpecializedAttr = 0;
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
