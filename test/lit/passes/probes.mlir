// Of each residual the branch, the skip and the gradient of the losses in their sum: the first two where they are added,
// the gradient where it is made, behind the last reader's part of it.
// RUN: %rn-opt --pass-pipeline="builtin.module(rn.network(prepare-training{probes},differentiate))" %s | FileCheck %s
// RUN: %rn-opt --pass-pipeline="builtin.module(rn.network(prepare-training{probes}))" %s | FileCheck %s --check-prefix=PREPARED
// RUN: %rn-opt --rn-training-pipeline=probes %s | FileCheck %s --check-prefix=FUSED
// RUN: %rn-opt --pass-pipeline="builtin.module(rn.network(prepare-training{probes frozen=conv,bn},differentiate))" %s | FileCheck %s --check-prefix=FROZEN
// RUN: %rn-opt --rn-training-pipeline %s | FileCheck %s --check-prefix=NONE

// NONE-NOT: rn.probe
// CHECK-LABEL: rn.network @net
rn.network @net(%x: tensor<?x16x3x3xf32>) {
  %w = rn.parameter "conv.weight" : tensor<16x16x1x1xf32>
  %g = rn.parameter "bn.weight" : tensor<16xf32>
  %b = rn.parameter "bn.bias" : tensor<16xf32>
  %m = rn.parameter "bn.running_mean" : tensor<16xf32>
  %v = rn.parameter "bn.running_var" : tensor<16xf32>
  %f = rn.parameter "fc.weight" : tensor<4x16xf32>
  // CHECK: %[[SKIP:.*]] = rn.conv2d
  %0 = rn.conv2d %x, %w : (tensor<?x16x3x3xf32>, tensor<16x16x1x1xf32>) -> tensor<?x16x3x3xf32>
  // CHECK: %[[BRANCH:.*]], %{{.*}}, %{{.*}} = rn.batch_norm_train
  // CHECK: rn.probe %[[BRANCH]] branch "layer1.0" : tensor<?x16x3x3xf32>
  // CHECK-NEXT: rn.probe %[[SKIP]] skip "layer1.0" : tensor<?x16x3x3xf32>
  // CHECK-NEXT: %[[SUM:.*]] = rn.add %[[BRANCH]], %[[SKIP]]
  // PREPARED: %[[SUM:.*]] = rn.add
  // PREPARED-NEXT: rn.probe %[[SUM]] gradient "layer1.0"
  %1 = rn.batch_norm %0, %g, %b, %m, %v : (tensor<?x16x3x3xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<?x16x3x3xf32>
  %2 = rn.add %1, %0 block "layer1.0" : (tensor<?x16x3x3xf32>, tensor<?x16x3x3xf32>) -> tensor<?x16x3x3xf32>
  %3 = rn.activation %2 relu : (tensor<?x16x3x3xf32>) -> tensor<?x16x3x3xf32>
  // A sum that is no residual's is not measured.
  %4 = rn.add %3, %3 : (tensor<?x16x3x3xf32>, tensor<?x16x3x3xf32>) -> tensor<?x16x3x3xf32>
  %5 = rn.global_avg_pool %4 : (tensor<?x16x3x3xf32>) -> tensor<?x16xf32>
  %6 = rn.linear %5, %f : (tensor<?x16xf32>, tensor<4x16xf32>) -> tensor<?x4xf32>
  // CHECK-NOT: rn.probe
  // CHECK: %[[DY:.*]] = rn.activation_gradient
  // CHECK-NEXT: rn.probe %[[DY]] gradient "layer1.0" : tensor<?x16x3x3xf32>
  // CHECK-NOT: rn.probe

  // What is measured is stored: the batch norm neither adds nor activates.
  // FUSED: %[[BRANCH:.*]], %{{.*}}, %{{.*}} = rn.batch_norm_train %{{[0-9]+}}, %{{[0-9]+}}, %{{[0-9]+}} :
  // FUSED: rn.probe %[[BRANCH]] branch
  // FUSED: rn.add %[[BRANCH]], %{{.*}} activation relu block "layer1.0"

  // No gradient comes here.
  // FROZEN: rn.probe {{.*}} branch
  // FROZEN: rn.probe {{.*}} skip
  // FROZEN-NOT: rn.probe
  rn.return %6 : tensor<?x4xf32>
}
