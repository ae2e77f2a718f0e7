//===- Passes.td - the passes over rn, in the order of the pipeline -------===//

#ifndef RESNETC_COMPILER_PASSES_RN_PASSES
#define RESNETC_COMPILER_PASSES_RN_PASSES

include "mlir/Pass/PassBase.td"

def ElideDropout : Pass<"elide-dropout", "::resnetc::rn::NetworkOp"> {
  let summary = "dropout and drop-path are the identity in inference";
  let description = [{
    Needs: nothing. Afterwards no `rn.dropout` and no `rn.drop_path` is left, so that what lies before and behind one
    can be fused.
    ```mlir
    %1 = rn.dropout %0 rate 0.5 : …
    %2 = rn.activation %1 relu : …
    ```
    ==>
    ```mlir
    %2 = rn.activation %0 relu : …
    ```
  }];
}

def FoldBatchNorm : Pass<"fold-batch-norm", "::resnetc::rn::NetworkOp"> {
  let summary = "multiply batch norms into the filters before them";
  let description = [{
    Needs: nothing. Afterwards no `rn.batch_norm` is left. The values stay symbols (`rn.bn_scale`, `rn.bn_shift`,
    `rn.scale_filter`), so that the same object can be given other weights.

    A batch norm whose input is a convolution or linear layer that nobody else reads:
    ```mlir
    %1 = rn.conv2d %0, %w : …
    %2 = rn.batch_norm %1, %gamma, %beta, %mean, %var : …
    ```
    ==>
    ```mlir
    %s  = rn.bn_scale %gamma, %var eps 1.0e-05 : tensor<64xf32>
    %ws = rn.scale_filter %w, %s : tensor<64x3x3x3xf32>, tensor<64xf32>
    %b  = rn.bn_shift %beta, %mean, %s : tensor<64xf32>
    %2  = rn.conv2d %0, %ws bias(%b) : …
    ```
    Any other batch norm (full pre-activation):
    ```mlir
    %2 = rn.batch_norm %1, %gamma, %beta, %mean, %var : …
    ```
    ==>
    ```mlir
    %s = rn.bn_scale %gamma, %var eps 1.0e-05 : tensor<64xf32>
    %t = rn.bn_shift %beta, %mean, %s : tensor<64xf32>
    %2 = rn.affine %1, %s, %t : …
    ```
    It is never folded into the convolution after it: that one pads with zeros, which the shift would have to reach.
  }];
}

def FlattenResiduals : Pass<"flatten-residuals", "::resnetc::rn::NetworkOp"> {
  let summary = "residual regions become a sequence that ends with rn.add";
  let description = [{
    Needs: nothing. Afterwards no `rn.residual` is left. The shortcut comes first, so that the body's last op can take
    its result as an operand.
    ```mlir
    %1 = rn.residual %0 block "layer1.0" : … {
    ^bb0(%a: …):
      %2 = rn.conv2d %a, %w : …
      rn.yield %2 : …
    } shortcut {
    ^bb0(%a: …):
      rn.yield %a : …
    }
    ```
    ==>
    ```mlir
    %2 = rn.conv2d %0, %w : …
    %1 = rn.add %2, %0 block "layer1.0" : …
    ```
  }];
}

def FuseSkipAdd : Pass<"fuse-skip-add", "::resnetc::rn::NetworkOp"> {
  let summary = "the last convolution of a body adds the skip itself";
  let description = [{
    Needs flatten-residuals. An `rn.add` one of whose sides is a convolution without epilogue (bias apart) that nobody
    else reads becomes that convolution's residual operand; the body's convolution if both sides are.
    ```mlir
    %2 = rn.conv2d %1, %w bias(%b) : …
    %3 = rn.add %2, %0 block "layer1.0" : …
    ```
    ==>
    ```mlir
    %3 = rn.conv2d %1, %w bias(%b) residual(%0) block "layer1.0" : …
    ```
  }];
}

