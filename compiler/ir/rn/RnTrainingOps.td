//===- RnTrainingOps.td - the ops that only a training step has -----------===//
//
// Batch statistics, the loss, and for each layer what brings a gradient from its
// result to its operands. `differentiate` makes them.
//
//===----------------------------------------------------------------------===//

#ifndef RESNETC_COMPILER_IR_RN_RNTRAININGOPS
#define RESNETC_COMPILER_IR_RN_RNTRAININGOPS

include "compiler/ir/rn/RnOps.td"

/// Of windowed ops: those of the layer.
class Rn_GradientOp<string mnemonic, list<Trait> traits = []> : Rn_Op<mnemonic, !listconcat([Pure], traits)> {
  let hasVerifier = 1;
}

//===-- the ends of a step -------------------------------------------------===//

def Rn_CrossEntropyOp : Rn_GradientOp<"cross_entropy", [Rn_Differentiable]> {
  let summary = "each image's part of the loss, and the loss's gradient";
  let description = [{
    torch.nn.CrossEntropyLoss(weight, label_smoothing) with reduction 'mean' over the valid images of the batch:
    the losses are divided already, so that their sum is the loss; those of images that are not valid are zero, as
    are their rows of the gradient.

    A step may give each image a second label, with one share `mix` for all of them (mixup, Zhang et al. 2018):
    loss = mix * CE(labels) + (1 - mix) * CE(second labels), each a mean of its own. Neither is an operand: they come
    with the labels, and most steps have none.

    ```mlir
    %losses, %gradient = rn.cross_entropy %logits, %labels {smoothing = 0.1 : f64}
        : (tensor<?x10xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x10xf32>)
    ```
  }];
  let arguments = (ins Rn_Vector:$logits, Rn_Labels:$labels, DefaultValuedAttr<F64Attr, "0.0">:$smoothing,
    OptionalAttr<DenseF64ArrayAttr>:$class_weights);
  let results = (outs Rn_Losses:$losses, Rn_Vector:$gradient);
  let assemblyFormat = "$logits `,` $labels attr-dict `:` functional-type(operands, results)";
}

def Rn_GradientOfOp : Rn_Op<"gradient", [MemoryEffects<[MemWrite]>]> {
  let summary = "the gradient of a parameter, by the parameter's name";
  let description = "Each parameter that is trained has one.";
  let arguments = (ins Rn_AnyParameter:$gradient, StrAttr:$name);
  let assemblyFormat = "$gradient $name attr-dict `:` type($gradient)";
}

def Rn_ProbeOp : Rn_Op<"probe", [MemoryEffects<[MemWrite]>]> {
  let summary = "keep the sum of squares of a value, for those who watch a training";
  let description = [{
    Of the residual `block`: what its branch and its skip add, or the gradient of the losses in their sum. Up to
    `differentiate` a probe of a gradient reads the value that the gradient is of. A value that is read here is stored:
    nothing that makes it is fused with what reads it.

    ```mlir
    rn.probe %1 branch "layer1.0" : tensor<?x16x8x8xf32>
    ```
  }];
  let arguments = (ins Rn_Activation:$value, Rn_ProbeKindAttr:$kind, StrAttr:$block);
  let assemblyFormat = "$value $kind $block attr-dict `:` type($value)";
}

def Rn_UpdateStatisticsOp : Rn_Op<"update_statistics", [MemoryEffects<[MemWrite]>]> {
  let summary = "running = (1 - momentum) * running + momentum * statistic; the unbiased variance";
  let description = "Of `x`, what the statistics are of, only the extents are needed: they say how many values a channel has.";
  let arguments = (ins Rn_PerChannel:$mean, Rn_PerChannel:$variance, Rn_Activation:$x, StrAttr:$mean_name,
    StrAttr:$variance_name, DefaultValuedAttr<F64Attr, "0.1">:$momentum);
  let assemblyFormat = "$mean `,` $variance `,` $x attr-dict `:` type(operands)";
  let hasVerifier = 1;
}

//===-- batch norm ---------------------------------------------------------===//

