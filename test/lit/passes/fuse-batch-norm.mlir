// RUN: %rn-opt --pass-pipeline="builtin.module(rn.network(fuse-batch-norm))" %s | FileCheck %s

// CHECK-LABEL: rn.network @passes_td
rn.network @passes_td(%x: tensor<?x2x4x4xf32>, %labels: tensor<?xi32>) {
  %a = rn.parameter "a" : tensor<2xf32>
  // CHECK: %[[SKIP:.*]] = rn.activation %arg0 gelu
  %skip = rn.activation %x gelu : (tensor<?x2x4x4xf32>) -> tensor<?x2x4x4xf32>
  // CHECK-NEXT: %[[Y:.*]], %[[M:.*]], %[[V:.*]] = rn.batch_norm_train %arg0, %[[A:.*]], %[[A]] residual(%[[SKIP]]) activation relu {eps = 1.000000e-03 : f64} :
  // CHECK-NEXT: rn.update_statistics %[[M]], %[[V]], %arg0
  // CHECK-NEXT: rn.global_avg_pool %[[Y]]
  %1, %m, %v = rn.batch_norm_train %x, %a, %a {eps = 1.0e-3} : (tensor<?x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<?x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>)
  rn.update_statistics %m, %v, %x {mean_name = "m", variance_name = "v"} : tensor<2xf32>, tensor<2xf32>, tensor<?x2x4x4xf32>
  %2 = rn.add %1, %skip block "layer1.0" : (tensor<?x2x4x4xf32>, tensor<?x2x4x4xf32>) -> tensor<?x2x4x4xf32>
  %3 = rn.activation %2 relu : (tensor<?x2x4x4xf32>) -> tensor<?x2x4x4xf32>
  %4 = rn.global_avg_pool %3 : (tensor<?x2x4x4xf32>) -> tensor<?x2xf32>
  %losses, %g = rn.cross_entropy %4, %labels : (tensor<?x2xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x2xf32>)
  rn.return %losses : tensor<?x1xf32>
}

// The body's batch norm takes the sum of two, whichever side it is on if the other is not one.
// CHECK-LABEL: rn.network @projection
rn.network @projection(%x: tensor<?x2x4x4xf32>, %labels: tensor<?xi32>) {
  %a = rn.parameter "a" : tensor<2xf32>
  // CHECK: %[[SHORTCUT:.*]], %{{.*}}, %{{.*}} = rn.batch_norm_train %arg0, %[[A:.*]], %[[A]] :
  %1, %m, %v = rn.batch_norm_train %x, %a, %a : (tensor<?x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<?x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>)
  %2 = rn.activation %x gelu : (tensor<?x2x4x4xf32>) -> tensor<?x2x4x4xf32>
  // CHECK: rn.batch_norm_train %{{.*}}, %[[A]], %[[A]] residual(%[[SHORTCUT]]) :
  %3, %m2, %v2 = rn.batch_norm_train %2, %a, %a : (tensor<?x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<?x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>)
  %4 = rn.add %3, %1 : (tensor<?x2x4x4xf32>, tensor<?x2x4x4xf32>) -> tensor<?x2x4x4xf32>
  // The sum is read twice: the activation stays.
  // CHECK-NEXT: rn.activation %{{.*}} relu
  %5 = rn.activation %4 relu : (tensor<?x2x4x4xf32>) -> tensor<?x2x4x4xf32>
  // CHECK: rn.batch_norm_train %{{.*}} residual(%{{.*}}) :
  %6, %m3, %v3 = rn.batch_norm_train %5, %a, %a : (tensor<?x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<?x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>)
  %7 = rn.add %4, %6 : (tensor<?x2x4x4xf32>, tensor<?x2x4x4xf32>) -> tensor<?x2x4x4xf32>
  %8 = rn.global_avg_pool %7 : (tensor<?x2x4x4xf32>) -> tensor<?x2xf32>
  %losses, %g = rn.cross_entropy %8, %labels : (tensor<?x2xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x2xf32>)
  rn.return %losses : tensor<?x1xf32>
}

// What the backward pass reads stays: silu's derivative is not told by its result.
// CHECK-LABEL: rn.network @silu
rn.network @silu(%x: tensor<?x2xf32>, %labels: tensor<?xi32>) {
  %a = rn.parameter "a" : tensor<2xf32>
  // CHECK: rn.batch_norm_train %arg0, %[[A:.*]], %[[A]] :
  // CHECK-NEXT: rn.activation %{{.*}} silu
  %1, %m, %v = rn.batch_norm_train %x, %a, %a : (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>)
  %2 = rn.activation %1 silu : (tensor<?x2xf32>) -> tensor<?x2xf32>
  %losses, %g = rn.cross_entropy %2, %labels : (tensor<?x2xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x2xf32>)
  %3 = rn.activation_gradient %g, %1 silu : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  %4 = rn.channel_sum %3 : (tensor<?x2xf32>) -> tensor<2xf32>
  rn.gradient %4 "a" : tensor<2xf32>
  rn.return %losses : tensor<?x1xf32>
}
