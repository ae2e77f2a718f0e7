// RUN: %rn-opt --pass-pipeline="builtin.module(rn.network(fuse-activation-gradient))" %s | FileCheck %s

// CHECK-LABEL: rn.network @passes_td
rn.network @passes_td(%y: tensor<?x2xf32>, %labels: tensor<?xi32>) {
  %a = rn.parameter "a" : tensor<2xf32>
  // CHECK: %[[LOSSES:.*]], %[[DY:.*]] = rn.cross_entropy
  %losses, %dy = rn.cross_entropy %y, %labels : (tensor<?x2xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x2xf32>)
  // CHECK-NEXT: %[[DX:.*]], %{{.*}}, %{{.*}}, %[[MASKED:.*]] = rn.batch_norm_gradient %[[DY]], %arg0, %[[A:.*]], %[[A]], %[[A]] masked(%arg0) activation relu {eps = 1.000000e-03 : f64} : (tensor<?x2xf32>, tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<?x2xf32>) -> (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<?x2xf32>)
  // CHECK-NEXT: rn.add %[[MASKED]], %[[DX]] :
  %1 = rn.activation_gradient %dy, %y relu of_output : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  %dx, %dgamma, %dbeta = rn.batch_norm_gradient %1, %y, %a, %a, %a {eps = 1.0e-3} : (tensor<?x2xf32>, tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>)
  %2 = rn.add %1, %dx : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  %3 = rn.channel_sum %2 : (tensor<?x2xf32>) -> tensor<2xf32>
  rn.gradient %3 "a" : tensor<2xf32>
  rn.return %losses : tensor<?x1xf32>
}

// Nobody else needs the product: three results. Frozen statistics stay frozen.
// CHECK-LABEL: rn.network @alone
rn.network @alone(%y: tensor<?x2xf32>, %labels: tensor<?xi32>) {
  %a = rn.parameter "a" : tensor<2xf32>
  %losses, %dy = rn.cross_entropy %y, %labels : (tensor<?x2xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x2xf32>)
  // CHECK: rn.batch_norm_gradient %{{.*}}, %arg0, %[[A:.*]], %[[A]], %[[A]] masked(%arg0) activation leaky_relu(1.000000e-01) frozen : {{.*}} -> (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>)
  %1 = rn.activation_gradient %dy, %y leaky_relu(0.1) of_output : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  %dx, %dgamma, %dbeta = rn.batch_norm_gradient %1, %y, %a, %a, %a frozen : (tensor<?x2xf32>, tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>)
  rn.gradient %dgamma "a" : tensor<2xf32>
  rn.return %losses : tensor<?x1xf32>
}

// CHECK-LABEL: rn.network @stay
rn.network @stay(%y: tensor<?x2xf32>, %labels: tensor<?xi32>) {
  %a = rn.parameter "a" : tensor<2xf32>
  %losses, %dy = rn.cross_entropy %y, %labels : (tensor<?x2xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x2xf32>)
  // Its derivative is told by the input: nothing that a batch norm knows.
  // CHECK: %[[ONE:.*]] = rn.activation_gradient %{{.*}}, %arg0 silu
  %1 = rn.activation_gradient %dy, %y silu : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  // CHECK: rn.batch_norm_gradient %[[ONE]], %arg0, %[[A:.*]], %[[A]], %[[A]] :
  %n:3 = rn.batch_norm_gradient %1, %y, %a, %a, %a : (tensor<?x2xf32>, tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>)
  // Somebody reads the product before the batch norm does.
  // CHECK: %[[TWO:.*]] = rn.activation_gradient %{{.*}}, %arg0 relu of_output
  %2 = rn.activation_gradient %n#0, %y relu of_output : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  %3 = rn.channel_sum %2 : (tensor<?x2xf32>) -> tensor<2xf32>
  // CHECK: rn.batch_norm_gradient %[[TWO]], %arg0, %[[A]], %[[A]], %[[A]] :
  %o:3 = rn.batch_norm_gradient %2, %y, %a, %a, %a : (tensor<?x2xf32>, tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>)
  // A second mask on top of one: only the first fits.
  // CHECK: %[[THREE:.*]] = rn.activation_gradient %{{.*}}, %arg0 tanh of_output
  %4 = rn.activation_gradient %o#0, %y tanh of_output : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  // CHECK: rn.batch_norm_gradient %[[THREE]], %arg0, %[[A]], %[[A]], %[[A]] masked(%arg0) activation relu :
  %p:3 = rn.batch_norm_gradient %4, %y, %a, %a, %a masked(%y) activation relu : (tensor<?x2xf32>, tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<?x2xf32>) -> (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>)
  rn.gradient %3 "a" : tensor<2xf32>
  rn.gradient %p#1 "b" : tensor<2xf32>
  rn.return %losses : tensor<?x1xf32>
}