def Rn_BatchNormTrainOp : Rn_GradientOp<"batch_norm_train", [Rn_Differentiable]> {
  let summary = "activation(gamma * (x - mean) / sqrt(variance + eps) + beta + residual) by the batch's own statistics";
  let description = [{
    Mean and biased variance of each channel, over the pixels of the valid images, are results too.

    ```mlir
    %y, %mean, %variance = rn.batch_norm_train %x, %gamma, %beta residual(%skip) activation relu
        : (…) -> (tensor<?x64x8x8xf32>, tensor<64xf32>, tensor<64xf32>)
    ```
  }];
  let arguments = (ins Rn_Activation:$input, Rn_PerChannel:$gamma, Rn_PerChannel:$beta,
    Optional<Rn_Activation>:$residual, Rn_NoActivation:$activation, DefaultValuedAttr<F64Attr, "1.0e-5">:$eps);
  let results = (outs Rn_Activation:$result, Rn_PerChannel:$mean, Rn_PerChannel:$variance);
  let assemblyFormat = [{
    $input `,` $gamma `,` $beta (`residual` `(` $residual^ `)`)? (`activation` custom<Activation>($activation)^)?
    attr-dict `:` functional-type(operands, results)
  }];
}

def Rn_BatchNormGradientOp : Rn_GradientOp<"batch_norm_gradient", [AttrSizedOperandSegments]> {
  let summary = "the backward pass of a batch norm";
  let description = [{
    Exactly through mean and variance of the valid images; with `frozen` both are constants. With `masked` dy is
    multiplied by the activation's derivative first, which `output`, the activation's result, tells; a fourth result
    is that product: the gradient of what was added to the batch norm. `residual` is added to dx.

    ```mlir
    %dx, %dgamma, %dbeta, %dskip = rn.batch_norm_gradient %dy, %x, %gamma, %mean, %variance masked(%y) activation relu
        : (…) -> (tensor<?x64x8x8xf32>, tensor<64xf32>, tensor<64xf32>, tensor<?x64x8x8xf32>)
    ```
  }];
  let arguments = (ins Rn_Activation:$dy, Rn_Activation:$x, Rn_PerChannel:$gamma, Rn_PerChannel:$mean,
    Rn_PerChannel:$variance, Optional<Rn_Activation>:$output, Optional<Rn_Activation>:$residual,
    Rn_NoActivation:$activation, DefaultValuedAttr<F64Attr, "1.0e-5">:$eps, UnitAttr:$frozen);
  let results = (outs Rn_Activation:$dx, Rn_PerChannel:$dgamma, Rn_PerChannel:$dbeta,
    Optional<Rn_Activation>:$masked_dy);
  let assemblyFormat = [{
    $dy `,` $x `,` $gamma `,` $mean `,` $variance (`masked` `(` $output^ `)`)?
    (`activation` custom<Activation>($activation)^)? (`residual` `(` $residual^ `)`)? (`frozen` $frozen^)? attr-dict
    `:` functional-type(operands, results)
  }];
}

//===-- convolutions and linear layers -------------------------------------===//

def Rn_Conv2dInputGradientOp : Rn_GradientOp<"conv2d_input_gradient"> {
  let summary = "what rn.conv2d's adjoint makes of dy, + residual";
  let description = "Strides, pads, dilations and groups are those of the layer.";
  let arguments = (ins Rn_Map:$dy, Rn_Filter:$filter, Optional<Rn_Map>:$residual, Rn_Ones:$strides, Rn_Zeros:$pads,
    Rn_Ones:$dilations, DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs Rn_Map:$dx);
  let assemblyFormat = [{
    $dy `,` $filter (`residual` `(` $residual^ `)`)? (`strides` $strides^)? (`pads` $pads^)?
    (`dilations` $dilations^)? (`groups` $groups^)? attr-dict `:` functional-type(operands, results)
  }];
}

def Rn_Conv2dFilterGradientOp : Rn_GradientOp<"conv2d_filter_gradient"> {
  let summary = "the gradient of a convolution's filter";
  let arguments = (ins Rn_Map:$x, Rn_Map:$dy, Rn_Ones:$strides, Rn_Zeros:$pads, Rn_Ones:$dilations,
    DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs Rn_Filter:$dfilter);
  let assemblyFormat = [{
    $x `,` $dy (`strides` $strides^)? (`pads` $pads^)? (`dilations` $dilations^)? (`groups` $groups^)? attr-dict
    `:` functional-type(operands, results)
  }];
}

