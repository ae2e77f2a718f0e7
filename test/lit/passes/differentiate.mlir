// RUN: %rn-opt --pass-pipeline="builtin.module(rn.network(differentiate))" %s | FileCheck %s

// CHECK-LABEL: rn.network @passes_td
rn.network @passes_td(%x: tensor<?x4xf32>, %labels: tensor<?xi32>) {
  // CHECK: %[[Y:.*]] = rn.linear %arg0, %[[W:.*]] bias
  // CHECK-NEXT: %[[LOSSES:.*]], %[[DY:.*]] = rn.cross_entropy %[[Y]], %arg1
  // CHECK-NEXT: %[[DW:.*]] = rn.linear_weight_gradient %arg0, %[[DY]] : (tensor<?x4xf32>, tensor<?x3xf32>) -> tensor<3x4xf32>
  // CHECK-NEXT: %[[DB:.*]] = rn.channel_sum %[[DY]] : (tensor<?x3xf32>) -> tensor<3xf32>
  // CHECK-NEXT: rn.gradient %[[DB]] "fc.bias" : tensor<3xf32>
  // CHECK-NEXT: rn.gradient %[[DW]] "fc.weight" : tensor<3x4xf32>
  // CHECK-NEXT: rn.return %[[LOSSES]]
  %w = rn.parameter "fc.weight" : tensor<3x4xf32>
  %b = rn.parameter "fc.bias" : tensor<3xf32>
  %0 = rn.linear %x, %w bias(%b) : (tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<?x3xf32>
  %losses, %g = rn.cross_entropy %0, %labels : (tensor<?x3xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x3xf32>)
  rn.return %losses : tensor<?x1xf32>
}

// The sum of what both readers of a value send back; a skip's gradient goes on as it is. What lies before every
// parameter has none: nothing is sent to %0.
// CHECK-LABEL: rn.network @skip
rn.network @skip(%x: tensor<?x2x4x4xf32>, %labels: tensor<?xi32>) {
  %w = rn.parameter "conv1.weight" : tensor<2x2x3x3xf32>
  %w2 = rn.parameter "conv2.weight" : tensor<2x2x3x3xf32>
  %0 = rn.activation %x gelu : (tensor<?x2x4x4xf32>) -> tensor<?x2x4x4xf32>
  // CHECK: %[[ONE:.*]] = rn.conv2d %[[ZERO:.*]], %[[W:.*]] pads
  %1 = rn.conv2d %0, %w pads [1, 1] : (tensor<?x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<?x2x4x4xf32>
  %2 = rn.conv2d %1, %w2 pads [1, 1] : (tensor<?x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<?x2x4x4xf32>
  %3 = rn.add %2, %1 block "b" : (tensor<?x2x4x4xf32>, tensor<?x2x4x4xf32>) -> tensor<?x2x4x4xf32>
  %4 = rn.global_avg_pool %3 : (tensor<?x2x4x4xf32>) -> tensor<?x2xf32>
  // CHECK: %[[LOSSES:.*]], %[[G:.*]] = rn.cross_entropy
  // CHECK-NEXT: %[[DSUM:.*]] = rn.global_avg_pool_gradient %[[G]]
  // CHECK-NEXT: %[[DW2:.*]] = rn.conv2d_filter_gradient %[[ONE]], %[[DSUM]] pads [1, 1]
  // CHECK-NEXT: %[[DX2:.*]] = rn.conv2d_input_gradient %[[DSUM]], %{{.*}} pads [1, 1]
  // CHECK-NEXT: %[[DONE:.*]] = rn.add %[[DSUM]], %[[DX2]] :
  // CHECK-NEXT: %[[DW:.*]] = rn.conv2d_filter_gradient %[[ZERO]], %[[DONE]] pads [1, 1]
  // CHECK-NEXT: rn.gradient %[[DW2]] "conv2.weight"
  // CHECK-NEXT: rn.gradient %[[DW]] "conv1.weight"
  // CHECK-NEXT: rn.return %[[LOSSES]]
  %losses, %g = rn.cross_entropy %4, %labels : (tensor<?x2xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x2xf32>)
  rn.return %losses : tensor<?x1xf32>
}

// Frozen statistics are constants: they are no trained parameters.
// CHECK-LABEL: rn.network @frozen
rn.network @frozen(%x: tensor<?x4xf32>, %labels: tensor<?xi32>) {
  %a = rn.parameter "gamma" : tensor<4xf32>
  %b = rn.parameter "beta" : tensor<4xf32>
  // CHECK: %[[M:.*]] = rn.parameter "mean"
  %m = rn.parameter "mean" : tensor<4xf32>
  // CHECK: %[[V:.*]] = rn.parameter "variance"
  %v = rn.parameter "variance" : tensor<4xf32>
  %0 = rn.batch_norm %x, %a, %b, %m, %v {frozen} : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  // CHECK: rn.batch_norm_gradient %{{.*}}, %arg0, %{{.*}}, %[[M]], %[[V]] frozen :
  // CHECK-NEXT: rn.gradient %{{.*}} "beta"
  // CHECK-NEXT: rn.gradient %{{.*}} "gamma"
  // CHECK-NEXT: rn.return
  %losses, %g = rn.cross_entropy %0, %labels : (tensor<?x4xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x4xf32>)
  rn.return %losses : tensor<?x1xf32>
}
