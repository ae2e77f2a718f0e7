// Parameters that are not trained: marked, and batch norms of such statistics stay as they are. No gradient goes below
// the lowest that is trained.
// RUN: %rn-opt --pass-pipeline="builtin.module(rn.network(prepare-training{frozen=stem,head.bn.weight}))" %s | FileCheck %s
// RUN: %rn-opt --pass-pipeline="builtin.module(rn.network(prepare-training{frozen=stem,head.bn.weight},differentiate))" %s | FileCheck %s --check-prefix=BACK
// RUN: not %rn-opt --pass-pipeline="builtin.module(rn.network(prepare-training{frozen=stem,head.bm}))" %s 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not %rn-opt --pass-pipeline="builtin.module(rn.network(prepare-training{frozen=ste}))" %s 2>&1 | FileCheck %s --check-prefix=PART
// RUN: not %rn-opt --pass-pipeline="builtin.module(rn.network(prepare-training{frozen=stem,head,stemmed}))" %s 2>&1 | FileCheck %s --check-prefix=ALL

// UNKNOWN: freeze.mlir:[[#@LINE+3]]:1: error: no parameter's name begins with 'head.bm', which is to be frozen; did you mean 'head.bn'?
// PART: error: no parameter's name begins with 'ste', which is to be frozen; did you mean 'stem'?
// ALL: error: all parameters are frozen: there is nothing to train
rn.network @net(%x: tensor<?x4x3x3xf32>) {
  // CHECK-DAG: rn.parameter "stem.conv.weight" {frozen}
  %w = rn.parameter "stem.conv.weight" : tensor<4x4x1x1xf32>
  // CHECK-DAG: rn.parameter "stem.bn.weight" {frozen, init = 1.000000e+00 : f64}
  %g = rn.parameter "stem.bn.weight" {init = 1.0} : tensor<4xf32>
  // CHECK-DAG: rn.parameter "stem.bn.bias" {frozen}
  %b = rn.parameter "stem.bn.bias" : tensor<4xf32>
  // CHECK-DAG: rn.parameter "stem.bn.running_mean" {frozen}
  %m = rn.parameter "stem.bn.running_mean" : tensor<4xf32>
  // CHECK-DAG: rn.parameter "stem.bn.running_var" {frozen}
  %v = rn.parameter "stem.bn.running_var" : tensor<4xf32>
  // CHECK-DAG: rn.parameter "stemmed.weight" : tensor
  %w2 = rn.parameter "stemmed.weight" : tensor<4x4x1x1xf32>
  // CHECK-DAG: rn.parameter "head.bn.weight" {frozen}
  %g2 = rn.parameter "head.bn.weight" : tensor<4xf32>
  // CHECK-DAG: rn.parameter "head.bn.bias" : tensor
  %b2 = rn.parameter "head.bn.bias" : tensor<4xf32>
  %m2 = rn.parameter "head.bn.running_mean" : tensor<4xf32>
  %v2 = rn.parameter "head.bn.running_var" : tensor<4xf32>
  // CHECK: %[[CONV:.*]] = rn.conv2d %arg0
  %0 = rn.conv2d %x, %w : (tensor<?x4x3x3xf32>, tensor<4x4x1x1xf32>) -> tensor<?x4x3x3xf32>
  // CHECK-NEXT: rn.batch_norm %[[CONV]], {{.*}} {frozen} :
  %1 = rn.batch_norm %0, %g, %b, %m, %v : (tensor<?x4x3x3xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4x3x3xf32>
  %2 = rn.conv2d %1, %w2 : (tensor<?x4x3x3xf32>, tensor<4x4x1x1xf32>) -> tensor<?x4x3x3xf32>
  // Its statistics are no part of what is frozen.
  // CHECK: rn.batch_norm_train
  // CHECK-NEXT: rn.update_statistics {{.*}}"head.bn.running_mean"
  // CHECK-NOT: rn.update_statistics
  %3 = rn.batch_norm %2, %g2, %b2, %m2, %v2 : (tensor<?x4x3x3xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4x3x3xf32>
  %4 = rn.global_avg_pool %3 : (tensor<?x4x3x3xf32>) -> tensor<?x4xf32>
  // BACK: rn.cross_entropy
  // BACK-NOT: _input_gradient
  // BACK: rn.batch_norm_gradient
  // BACK-NOT: {{_input_gradient|batch_norm_gradient}}
  // BACK: rn.gradient %{{.*}} "head.bn.bias"
  // BACK-NEXT: rn.gradient %{{.*}} "stemmed.weight"
  // BACK-NEXT: rn.return
  rn.return %4 : tensor<?x4xf32>
}
