//===- RnOps.td - the ops of the rn dialect: layers and residuals ---------===//

#ifndef RESNETC_COMPILER_IR_RN_RNOPS
#define RESNETC_COMPILER_IR_RN_RNOPS

include "compiler/ir/rn/RnTypes.td"

//===-- structure ----------------------------------------------------------===//

def Rn_NetworkOp : Rn_Op<"network", [IsolatedFromAbove, Symbol, SingleBlock, HasParent<"::mlir::ModuleOp">]> {
  let summary = "a network: a function of one batch of inputs";
  let description = [{
    ```mlir
    rn.network @tiny(%image: tensor<?x3x32x32xui8>) {
      %0 = rn.normalize %image {mean = [0.5, 0.5, 0.5], std = [0.2, 0.2, 0.2]} : (tensor<?x3x32x32xui8>) -> tensor<?x3x32x32xf32>
      ...
      rn.return %5 : tensor<?x10xf32>
    }
    ```
    Each parameter name has one type in the whole network.

    A network of a training step has a second argument, the label of each image, and returns the losses:
    ```mlir
    rn.network @tiny(%image: tensor<?x3x32x32xui8>, %labels: tensor<?xi32>) { … }
    ```

    A signal of C x L is a map of C x 1 x L here, and its convolutions have filters of rank 3; `signal` says that the
    interface has rank 2. `train` keeps the settings of the language's train section; a choice such as
    `sgd(lr = 0.1)` is `{name = "sgd", lr = 0.1 : f64}`.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, UnitAttr:$signal, OptionalAttr<DictionaryAttr>:$train);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::BlockArgument getInput() { return getBody().getArgument(0); }
    /// Null in inference.
    ::mlir::Value getLabels() {
      return getBody().getNumArguments() > 1 ? ::mlir::Value(getBody().getArgument(1)) : ::mlir::Value();
    }
    /// What `rn.return` returns.
    ::mlir::Value getOutput();
  }];
}

def Rn_ReturnOp : Rn_Op<"return", [Pure, Terminator, HasParent<"NetworkOp">]> {
  let summary = "the network's result";
  let arguments = (ins Rn_Activation:$output);
  let assemblyFormat = "$output attr-dict `:` type($output)";
}

def Rn_ParameterOp : Rn_Op<"parameter", [Pure, DeclareOpInterfaceMethods<Rn_ParameterArithmeticInterface>]> {
  let summary = "a learnt tensor, by name";
  let description = [{
    `stable = false` says that the name holds ordinals of unlabelled layers, so that it changes when the text does.
    Training begins with `init` in every element; without it with normal numbers of variance 2 / fan in (He).
    Training gives a `frozen` one no gradient.

    ```mlir
    %w = rn.parameter "layer1.0.conv1.weight" : tensor<64x64x3x3xf32>
    ```
  }];
  let arguments = (ins StrAttr:$name, DefaultValuedAttr<BoolAttr, "true">:$stable, OptionalAttr<F64Attr>:$init,
    UnitAttr:$frozen);
  let results = (outs Rn_AnyParameter:$result);
  let assemblyFormat = "$name attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Rn_ResidualOp : Rn_Op<"residual", [RecursiveMemoryEffects, SingleBlock]> {
  let summary = "body(x) + shortcut(x)";
  let description = [{
    The identity shortcut yields its argument.

    ```mlir
    %1 = rn.residual %0 block "layer1.0" : tensor<?x64x56x56xf32> -> tensor<?x64x56x56xf32> {
    ^bb0(%a: tensor<?x64x56x56xf32>):
      ...
      rn.yield %3 : tensor<?x64x56x56xf32>
    } shortcut {
    ^bb0(%a: tensor<?x64x56x56xf32>):
      rn.yield %a : tensor<?x64x56x56xf32>
    }
    ```
  }];
  let arguments = (ins Rn_Activation:$input, StrAttr:$block);
  let results = (outs Rn_Activation:$result);
  let regions = (region SizedRegion<1>:$body, SizedRegion<1>:$shortcut);
  let assemblyFormat = [{
    $input `block` $block `:` type($input) `->` type($result) attr-dict-with-keyword $body `shortcut` $shortcut
  }];
  let hasRegionVerifier = 1;
}