def FuseActivation : Pass<"fuse-activation", "::resnetc::rn::NetworkOp"> {
  let summary = "activations and affine ops become the epilogue of the op before them";
  let description = [{
    Needs fold-batch-norm and fuse-skip-add. An activation that alone reads its input:
    ```mlir
    %1 = rn.conv2d %0, %w bias(%b) residual(%skip) : …
    %2 = rn.activation %1 relu : …
    ```
    ==>
    ```mlir
    %2 = rn.conv2d %0, %w bias(%b) residual(%skip) activation relu : …
    ```
    The pre-activation of the next block, where the sum is needed too (it is the next skip):
    ```mlir
    %1 = rn.conv2d %0, %w residual(%skip) : …
    %2 = rn.affine %1, %s, %t activation relu : …
    ```
    ==>
    ```mlir
    %1, %2 = rn.conv2d %0, %w residual(%skip) affine(%s, %t) affine_activation relu : …
    ```
    If nobody else reads `%1` there is one result, `%2`. The parameters move before the convolution.
  }];
}

def SelectLayout : Pass<"select-layout", "::resnetc::rn::NetworkOp"> {
  let summary = "every activation gets its order and its border";
  let description = [{
    Needs flatten-residuals; afterwards every activation has an `#rn.layout`.

    Everything is blocked16, except: the network's input and result, planar without border; the normalised input while
    it has fewer than 16 channels and convolutions alone read it (they read planar and write blocked16); and what
    `rn.flatten` needs: a map of more than one pixel, and the vector it makes, are planar, because the weights of the
    layer behind it are in the order of NCHW. An input without `rn.normalize` gets an entry `rn.to_layout`, the result
    an exit one.

    The border of a map is the largest padding of the convolutions that read it. Pools need none. Residual operands
    and the sum that may overwrite them have one border, the largest.
    ```mlir
    %0 = rn.normalize %image … : (tensor<?x3x8x8xui8>) -> tensor<?x3x8x8xf32>
    %1 = rn.conv2d %0, %w pads [1, 1] : (tensor<?x3x8x8xf32>, …) -> tensor<?x16x8x8xf32>
    %2 = rn.global_avg_pool %1 : (tensor<?x16x8x8xf32>) -> tensor<?x16xf32>
    rn.return %2 : tensor<?x16xf32>
    ```
    ==>
    ```mlir
    %0 = rn.normalize %image … : (…) -> tensor<?x3x8x8xf32, #rn.layout<planar, border = 1>>
    %1 = rn.conv2d %0, %w pads [1, 1] : (…) -> tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 0>>
    %2 = rn.global_avg_pool %1 : (…) -> tensor<?x16xf32, #rn.layout<blocked16, border = 0>>
    %3 = rn.to_layout %2 : (…) -> tensor<?x16xf32, #rn.layout<planar, border = 0>>
    rn.return %3 : tensor<?x16xf32, #rn.layout<planar, border = 0>>
    ```
  }];
}

//===-- training -----------------------------------------------------------===//

def PrepareTraining : Pass<"prepare-training", "::resnetc::rn::NetworkOp"> {
  let summary = "the forward pass as training computes it, up to the losses";
  let description = [{
    Needs flatten-residuals. Afterwards the network has labels and returns losses: the `loss` of its `train`
    attribute, or plain cross entropy, of the scores before the softmax that may end it.
    ```mlir
    rn.network @net(%image: …) {
      %1 = rn.batch_norm %0, %gamma, %beta, %m, %v : …
      %2 = rn.dropout %1 rate 0.5 : …
      %3 = rn.softmax %2 : …
      rn.return %3 : tensor<?x10xf32>
    }
    ```
    ==>
    ```mlir
    rn.network @net(%image: …, %labels: tensor<?xi32>) {
      %1, %mean, %variance = rn.batch_norm_train %0, %gamma, %beta : …
      rn.update_statistics %mean, %variance, %0 {mean_name = "bn.running_mean", variance_name = "bn.running_var"} : …
      %2 = rn.random_drop %1 rate 0.5 stream -7286425919675154353 : …
      %losses, %gradient = rn.cross_entropy %2, %labels : …
      rn.return %losses : tensor<?x1xf32>
    }
    ```
    With `freeze-batch-norm` batch norms stay as they are, marked `frozen`. `rn.drop_path` drops images. The stream is
    a hash of the layer's name. With `zero_init_residual` in the train section the batch norm that ends a residual's body
    begins with `init = 0`.

    `frozen` holds prefixes of names that end where a name has a '.' or ends (`layer1`, `bn1.weight`): these parameters
    are marked `frozen`, and a batch norm of such running statistics stays as it is, likewise. A prefix of no parameter
    is an error, as is nothing left to train. `probes` puts `rn.probe` before each `rn.add` of a residual, for branch and
    skip, and one of the sum's gradient behind it.

    A batch norm of one value a channel (a batch of one image, maps of one pixel) is an error.
  }];
  let options = [
    Option<"freezeBatchNorm", "freeze-batch-norm", "bool", "false", "batch norms use their running statistics">,
    Option<"batch", "batch", "int64_t", "0", "images a step, if not what the train section says">,
    ListOption<"frozen", "frozen", "std::string", "prefixes of names of parameters that are not trained">,
    Option<"probes", "probes", "bool", "false", "measure each residual's branch, skip and gradient">
  ];
}

