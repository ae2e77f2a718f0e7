// RUN: %rn-opt %s --pass-pipeline="builtin.module(rn.network(fold-batch-norm))" --split-input-file | FileCheck %s

// A convolution before: its filter is scaled, its bias is the shift.
// CHECK-LABEL: rn.network @after_conv
// CHECK: %[[W:.*]] = rn.parameter "c.weight"
// CHECK: %[[G:.*]] = rn.parameter "n.weight"
// CHECK: %[[B:.*]] = rn.parameter "n.bias"
// CHECK: %[[MEAN:.*]] = rn.parameter "n.running_mean"
// CHECK: %[[V:.*]] = rn.parameter "n.running_var"
// CHECK: %[[S:.*]] = rn.bn_scale %[[G]], %[[V]] eps 1.000000e-05 : tensor<16xf32>
// CHECK: %[[WS:.*]] = rn.scale_filter %[[W]], %[[S]] : tensor<16x16x3x3xf32>, tensor<16xf32>
// CHECK: %[[T:.*]] = rn.bn_shift %[[B]], %[[MEAN]], %[[S]] : tensor<16xf32>
// CHECK: %[[R:.*]] = rn.conv2d %arg0, %[[WS]] bias(%[[T]]) pads [1, 1] :
// CHECK-NOT: rn.batch_norm
// CHECK: rn.return %[[R]]
rn.network @after_conv(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
  %0 = rn.conv2d %x, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %ng = rn.parameter "n.weight" : tensor<16xf32>
  %nb = rn.parameter "n.bias" : tensor<16xf32>
  %nm = rn.parameter "n.running_mean" : tensor<16xf32>
  %nv = rn.parameter "n.running_var" : tensor<16xf32>
  %1 = rn.batch_norm %0, %ng, %nb, %nm, %nv : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  rn.return %1 : tensor<?x16x8x8xf32>
}

// -----