def Rn_LinearInputGradientOp : Rn_GradientOp<"linear_input_gradient"> {
  let summary = "transposed weight dy, + residual";
  let arguments = (ins Rn_Vector:$dy, Rn_Matrix:$weight, Optional<Rn_Vector>:$residual);
  let results = (outs Rn_Vector:$dx);
  let assemblyFormat = [{
    $dy `,` $weight (`residual` `(` $residual^ `)`)? attr-dict `:` functional-type(operands, results)
  }];
}

def Rn_LinearWeightGradientOp : Rn_GradientOp<"linear_weight_gradient"> {
  let summary = "sum over the batch of dy[o] * x[i]";
  let arguments = (ins Rn_Vector:$x, Rn_Vector:$dy);
  let results = (outs Rn_Matrix:$dweight);
  let assemblyFormat = "$x `,` $dy attr-dict `:` functional-type(operands, results)";
}

//===-- parameters of one value a channel ----------------------------------===//

def Rn_ChannelSumOp : Rn_GradientOp<"channel_sum"> {
  let summary = "sum over batch and pixels of dy, or of dy * x: the gradient of a summand, of a factor";
  let arguments = (ins Rn_Activation:$dy, Optional<Rn_Activation>:$x);
  let results = (outs Rn_PerChannel:$result);
  let assemblyFormat = "$dy (`times` `(` $x^ `)`)? attr-dict `:` functional-type(operands, results)";
}

