// RUN: %rn-opt --pass-pipeline="builtin.module(rn.network(prepare-training))" %s | FileCheck %s
// RUN: %rn-opt --pass-pipeline="builtin.module(rn.network(prepare-training{freeze-batch-norm}))" %s | FileCheck %s --check-prefix=FROZEN

// CHECK-LABEL: rn.network @passes_td(%arg0: tensor<?x4xf32>, %arg1: tensor<?xi32>) {
rn.network @passes_td(%x: tensor<?x4xf32>) {
  // CHECK-NEXT: %[[GAMMA:.*]] = rn.parameter "bn.weight"
  // CHECK-NEXT: %[[BETA:.*]] = rn.parameter "bn.bias"
  // FROZEN: rn.parameter "bn.running_mean"
  %g = rn.parameter "bn.weight" : tensor<4xf32>
  %b = rn.parameter "bn.bias" : tensor<4xf32>
  %m = rn.parameter "bn.running_mean" : tensor<4xf32>
  %v = rn.parameter "bn.running_var" : tensor<4xf32>
  // CHECK-NEXT: %[[Y:.*]], %[[M:.*]], %[[V:.*]] = rn.batch_norm_train %arg0, %[[GAMMA]], %[[BETA]] {eps = 1.000000e-03 : f64} : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>)
  // CHECK-NEXT: rn.update_statistics %[[M]], %[[V]], %arg0 {mean_name = "bn.running_mean", momentum = 2.000000e-01 : f64, variance_name = "bn.running_var"} : tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>
  // FROZEN: rn.batch_norm %arg0, {{.*}} {eps = 1.000000e-03 : f64, frozen, momentum = 2.000000e-01 : f64} :
  %0 = rn.batch_norm %x, %g, %b, %m, %v {eps = 1.0e-3, momentum = 0.2} : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  // CHECK-NEXT: %[[SCORES:.*]] = rn.random_drop %[[Y]] rate 5.000000e-01 stream [[A:-?[0-9]+]] : (tensor<?x4xf32>) -> tensor<?x4xf32>
  %1 = rn.dropout %0 rate 0.5 : (tensor<?x4xf32>) -> tensor<?x4xf32> loc("drop")
  // The softmax is part of the loss.
  // CHECK-NEXT: %[[LOSSES:.*]], %{{.*}} = rn.cross_entropy %[[SCORES]], %arg1 : (tensor<?x4xf32>, tensor<?xi32>) -> (tensor<?x1xf32>, tensor<?x4xf32>)
  // CHECK-NEXT: rn.return %[[LOSSES]] : tensor<?x1xf32>
  %2 = rn.softmax %1 : (tensor<?x4xf32>) -> tensor<?x4xf32>
  rn.return %2 : tensor<?x4xf32>
}

// Equal names (here none, that of @passes_td's layer, and twice the same) have streams of their own in one network; a
// name has one stream in all networks.
// CHECK-LABEL: rn.network @streams
rn.network @streams(%x: tensor<?x4xf32>) attributes {train = {loss = {name = "cross_entropy", label_smoothing = 0.1, class_weights = [1.0, 2.0, 3.0, 4.0]}}} {
  // CHECK-NOT: stream [[A]]
  // CHECK: rn.random_drop %arg0 rate 1.000000e-01 stream [[B:-?[0-9]+]] per_image :
  %0 = rn.drop_path %x rate 0.1 : (tensor<?x4xf32>) -> tensor<?x4xf32>
  // CHECK: rn.random_drop %{{.*}} rate 1.000000e-01 stream [[A]] per_image :
  %1 = rn.drop_path %0 rate 0.1 : (tensor<?x4xf32>) -> tensor<?x4xf32> loc("drop")
  // CHECK-NOT: stream [[A]]
  // CHECK-NOT: stream [[B]]
  // CHECK: rn.random_drop %{{.*}} rate 1.000000e-01 stream
  %2 = rn.dropout %1 rate 0.1 : (tensor<?x4xf32>) -> tensor<?x4xf32> loc("drop")
  // CHECK: rn.cross_entropy %{{.*}}, %arg1 {class_weights = array<f64: 1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00>, smoothing = 1.000000e-01 : f64} :
  rn.return %2 : tensor<?x4xf32>
}

// The last batch norm of a residual's body begins as zero; the shortcut's does not.
// CHECK-LABEL: rn.network @zero_init
rn.network @zero_init(%x: tensor<?x4xf32>) attributes {train = {zero_init_residual = true}} {
  // CHECK: rn.parameter "body.weight" {init = 0.000000e+00 : f64}
  %g = rn.parameter "body.weight" {init = 1.0} : tensor<4xf32>
  // CHECK: rn.parameter "shortcut.weight" {init = 1.000000e+00 : f64}
  %h = rn.parameter "shortcut.weight" {init = 1.0} : tensor<4xf32>
  %p = rn.parameter "p" : tensor<4xf32>
  %0 = rn.batch_norm %x, %h, %p, %p, %p : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %1 = rn.batch_norm %x, %g, %p, %p, %p : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %2 = rn.add %1, %0 block "layer1.0" : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
  rn.return %2 : tensor<?x4xf32>
}