def Rn_YieldOp : Rn_Op<"yield", [Pure, Terminator, HasParent<"ResidualOp">]> {
  let summary = "the result of a residual's body or shortcut";
  let arguments = (ins Rn_Activation:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

//===-- layers with parameters ---------------------------------------------===//

def Rn_Conv2dOp : Rn_Op<"conv2d", [Pure, AttrSizedOperandSegments, DeclareOpInterfaceMethods<Rn_EpilogueOpInterface>, Rn_Differentiable]> {
  let summary = "2-D cross-correlation with its epilogue";
  let description = [{
        y      = conv(input, filter) + bias[c] + residual
        first  = activation(y)
        second = affine_activation(scale[c] * first + shift[c])

    `strides` and `dilations` are height, width; `pads` are zeros on both sides, [height, width], or
    [top, left, bottom, right]. A filter of rank 3 has height 1.
    With a residual, `block` names the residual block whose end it is.
    One result is `first`, or `second` if there is `affine`; two results are both, in this order.

    ```mlir
    %sum, %next = rn.conv2d %x, %w bias(%b) residual(%skip) affine(%s, %t) pads [1, 1] affine_activation relu
        : (…) -> (tensor<?x64x56x56xf32>, tensor<?x64x56x56xf32>)
    ```
  }];
  let arguments = (ins Rn_Map:$input, Rn_Filter:$filter, Optional<Rn_PerChannel>:$bias, Optional<Rn_Map>:$residual,
    Optional<Rn_PerChannel>:$scale, Optional<Rn_PerChannel>:$shift, Rn_Ones:$strides, Rn_Zeros:$pads,
    Rn_Ones:$dilations, DefaultValuedAttr<I64Attr, "1">:$groups, Rn_NoActivation:$activation,
    Rn_NoActivation:$affine_activation, OptionalAttr<StrAttr>:$block);
  let results = (outs Variadic<Rn_Map>:$outputs);
  let assemblyFormat = [{
    $input `,` $filter (`bias` `(` $bias^ `)`)? (`residual` `(` $residual^ `)`)? (`affine` `(` $scale^ `,` $shift `)`)?
    (`strides` $strides^)? (`pads` $pads^)? (`dilations` $dilations^)? (`groups` $groups^)?
    (`activation` custom<Activation>($activation)^)? (`affine_activation` custom<Activation>($affine_activation)^)? (`block` $block^)?
    attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Rn_LinearOp : Rn_Op<"linear", [Pure, Rn_Differentiable]> {
  let summary = "weight x + bias";
  let arguments = (ins Rn_Vector:$input, Rn_Matrix:$weight, Optional<Rn_PerChannel>:$bias, Rn_NoActivation:$activation);
  let results = (outs Rn_Vector:$result);
  let assemblyFormat = [{
    $input `,` $weight (`bias` `(` $bias^ `)`)? (`activation` custom<Activation>($activation)^)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Rn_BatchNormOp : Rn_Op<"batch_norm", [Pure, Rn_Differentiable]> {
  let summary = "gamma * (x - mean) / sqrt(variance + eps) + beta, per channel";
  let description = [{
    Inference uses the running statistics; `momentum` belongs to training, which makes `rn.batch_norm_train` of it or,
    with frozen statistics, leaves it as it is and marks it `frozen`.
  }];
  let arguments = (ins Rn_Activation:$input, Rn_PerChannel:$gamma, Rn_PerChannel:$beta, Rn_PerChannel:$mean,
    Rn_PerChannel:$variance, DefaultValuedAttr<F64Attr, "1.0e-5">:$eps,
    DefaultValuedAttr<F64Attr, "0.1">:$momentum, UnitAttr:$frozen);
  let results = (outs Rn_Activation:$result);
  let assemblyFormat = [{
    $input `,` $gamma `,` $beta `,` $mean `,` $variance attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Rn_LayerNormOp : Rn_Op<"layer_norm", [Pure, Rn_Differentiable]> {
  let summary = "gamma[c] * (x - mean) / sqrt(variance + eps) + beta[c], mean and variance over the channels of a place";
  let arguments = (ins Rn_Activation:$input, Rn_PerChannel:$gamma, Rn_PerChannel:$beta,
    DefaultValuedAttr<F64Attr, "1.0e-5">:$eps);
  let results = (outs Rn_Activation:$result);
  let assemblyFormat = "$input `,` $gamma `,` $beta attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Rn_AffineOp : Rn_Op<"affine", [Pure, Rn_Differentiable]> {
  let summary = "activation(scale[c] * x + shift[c])";
  let arguments = (ins Rn_Activation:$input, Rn_PerChannel:$scale, Rn_PerChannel:$shift, Rn_NoActivation:$activation);
  let results = (outs Rn_Activation:$result);
  let assemblyFormat = [{
    $input `,` $scale `,` $shift (`activation` custom<Activation>($activation)^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

//===-- layers without parameters ------------------------------------------===//

def Rn_NormalizeOp : Rn_Op<"normalize", [Pure, Rn_Differentiable]> {
  let summary = "(x - mean[c]) / std[c]; a ui8 x is divided by 255 first";
  let arguments = (ins Rn_Input:$input, DenseF64ArrayAttr:$mean, DenseF64ArrayAttr:$std);
  let results = (outs Rn_Activation:$result);
  let assemblyFormat = "$input `mean` $mean `std` $std attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Rn_ActivationOp : Rn_Op<"activation", [Pure, Rn_Differentiable]> {
  let summary = "a function of each element; NaN stays NaN";
  let description = [{
    `#rn.activation` says what each function computes.

    ```mlir
    %1 = rn.activation %0 leaky_relu(0.01) : (tensor<?x64x56x56xf32>) -> tensor<?x64x56x56xf32>
    ```
  }];
  let arguments = (ins Rn_Activation:$input, Rn_ActivationAttr:$activation);
  let results = (outs Rn_Activation:$result);
  let assemblyFormat = "$input custom<Activation>($activation) attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

class Rn_PoolOp<string mnemonic, dag extra> : Rn_Op<mnemonic, [Pure, Rn_Differentiable]> {
  let description = [{
    `pads` as in `rn.conv2d`. With `ceil` a last window may stand out over the end if it begins before the padding
    there, as with PyTorch's ceil_mode.
  }];
  let arguments = !con((ins Rn_Map:$input, DenseI64ArrayAttr:$kernel, Rn_Ones:$strides, Rn_Zeros:$pads,
                        UnitAttr:$ceil), extra);
  let results = (outs Rn_Map:$result);
  let assemblyFormat = [{
    $input `kernel` $kernel (`strides` $strides^)? (`pads` $pads^)? (`ceil` $ceil^)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Rn_MaxPool2dOp : Rn_PoolOp<"max_pool2d", (ins)> {
  let summary = "maximum of each window; padding counts as -infinity, NaN wins";
}

def Rn_AvgPool2dOp : Rn_PoolOp<"avg_pool2d", (ins DefaultValuedAttr<BoolAttr, "true">:$count_include_pad)> {
  let summary = "mean of each window; divides by the window inside the padded map, or by what lies inside the map";
}

def Rn_GlobalAvgPoolOp : Rn_Op<"global_avg_pool", [Pure, Rn_Differentiable]> {
  let summary = "mean of each map: C x H x W -> C";
  let arguments = (ins Rn_Map:$input);
  let results = (outs Rn_Vector:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Rn_GlobalMaxPoolOp : Rn_Op<"global_max_pool", [Pure, Rn_Differentiable]> {
  let summary = "maximum of each map, NaN wins: C x H x W -> C";
  let arguments = (ins Rn_Map:$input);
  let results = (outs Rn_Vector:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Rn_FlattenOp : Rn_Op<"flatten", [Pure, Rn_Differentiable]> {
  let summary = "C x H x W -> C*H*W, in the order of NCHW";
  let arguments = (ins Rn_Activation:$input);
  let results = (outs Rn_Vector:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Rn_SoftmaxOp : Rn_Op<"softmax", [Pure, Rn_Differentiable]> {
  let summary = "exp(x[c]) / sum over c of exp(x[c])";
  let arguments = (ins Rn_Vector:$input);
  let results = (outs Rn_Vector:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

class Rn_DropOp<string mnemonic> : Rn_Op<mnemonic, [Pure]> {
  let description = "`elide-dropout` removes it before inference.";
  let arguments = (ins Rn_Activation:$input, F64Attr:$rate);
  let results = (outs Rn_Activation:$result);
  let assemblyFormat = "$input `rate` $rate attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Rn_DropoutOp : Rn_DropOp<"dropout"> {
  let summary = "x in inference; training drops elements";
}

def Rn_DropPathOp : Rn_DropOp<"drop_path"> {
  let summary = "x in inference; training drops whole images of the batch";
}

def Rn_MultiplyOp : Rn_Op<"multiply", [Pure, Rn_Differentiable]> {
  let summary = "x * gate, or x * (1 - gate) with `complement`";
  let description = [{
    The gate has the shape of x, or one pixel (a vector or a 1x1 map) for all pixels of x.

    ```mlir
    %1 = rn.multiply %0, %g complement : (tensor<?x64x56x56xf32>, tensor<?x64xf32>) -> tensor<?x64x56x56xf32>
    ```
  }];
  let arguments = (ins Rn_Activation:$input, Rn_Activation:$gate, UnitAttr:$complement);
  let results = (outs Rn_Activation:$result);
  let assemblyFormat = [{
    $input `,` $gate (`complement` $complement^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Rn_ConcatOp : Rn_Op<"concat", [Pure, Rn_Differentiable]> {
  let summary = "the channels of two or more maps or vectors behind each other";
  let arguments = (ins Variadic<Rn_Activation>:$inputs);
  let results = (outs Rn_Activation:$result);
  let assemblyFormat = "$inputs attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Rn_PadShortcutOp : Rn_Op<"pad_shortcut", [Pure, Rn_Differentiable]> {
  let summary = "option A of He et al. 2015: subsample the map, channels that are not there are zero";
  let arguments = (ins Rn_Activation:$input, Rn_Ones:$strides);
  let results = (outs Rn_Activation:$result);
  let assemblyFormat = "$input (`strides` $strides^)? attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Rn_AddOp : Rn_Op<"add", [Pure, AttrSizedOperandSegments, DeclareOpInterfaceMethods<Rn_EpilogueOpInterface>, Rn_Differentiable]> {
  let summary = "body + skip, with an epilogue";
  let description = [{
        first  = activation(body + skip)
        second = affine_activation(scale[c] * first + shift[c])

    What `flatten-residuals` makes of a residual; `block` names that residual.
  }];
  let arguments = (ins Rn_Activation:$body, Rn_Activation:$skip, Optional<Rn_PerChannel>:$scale,
    Optional<Rn_PerChannel>:$shift, Rn_NoActivation:$activation, Rn_NoActivation:$affine_activation,
    OptionalAttr<StrAttr>:$block);
  let results = (outs Variadic<Rn_Activation>:$outputs);
  let assemblyFormat = [{
    $body `,` $skip (`affine` `(` $scale^ `,` $shift `)`)? (`activation` custom<Activation>($activation)^)?
    (`affine_activation` custom<Activation>($affine_activation)^)? (`block` $block^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Rn_ToLayoutOp : Rn_Op<"to_layout", [Pure]> {
  let summary = "the same values in another layout";
  let description = "Input and result differ in their `#rn.layout` alone. A tensor without one is planar without border.";
  let arguments = (ins Rn_Activation:$input);
  let results = (outs Rn_Activation:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
  let hasVerifier = 1;
}

//===-- arithmetic on parameters -------------------------------------------===//

class Rn_ParameterArithmeticOp<string mnemonic, list<Trait> traits = []>
    : Rn_Op<mnemonic, !listconcat([Pure, DeclareOpInterfaceMethods<Rn_ParameterArithmeticInterface>], traits)>;

def Rn_BnScaleOp : Rn_ParameterArithmeticOp<"bn_scale", [SameOperandsAndResultType]> {
  let summary = "gamma / sqrt(variance + eps)";
  let arguments = (ins Rn_PerChannel:$gamma, Rn_PerChannel:$variance, F64Attr:$eps);
  let results = (outs Rn_PerChannel:$result);
  let assemblyFormat = "$gamma `,` $variance `eps` $eps attr-dict `:` type($result)";
}

def Rn_BnShiftOp : Rn_ParameterArithmeticOp<"bn_shift", [SameOperandsAndResultType]> {
  let summary = "beta - mean * scale, + bias * scale with a bias";
  let arguments = (ins Rn_PerChannel:$beta, Rn_PerChannel:$mean, Rn_PerChannel:$scale, Optional<Rn_PerChannel>:$bias);
  let results = (outs Rn_PerChannel:$result);
  let assemblyFormat = "$beta `,` $mean `,` $scale (`bias` `(` $bias^ `)`)? attr-dict `:` type($result)";
}

def Rn_ScaleFilterOp : Rn_ParameterArithmeticOp<"scale_filter", [AllTypesMatch<["filter", "result"]>]> {
  let summary = "filter[o, ...] * scale[o]: rank 3 or 4 of a convolution, rank 2 of a linear layer";
  let arguments = (ins Rn_AnyParameter:$filter, Rn_PerChannel:$scale);
  let results = (outs Rn_AnyParameter:$result);
  let assemblyFormat = "$filter `,` $scale attr-dict `:` type($filter) `,` type($scale)";
  let hasVerifier = 1;
}

def Rn_FillOp : Rn_ParameterArithmeticOp<"fill"> {
  let summary = "one number for every channel";
  let arguments = (ins F64Attr:$value);
  let results = (outs Rn_PerChannel:$result);
  let assemblyFormat = "$value attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Rn_BroadcastOp : Rn_ParameterArithmeticOp<"broadcast", [Rn_Differentiable]> {
  let summary = "the one element of a parameter for every channel";
  let arguments = (ins Rn_PerChannel:$input);
  let results = (outs Rn_PerChannel:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

#endif // RESNETC_COMPILER_IR_RN_RNOPS