def Rn_SumChannelsOp : Rn_Op<"sum_channels", [Pure]> {
  let summary = "the sum of a vector: the gradient of what rn.broadcast reads";
  let arguments = (ins Rn_PerChannel:$input);
  let results = (outs Rn_One:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

//===-- layers without parameters ------------------------------------------===//

def Rn_ActivationGradientOp : Rn_GradientOp<"activation_gradient"> {
  let summary = "dy times the activation's derivative";
  let description = [{
    `saved` is the activation's result with `of_output`, which is possible for relu, relu6, leaky_relu with a positive
    slope, elu with a positive alpha, sigmoid, tanh, hard_sigmoid and hard_tanh; else its input. At a kink the
    derivative is PyTorch's: that of the lower, flat side.

    ```mlir
    %dx = rn.activation_gradient %dy, %y relu of_output : (…) -> tensor<?x64x8x8xf32>
    ```
  }];
  let arguments = (ins Rn_Activation:$dy, Rn_Activation:$saved, Rn_ActivationAttr:$activation, UnitAttr:$of_output);
  let results = (outs Rn_Activation:$dx);
  let assemblyFormat = [{
    $dy `,` $saved custom<Activation>($activation) (`of_output` $of_output^)? attr-dict
    `:` functional-type(operands, results)
  }];
}

def Rn_MaxPool2dGradientOp : Rn_GradientOp<"max_pool2d_gradient"> {
  let summary = "dy goes to the first maximum of its window, in row-major order";
  let arguments = (ins Rn_Map:$dy, Rn_Map:$x, Rn_Map:$y, DenseI64ArrayAttr:$kernel, Rn_Ones:$strides, Rn_Zeros:$pads,
    UnitAttr:$ceil);
  let results = (outs Rn_Map:$dx);
  let assemblyFormat = [{
    $dy `,` $x `,` $y `kernel` $kernel (`strides` $strides^)? (`pads` $pads^)? (`ceil` $ceil^)? attr-dict
    `:` functional-type(operands, results)
  }];
}

def Rn_AvgPool2dGradientOp : Rn_GradientOp<"avg_pool2d_gradient"> {
  let summary = "each element of a window gets its share of dy";
  let arguments = (ins Rn_Map:$dy, DenseI64ArrayAttr:$kernel, Rn_Ones:$strides, Rn_Zeros:$pads, UnitAttr:$ceil,
    DefaultValuedAttr<BoolAttr, "true">:$count_include_pad);
  let results = (outs Rn_Map:$dx);
  let assemblyFormat = [{
    $dy `kernel` $kernel (`strides` $strides^)? (`pads` $pads^)? (`ceil` $ceil^)? attr-dict
    `:` functional-type(operands, results)
  }];
}

def Rn_GlobalAvgPoolGradientOp : Rn_GradientOp<"global_avg_pool_gradient"> {
  let summary = "every pixel gets dy / pixels";
  let arguments = (ins Rn_Vector:$dy);
  let results = (outs Rn_Map:$dx);
  let assemblyFormat = "$dy attr-dict `:` functional-type(operands, results)";
}

def Rn_GlobalMaxPoolGradientOp : Rn_GradientOp<"global_max_pool_gradient"> {
  let summary = "dy goes to the first maximum of its map, in row-major order";
  let arguments = (ins Rn_Vector:$dy, Rn_Map:$x, Rn_Vector:$y);
  let results = (outs Rn_Map:$dx);
  let assemblyFormat = "$dy `,` $x `,` $y attr-dict `:` functional-type(operands, results)";
}

def Rn_GateGradientOp : Rn_GradientOp<"gate_gradient"> {
  let summary = "dy * x, summed over the pixels if the gate is one; negated with `complement`";
  let arguments = (ins Rn_Activation:$dy, Rn_Activation:$x, UnitAttr:$complement);
  let results = (outs Rn_Activation:$dgate);
  let assemblyFormat = [{
    $dy `,` $x (`complement` $complement^)? attr-dict `:` functional-type(operands, results)
  }];
}

def Rn_ChannelSliceOp : Rn_GradientOp<"channel_slice"> {
  let summary = "the channels from `first` on, as many as the result has";
  let arguments = (ins Rn_Activation:$input, I64Attr:$first);
  let results = (outs Rn_Activation:$result);
  let assemblyFormat = "$input `first` $first attr-dict `:` functional-type(operands, results)";
}

def Rn_PadShortcutGradientOp : Rn_GradientOp<"pad_shortcut_gradient"> {
  let summary = "dy to the pixels that were taken, zero to the others; added channels have no gradient";
  let arguments = (ins Rn_Activation:$dy, Rn_Ones:$strides);
  let results = (outs Rn_Activation:$dx);
  let assemblyFormat = "$dy (`strides` $strides^)? attr-dict `:` functional-type(operands, results)";
}

def Rn_UnflattenOp : Rn_GradientOp<"unflatten", [Rn_Differentiable]> {
  let summary = "C*H*W -> C x H x W, in the order of NCHW";
  let arguments = (ins Rn_Vector:$input);
  let results = (outs Rn_Activation:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
}

def Rn_LayerNormGradientOp : Rn_GradientOp<"layer_norm_gradient"> {
  let summary = "the gradient of a layer norm's input, and the normalised input";
  let description = [{
    The gradients of gamma and beta are `rn.channel_sum %dy times(%normalized)` and `rn.channel_sum %dy`.
  }];
  let arguments = (ins Rn_Activation:$dy, Rn_Activation:$x, Rn_PerChannel:$gamma,
    DefaultValuedAttr<F64Attr, "1.0e-5">:$eps);
  let results = (outs Rn_Activation:$dx, Rn_Activation:$normalized);
  let assemblyFormat = "$dy `,` $x `,` $gamma attr-dict `:` functional-type(operands, results)";
}

def Rn_SoftmaxGradientOp : Rn_GradientOp<"softmax_gradient"> {
  let summary = "y[c] * (dy[c] - sum over k of dy[k] * y[k])";
  let arguments = (ins Rn_Vector:$dy, Rn_Vector:$y);
  let results = (outs Rn_Vector:$dx);
  let assemblyFormat = "$dy `,` $y attr-dict `:` functional-type(operands, results)";
}

def Rn_RandomDropOp : Rn_GradientOp<"random_drop", [Rn_Differentiable]> {
  let summary = "x * mask / (1 - rate), mask of zeros and ones";
  let description = [{
    The mask holds a zero with probability `rate`, for each element or, with `per_image`, for each image. It is a
    function of seed and number of the step, `stream` (the layer's), image and element alone (compiler/kernels/Philox.h),
    so that the op applied to dy is its own gradient.

    ```mlir
    %1 = rn.random_drop %0 rate 0.5 stream 17 : (tensor<?x64xf32>) -> tensor<?x64xf32>
    ```
  }];
  let arguments = (ins Rn_Activation:$input, F64Attr:$rate, I64Attr:$stream, UnitAttr:$per_image);
  let results = (outs Rn_Activation:$result);
  let assemblyFormat = [{
    $input `rate` $rate `stream` $stream (`per_image` $per_image^)? attr-dict `:` functional-type(operands, results)
  }];
}

#endif // RESNETC_COMPILER_IR_RN_RNTRAININGOPS