def Differentiate : Pass<"differentiate", "::resnetc::rn::NetworkOp"> {
  let summary = "append the backward pass: the gradient of every parameter";
  let description = [{
    Needs prepare-training, and nothing fused. A reverse walk that knows no op: each op's `DifferentiableOp` rule
    (compiler/ir/rn/gradients) makes the gradients of its operands. Only values that depend on a parameter get one; a
    value with several readers gets the sum (`rn.add`) of what they send back. An op without a rule on the way from a
    parameter to the losses is an error. Parameters that are `frozen` count as constants, so that no gradient goes below the
    lowest that is trained. A probe of a gradient gets that gradient; where there is none, it goes.
    ```mlir
    %1 = rn.linear %0, %w : …
    %losses, %gradient = rn.cross_entropy %1, %labels : …
    rn.return %losses : …
    ```
    ==>
    ```mlir
    %1 = rn.linear %0, %w : …
    %losses, %gradient = rn.cross_entropy %1, %labels : …
    %2 = rn.linear_weight_gradient %0, %gradient : …
    rn.gradient %2 "fc.weight" : …
    rn.return %losses : …
    ```
  }];
}

def FuseBatchNorm : Pass<"fuse-batch-norm", "::resnetc::rn::NetworkOp"> {
  let summary = "a batch norm of training adds the skip and activates as it stores";
  let description = [{
    Needs differentiate. An `rn.add` or an activation that alone reads a batch norm becomes part of it. Nobody else
    reads the value between them if the activation's gradient is told by its result; where it is not (silu, …) the
    backward pass reads that value, so it stays. The updates of running statistics go behind.
    ```mlir
    %1, %mean, %variance = rn.batch_norm_train %0, %gamma, %beta : …
    rn.update_statistics %mean, %variance, %0 … : …
    %2 = rn.add %1, %skip block "layer1.0" : …
    %3 = rn.activation %2 relu : …
    ```
    ==>
    ```mlir
    %3, %mean, %variance = rn.batch_norm_train %0, %gamma, %beta residual(%skip) activation relu : …
    rn.update_statistics %mean, %variance, %0 … : …
    ```
    Of two batch norms that are added the body's takes the sum.
  }];
}

def FuseActivationGradient : Pass<"fuse-activation-gradient", "::resnetc::rn::NetworkOp"> {
  let summary = "a batch norm's backward pass masks its gradient itself";
  let description = [{
    Needs differentiate. If the first reader of an `rn.activation_gradient … of_output` is an `rn.batch_norm_gradient`,
    that one multiplies; other readers get the product as its fourth result: the gradient of the skip.
    ```mlir
    %1 = rn.activation_gradient %dy, %y relu of_output : …
    %dx, %dgamma, %dbeta = rn.batch_norm_gradient %1, %x, %gamma, %mean, %variance : …
    %2 = rn.add %1, %other : …
    ```
    ==>
    ```mlir
    %dx, %dgamma, %dbeta, %1 = rn.batch_norm_gradient %dy, %x, %gamma, %mean, %variance masked(%y) activation relu : …
    %2 = rn.add %1, %other : …
    ```
  }];
}

def FuseGradientSum : Pass<"fuse-gradient-sum", "::resnetc::rn::NetworkOp"> {
  let summary = "gradients of inputs add what a value's other readers send back";
  let description = [{
    Needs differentiate; after fuse-activation-gradient, so that both see the same readers. A sum one of whose sides is
    a convolution's, linear layer's or batch norm's input gradient that nobody else reads becomes its residual; the later
    one if both are.
    ```mlir
    %1 = rn.conv2d_input_gradient %dy, %w : …
    %2 = rn.add %skip, %1 : …
    ```
    ==>
    ```mlir
    %2 = rn.conv2d_input_gradient %dy, %w residual(%skip) : …
    ```
  }];
}

#endif // RESNETC_COMPILER_PASSES_RN_PASSES
