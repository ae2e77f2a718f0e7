// Two full pre-activation blocks: the convolution that ends a block adds the skip and makes the next block's
// activated input too; only the last one stores a single result.
// RUN: %rn-opt %s --rn-pipeline | FileCheck %s

// CHECK-LABEL: rn.network @preact
// CHECK: %[[N:.*]] = rn.normalize {{.*}} -> tensor<?x3x8x8xf32, #rn.layout<planar, border = 1>>
// CHECK: %[[A:.*]]:2 = rn.conv2d %[[N]], %{{.*}} affine(%{{.*}}, %{{.*}}) pads [1, 1] affine_activation relu :
// CHECK-SAME: -> (tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 0>>, tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 1>>)
// CHECK: %[[B:.*]]:2 = rn.conv2d %[[A]]#1, %{{.*}} residual(%[[A]]#0) affine(%{{.*}}, %{{.*}}) pads [1, 1] affine_activation relu block "layer1.0" :
// CHECK: %[[C:.*]] = rn.conv2d %[[B]]#1, %{{.*}} residual(%[[B]]#0) affine(%{{.*}}, %{{.*}}) pads [1, 1] affine_activation relu block "layer1.1" :
// CHECK-SAME: -> tensor<?x16x8x8xf32, #rn.layout<blocked16, border = 0>>
// CHECK-NOT: rn.affine
// CHECK-NOT: rn.activation
// CHECK-NOT: rn.add
// CHECK: %[[P:.*]] = rn.global_avg_pool %[[C]]
// CHECK: %[[L:.*]] = rn.linear %[[P]]
// CHECK: %[[E:.*]] = rn.to_layout %[[L]] : {{.*}} -> tensor<?x10xf32, #rn.layout<planar, border = 0>>
// CHECK: rn.return %[[E]]
rn.network @preact(%image: tensor<?x3x8x8xui8>) {
  %0 = rn.normalize %image mean [0.5, 0.5, 0.5] std [0.2, 0.2, 0.2] : (tensor<?x3x8x8xui8>) -> tensor<?x3x8x8xf32>
  %w0 = rn.parameter "conv1.weight" : tensor<16x3x3x3xf32>
  %1 = rn.conv2d %0, %w0 pads [1, 1] : (tensor<?x3x8x8xf32>, tensor<16x3x3x3xf32>) -> tensor<?x16x8x8xf32>
  %2 = rn.residual %1 block "layer1.0" : tensor<?x16x8x8xf32> -> tensor<?x16x8x8xf32> {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    %g = rn.parameter "layer1.0.bn1.weight" : tensor<16xf32>
    %b = rn.parameter "layer1.0.bn1.bias" : tensor<16xf32>
    %m = rn.parameter "layer1.0.bn1.running_mean" : tensor<16xf32>
    %v = rn.parameter "layer1.0.bn1.running_var" : tensor<16xf32>
    %3 = rn.batch_norm %a, %g, %b, %m, %v : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
    %4 = rn.activation %3 relu : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
    %w = rn.parameter "layer1.0.conv1.weight" : tensor<16x16x3x3xf32>
    %5 = rn.conv2d %4, %w pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
    rn.yield %5 : tensor<?x16x8x8xf32>
  } shortcut {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    rn.yield %a : tensor<?x16x8x8xf32>
  }
  %6 = rn.residual %2 block "layer1.1" : tensor<?x16x8x8xf32> -> tensor<?x16x8x8xf32> {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    %g = rn.parameter "layer1.1.bn1.weight" : tensor<16xf32>
    %b = rn.parameter "layer1.1.bn1.bias" : tensor<16xf32>
    %m = rn.parameter "layer1.1.bn1.running_mean" : tensor<16xf32>
    %v = rn.parameter "layer1.1.bn1.running_var" : tensor<16xf32>
    %3 = rn.batch_norm %a, %g, %b, %m, %v : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
    %4 = rn.activation %3 relu : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
    %w = rn.parameter "layer1.1.conv1.weight" : tensor<16x16x3x3xf32>
    %5 = rn.conv2d %4, %w pads [1, 1] : (tensor<?x16x8x8xf32>, tensor<16x16x3x3xf32>) -> tensor<?x16x8x8xf32>
    rn.yield %5 : tensor<?x16x8x8xf32>
  } shortcut {
  ^bb0(%a: tensor<?x16x8x8xf32>):
    rn.yield %a : tensor<?x16x8x8xf32>
  }
  %g = rn.parameter "bn.weight" : tensor<16xf32>
  %b = rn.parameter "bn.bias" : tensor<16xf32>
  %m = rn.parameter "bn.running_mean" : tensor<16xf32>
  %v = rn.parameter "bn.running_var" : tensor<16xf32>
  %7 = rn.batch_norm %6, %g, %b, %m, %v : (tensor<?x16x8x8xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x8x8xf32>
  %8 = rn.activation %7 relu : (tensor<?x16x8x8xf32>) -> tensor<?x16x8x8xf32>
  %9 = rn.global_avg_pool %8 : (tensor<?x16x8x8xf32>) -> tensor<?x16xf32>
  %wf = rn.parameter "fc.weight" : tensor<10x16xf32>
  %bf = rn.parameter "fc.bias" : tensor<10xf32>
  %10 = rn.linear %9, %wf bias(%bf) : (tensor<?x16xf32>, tensor<10x16xf32>, tensor<10xf32>) -> tensor<?x10xf32>
  rn.return %10 : tensor<?x10xf32>
}
