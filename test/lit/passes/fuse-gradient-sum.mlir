// RUN: %rn-opt --pass-pipeline="builtin.module(rn.network(fuse-gradient-sum))" %s | FileCheck %s

// CHECK-LABEL: rn.network @passes_td
rn.network @passes_td(%dy: tensor<?x2x4x4xf32>, %labels: tensor<?xi32>) {
  %w = rn.parameter "w" : tensor<2x2x3x3xf32>
  %v = rn.global_avg_pool %dy : (tensor<?x2x4x4xf32>) -> tensor<?x2xf32>
  // CHECK: rn.cross_entropy
  %losses, %g = rn.cross_entropy %v, %labels : (tensor<?x2xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x2xf32>)
  // CHECK-NEXT: %[[SUM:.*]] = rn.conv2d_input_gradient %arg0, %[[W:.*]] residual(%arg0) pads [1, 1] :
  %1 = rn.conv2d_input_gradient %dy, %w pads [1, 1] : (tensor<?x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<?x2x4x4xf32>
  %2 = rn.add %dy, %1 : (tensor<?x2x4x4xf32>, tensor<?x2x4x4xf32>) -> tensor<?x2x4x4xf32>
  // Two convolutions: the later one takes the sum; then both are full, or read twice.
  // CHECK-NEXT: %[[A:.*]] = rn.conv2d_input_gradient %[[SUM]], %[[W]] pads [1, 1] :
  // CHECK-NEXT: %[[B:.*]] = rn.conv2d_input_gradient %arg0, %[[W]] residual(%[[A]]) pads [1, 1] :
  %3 = rn.conv2d_input_gradient %2, %w pads [1, 1] : (tensor<?x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<?x2x4x4xf32>
  %4 = rn.conv2d_input_gradient %dy, %w pads [1, 1] : (tensor<?x2x4x4xf32>, tensor<2x2x3x3xf32>) -> tensor<?x2x4x4xf32>
  %5 = rn.add %3, %4 : (tensor<?x2x4x4xf32>, tensor<?x2x4x4xf32>) -> tensor<?x2x4x4xf32>
  // CHECK-NEXT: rn.add %[[B]], %[[A]]
  %6 = rn.add %5, %3 : (tensor<?x2x4x4xf32>, tensor<?x2x4x4xf32>) -> tensor<?x2x4x4xf32>
  %7 = rn.channel_sum %6 : (tensor<?x2x4x4xf32>) -> tensor<2xf32>
  rn.gradient %7 "w" : tensor<2xf32>
  rn.return %losses : tensor<?x1xf32>
}

// CHECK-LABEL: rn.network @linear
rn.network @linear(%dy: tensor<?x2xf32>, %labels: tensor<?xi32>) {
  %w = rn.parameter "w" : tensor<2x2xf32>
  %losses, %g = rn.cross_entropy %dy, %labels : (tensor<?x2xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x2xf32>)
  // CHECK: rn.linear_input_gradient %{{.*}}, %{{.*}} residual(%arg0) :
  // CHECK-NOT: rn.add
  %1 = rn.linear_input_gradient %g, %w : (tensor<?x2xf32>, tensor<2x2xf32>) -> tensor<?x2xf32>
  %2 = rn.add %1, %dy : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  %3 = rn.channel_sum %2 : (tensor<?x2xf32>) -> tensor<2xf32>
  rn.gradient %3 "w" : tensor<2xf32>
  rn.return %losses : tensor<?x1xf32>
}

// A batch norm adds what is there before it. What comes later (here what is made of its own product) is added after it.
// CHECK-LABEL: rn.network @batch_norm
rn.network @batch_norm(%dy: tensor<?x2xf32>, %labels: tensor<?xi32>) {
  %a = rn.parameter "a" : tensor<2xf32>
  %losses, %g = rn.cross_entropy %dy, %labels : (tensor<?x2xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x2xf32>)
  // CHECK: %[[N:.*]], %{{.*}}, %{{.*}}, %{{.*}} = rn.batch_norm_gradient %[[G:.*]], %arg0, %{{.*}} masked(%arg0) activation relu residual(%arg0) :
  %n:4 = rn.batch_norm_gradient %g, %dy, %a, %a, %a masked(%dy) activation relu : (tensor<?x2xf32>, tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<?x2xf32>) -> (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<?x2xf32>)
  %1 = rn.add %dy, %n#0 : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  // CHECK-NEXT: %[[O:.*]], %{{.*}}, %{{.*}}, %[[MASKED:.*]] = rn.batch_norm_gradient %[[N]], {{.*}} masked(%arg0) activation relu frozen :
  %o:4 = rn.batch_norm_gradient %1, %dy, %a, %a, %a masked(%dy) activation relu frozen : (tensor<?x2xf32>, tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<?x2xf32>) -> (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<?x2xf32>)
  // CHECK-NEXT: rn.add %[[O]], %[[MASKED]] :
  %2 = rn.add %o#0, %o#3 : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  %3 = rn.channel_sum %2 : (tensor<?x2xf32>) -> tensor<2xf32>
  rn.gradient %3 "a" : tensor<2xf32>
  rn.return %losses : tensor<?x1xf32>
}