// A bias is scaled too, and eps is the layer's own.
// CHECK-LABEL: rn.network @after_conv_with_bias
// CHECK: %[[BIAS:.*]] = rn.parameter "c.bias"
// CHECK: rn.bn_scale %{{.*}} eps 1.000000e-03
// CHECK: %[[T:.*]] = rn.bn_shift %{{.*}} bias(%[[BIAS]]) : tensor<16xf32>
// CHECK: rn.conv2d %arg0, %{{.*}} bias(%[[T]]) strides [2, 2] pads [1, 1] groups 2 :
rn.network @after_conv_with_bias(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x8x3x3xf32>
  %cb = rn.parameter "c.bias" : tensor<16xf32>
  %0 = rn.conv2d %x, %c bias(%cb) strides [2, 2] pads [1, 1] groups 2 : (tensor<?x16x8x8xf32>, tensor<16x8x3x3xf32>, tensor<16xf32>) -> tensor<?x16x4x4xf32>
  %ng = rn.parameter "n.weight" : tensor<16xf32>
  %nb = rn.parameter "n.bias" : tensor<16xf32>
  %nm = rn.parameter "n.running_mean" : tensor<16xf32>
  %nv = rn.parameter "n.running_var" : tensor<16xf32>
  %1 = rn.batch_norm %0, %ng, %nb, %nm, %nv {eps = 1.0e-3} : (tensor<?x16x4x4xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x4x4xf32>
  rn.return %1 : tensor<?x16x4x4xf32>
}

// -----

// A linear layer before.
// CHECK-LABEL: rn.network @after_linear
// CHECK: %[[WS:.*]] = rn.scale_filter %{{.*}}, %{{.*}} : tensor<16x8xf32>, tensor<16xf32>
// CHECK: %[[T:.*]] = rn.bn_shift %{{.*}} bias(%{{.*}})
// CHECK: rn.linear %arg0, %[[WS]] bias(%[[T]]) :
rn.network @after_linear(%x: tensor<?x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x8xf32>
  %cb = rn.parameter "c.bias" : tensor<16xf32>
  %0 = rn.linear %x, %c bias(%cb) : (tensor<?x8xf32>, tensor<16x8xf32>, tensor<16xf32>) -> tensor<?x16xf32>
  %ng = rn.parameter "n.weight" : tensor<16xf32>
  %nb = rn.parameter "n.bias" : tensor<16xf32>
  %nm = rn.parameter "n.running_mean" : tensor<16xf32>
  %nv = rn.parameter "n.running_var" : tensor<16xf32>
  %1 = rn.batch_norm %0, %ng, %nb, %nm, %nv : (tensor<?x16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16xf32>
  rn.return %1 : tensor<?x16xf32>
}

// -----

// Pre-activation. Nothing before it can take it, and the convolution after it pads with zeros: the shift would have
// to reach its border.
// CHECK-LABEL: rn.network @before_conv
// CHECK: %[[S:.*]] = rn.bn_scale
// CHECK: %[[T:.*]] = rn.bn_shift %{{[a-z0-9]*}}, %{{[a-z0-9]*}}, %[[S]] : tensor<16xf32>
// CHECK: %[[A:.*]] = rn.affine %arg0, %[[S]], %[[T]] :
// CHECK: %[[W:.*]] = rn.parameter "c.weight"
// CHECK: rn.conv2d %[[A]], %[[W]] pads [1, 1] :
rn.network @before_conv(%x: tensor<?x16x8x8xf32>) {
  %ng = rn.parameter "n.weight" : tensor<16xf32>
  %nb = rn.parameter "n.bias" : tensor<16xf32>
  %nm = rn.parameter "n.running_mean" : tensor<16xf32>
  %nv = rn.parameter "n.running_var" : tensor<16xf32>
  %0 = rn.batch_norm %x, %ng, %nb, %nm, %nv : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
  %1 = rn.conv2d %0, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  rn.return %1 : tensor<?x16x8x8xf32>
}

// -----

// Another reader needs the convolution as it is.
// CHECK-LABEL: rn.network @conv_read_twice
// CHECK: %[[W:.*]] = rn.parameter "c.weight"
// CHECK: %[[C:.*]] = rn.conv2d %arg0, %[[W]] pads [1, 1] :
// CHECK: %[[A:.*]] = rn.affine %[[C]],
// CHECK: rn.add %[[A]], %[[C]] :
rn.network @conv_read_twice(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
  %0 = rn.conv2d %x, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %ng = rn.parameter "n.weight" : tensor<16xf32>
  %nb = rn.parameter "n.bias" : tensor<16xf32>
  %nm = rn.parameter "n.running_mean" : tensor<16xf32>
  %nv = rn.parameter "n.running_var" : tensor<16xf32>
  %1 = rn.batch_norm %0, %ng, %nb, %nm, %nv : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  %2 = rn.add %1, %0 : (tensor<?x16x8x8xf32>, tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  rn.return %2 : tensor<?x16x8x8xf32>
}

// -----

// An activation lies between.
// CHECK-LABEL: rn.network @activated
// CHECK: rn.conv2d %arg0, %{{.*}} pads [1, 1] activation relu :
// CHECK: rn.affine
rn.network @activated(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
  %0 = rn.conv2d %x, %c pads [1, 1] activation relu : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %ng = rn.parameter "n.weight" : tensor<16xf32>
  %nb = rn.parameter "n.bias" : tensor<16xf32>
  %nm = rn.parameter "n.running_mean" : tensor<16xf32>
  %nv = rn.parameter "n.running_var" : tensor<16xf32>
  %1 = rn.batch_norm %0, %ng, %nb, %nm, %nv : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  rn.return %1 : tensor<?x16x8x8xf32>
}

// -----

// Inside residuals as well; the argument of a body is nobody's result.
// CHECK-LABEL: rn.network @inside
// CHECK: ^bb0(%[[A:.*]]: tensor<?x16x8x8xf32>):
// CHECK: rn.affine %[[A]]
// CHECK: rn.conv2d %{{.*}} bias(
// CHECK-NOT: rn.batch_norm
rn.network @inside(%x: tensor<?x16x8x8xf32>) {
  %0 = rn.residual %x block "layer1.0" : tensor<?x16x8x8xf32> -> tensor<?x16x8x8xf32> {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    %ng = rn.parameter "n.weight" : tensor<16xf32>
    %nb = rn.parameter "n.bias" : tensor<16xf32>
    %nm = rn.parameter "n.running_mean" : tensor<16xf32>
    %nv = rn.parameter "n.running_var" : tensor<16xf32>
    %1 = rn.batch_norm %a, %ng, %nb, %nm, %nv : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
    %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
    %2 = rn.conv2d %1, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
    %mg = rn.parameter "m.weight" : tensor<16xf32>
    %mb = rn.parameter "m.bias" : tensor<16xf32>
    %mm = rn.parameter "m.running_mean" : tensor<16xf32>
    %mv = rn.parameter "m.running_var" : tensor<16xf32>
    %3 = rn.batch_norm %2, %mg, %mb, %mm, %mv : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
    rn.yield %3 : tensor<?x16x8x8xf32>
  } shortcut {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    rn.yield %a : tensor<?x16x8x8xf32>
  }
  rn.return %0 : tensor<?x16x8x8xf32>
}

// -----

// A second batch norm in a row does not scale the filter again.
// CHECK-LABEL: rn.network @twice
// CHECK: %[[C:.*]] = rn.conv2d
// CHECK: rn.affine %[[C]]
// CHECK-NOT: rn.batch_norm
rn.network @twice(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
  %0 = rn.conv2d %x, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %g = rn.parameter "n.weight" : tensor<16xf32>
  %b = rn.parameter "n.bias" : tensor<16xf32>
  %m = rn.parameter "n.running_mean" : tensor<16xf32>
  %v = rn.parameter "n.running_var" : tensor<16xf32>
  %1 = rn.batch_norm %0, %g, %b, %m, %v : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  %2 = rn.batch_norm %1, %g, %b, %m, %v : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  rn.return %2 : tensor<?x16x8x8xf32>
}

// -----

// The filter of a signal has three extents, and keeps them.
// CHECK-LABEL: rn.network @after_signal_conv
// CHECK: %[[W:.*]] = rn.parameter "c.weight" : tensor<16x8x3xf32>
// CHECK: %[[S:.*]] = rn.bn_scale
// CHECK: %[[WS:.*]] = rn.scale_filter %[[W]], %[[S]] : tensor<16x8x3xf32>, tensor<16xf32>
// CHECK: %[[T:.*]] = rn.bn_shift %{{[a-z0-9]*}}, %{{[a-z0-9]*}}, %[[S]] : tensor<16xf32>
// CHECK: rn.conv2d %arg0, %[[WS]] bias(%[[T]]) strides [1, 2] pads [0, 1] : (tensor<?x8x1x8xf32>, tensor<16x8x3xf32>, tensor<16xf32>) -> tensor<?x16x1x4xf32>
// CHECK-NOT: rn.batch_norm
rn.network @after_signal_conv(%x: tensor<?x8x1x8xf32>) attributes {signal} {
  %c = rn.parameter "c.weight" : tensor<16x8x3xf32>
  %0 = rn.conv2d %x, %c strides [1, 2] pads [0, 1] : (tensor<?x8x1x8xf32>, tensor<16x8x3xf32>) -> tensor<?x16x1x4xf32>
  %ng = rn.parameter "n.weight" : tensor<16xf32>
  %nb = rn.parameter "n.bias" : tensor<16xf32>
  %nm = rn.parameter "n.running_mean" : tensor<16xf32>
  %nv = rn.parameter "n.running_var" : tensor<16xf32>
  %1 = rn.batch_norm %0, %ng, %nb, %nm, %nv : (tensor<?x16x1x4xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x1x4xf32>
  rn.return %1 : tensor<?x16x1x4xf32>
}

// -----

// Four paddings, dilation and a channel a group: all that the convolution is stays.
// CHECK-LABEL: rn.network @after_depthwise
// CHECK: rn.scale_filter %{{.*}} : tensor<16x1x3x3xf32>, tensor<16xf32>
// CHECK: rn.conv2d %arg0, %{{.*}} bias(%{{.*}}) strides [2, 1] pads [2, 1, 0, 3] dilations [1, 2] groups 16 :
// CHECK-NOT: rn.batch_norm
rn.network @after_depthwise(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x1x3x3xf32>
  %0 = rn.conv2d %x, %c strides [2, 1] pads [2, 1, 0, 3] dilations [1, 2] groups 16 : (tensor<?x16x8x8xf32>, tensor<16x1x3x3xf32>) -> tensor<?x16x4x8xf32>
  %ng = rn.parameter "n.weight" : tensor<16xf32>
  %nb = rn.parameter "n.bias" : tensor<16xf32>
  %nm = rn.parameter "n.running_mean" : tensor<16xf32>
  %nv = rn.parameter "n.running_var" : tensor<16xf32>
  %1 = rn.batch_norm %0, %ng, %nb, %nm, %nv : (tensor<?x16x4x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x4x8xf32>
  rn.return %1 : tensor<?x16x4x8xf32>
}

// -----

// A gate lies between: what is multiplied is no sum of the filter any more.
// CHECK-LABEL: rn.network @after_multiply
// CHECK: rn.conv2d %arg0, %{{[a-z0-9]*}} pads [1, 1] :
// CHECK: %[[M:.*]] = rn.multiply
// CHECK: rn.affine %[[M]],
rn.network @after_multiply(%x: tensor<?x16x8x8xf32>) {
  %c = rn.parameter "c.weight" : tensor<16x16x3x3xf32>
  %0 = rn.conv2d %x, %c pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
  %g = rn.global_avg_pool %x : (tensor<?x16x8x8xf32>) -> tensor<?x16xf32>
  %m = rn.multiply %0, %g : (tensor<?x16x8x8xf32>, tensor<?x16xf32>) -> tensor<?x16x8x8xf32>
  %ng = rn.parameter "n.weight" : tensor<16xf32>
  %nb = rn.parameter "n.bias" : tensor<16xf32>
  %nm = rn.parameter "n.running_mean" : tensor<16xf32>
  %nv = rn.parameter "n.running_var" : tensor<16xf32>
  %1 = rn.batch_norm %m, %ng, %nb, %nm, %nv : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  rn.return %1 : tensor<?x16x8x8xf32>
}
